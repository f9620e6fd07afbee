/* What the pages take from a visit, and how they answer it. */
#include "clock.h"
#include "csrf.h"
#include "grant.h"
#include "guess.h"
#include "open_form.h"
#include "portal.h"

#include <string.h>

#define FORM_LIFETIME_S 3600
#define FRESH_MS	600000 /* a password that was shown so lately is enough */

struct span
portal_field(const struct visit *visit, const char *name)
{
	struct span value;

	if (visit->form == NULL ||
		form_get(visit->form, name, &value) != OST_OK)
		return SPAN("");
	return span_trim(value);
}

struct span
portal_query(const struct visit *visit, const char *name)
{
	struct span value;

	return form_get(visit->query, name, &value) == OST_OK ? span_trim(value)
							      : SPAN("");
}

void
portal_keep(const struct visit *visit, struct values *values,
	const char *const *names)
{
	for (; *names != NULL; names++)
		values_set(values, *names, portal_field(visit, *names));
}

void
portal_wrong(struct visit *visit, struct values *values,
	const char *error_field, const char *key)
{
	values_set(values, error_field, span_of(key));
	values_flag(values, "has_error", true);
	visit->response->reason = "form_wrong";
}

static bool
is_fresh(const struct visit *visit)
{
	int64_t age_ms = clock_wall_ms() - visit->visitor.session.proved_ms;

	return age_ms >= 0 && age_ms < FRESH_MS;
}

/* The text of ?done=WORD, if there is one: nobody else's words. */
static struct span
notice(const struct visit *visit)
{
	struct span word = portal_query(visit, "done"), key, text;
	struct buf buf;

	if (word.n == 0 || word.n > 40)
		return SPAN_ABSENT;
	buf_init(&buf, visit->arena);
	buf_text(&buf, "done.");
	buf_add(&buf, word);
	if (buf_span(&buf, &key) != OST_OK ||
		!language_text(visit->response->look.language, key, &text))
		return SPAN_ABSENT;
	return key;
}

/* What the layout shows of the visitor. */
static enum ost_err
add_visitor(struct visit *visit, struct values *values)
{
	const struct visitor *visitor = &visit->visitor;
	struct span signout = SPAN_ABSENT;
	enum ost_err err = OST_OK;

	if (visitor->is_signed_in)
		err = signout_token(
			visit->context, visit->arena, visitor, &signout);
	if (err != OST_OK)
		return err;
	values_set(values, "signout_csrf", signout);
	values_set(values, "user_name", visitor->user.name);
	values_flag(values, "is_operator",
		list_has(visitor->user.roles, SPAN("admin")));
	return OST_OK;
}

enum ost_err
portal_values(struct visit *visit, const char *here, struct values **values)
{
	const struct visitor *visitor = &visit->visitor;
	struct values *made = page_values(visit->response);
	struct span path = span_of(visit->page->path);
	struct span token = SPAN_ABSENT;
	enum ost_err err = OST_OK;

	if (visit->page->flags & PORTAL_OPEN)
		err = open_form_token(visit->context, visit->request,
			visit->response, PORTAL_PURPOSE, path, &token);
	else if (visitor->is_signed_in)
		err = csrf_make(visit->context->ring, visit->arena,
			PORTAL_PURPOSE, visitor->cookie, path, FORM_LIFETIME_S,
			&token);
	if (err == OST_OK)
		err = add_visitor(visit, made);
	if (err != OST_OK)
		return err;
	values_set(made, "csrf", token);
	values_set(made, "notice", notice(visit));
	values_flag(made, "is_fresh", is_fresh(visit));
	values_flag(made, here, true);
	*values = made;
	return OST_OK;
}

void
portal_show(struct visit *visit, const char *reason, const char *page,
	struct values *values)
{
	bool is_wrong = values_have(values, "has_error");

	page_answer(visit->response, is_wrong ? 400 : 200,
		is_wrong ? "form_wrong" : reason, page, values);
}

void
portal_error(struct visit *visit, int status, const char *heading,
	const char *message, const char *reason)
{
	struct values *values = page_values(visit->response);
	bool has_layout = visit->visitor.is_signed_in &&
			  add_visitor(visit, values) == OST_OK;

	values_set(values, "heading", span_of(heading));
	values_set(values, "message", span_of(message));
	values_set(values, "request_id", visit->request->id);
	values_set(values, "rule", SPAN_ABSENT);
	page_answer(visit->response, status, reason,
		has_layout ? "problem" : "error", values);
}

void
portal_not_found(struct visit *visit)
{
	portal_error(visit, 404, "error.not_found", "error.not_found.text",
		"not_found");
}

void
portal_refuse_form(struct visit *visit)
{
	portal_error(visit, 403, "error.form_invalid",
		"error.form_invalid.text", "form_invalid");
}

void
portal_go(struct visit *visit, struct span path)
{
	response_redirect(visit->response, path, "account_done");
}

void
portal_done(struct visit *visit, const char *path, const char *word)
{
	struct span location;
	struct buf buf;

	buf_init(&buf, visit->arena);
	buf_text(&buf, path);
	buf_text(&buf, strchr(path, '?') ? "&done=" : "?done=");
	buf_text(&buf, word);
	if (buf_span(&buf, &location) != OST_OK)
		visit->response->headers.is_failed = true;
	else
		response_redirect(visit->response, location, word);
}

enum ost_err
portal_once(struct visit *visit)
{
	enum ost_err err =
		once_use(visit->context->grants, visit->arena, visit->nonce,
			clock_wall_ms() + (int64_t)FORM_LIFETIME_S * 1000);

	if (err != OST_CONFLICT)
		return err;
	portal_refuse_form(visit);
	return OST_DENIED;
}

enum ost_err
portal_password(struct visit *visit, const char **error)
{
	struct span password;
	int64_t retry_after_s;
	struct user user;
	enum ost_err err;

	if (is_fresh(visit))
		return OST_OK;
	if (form_get(visit->form, "password", &password) != OST_OK) {
		*error = "password.missing";
		return OST_DENIED;
	}
	err = guess_password(visit->context, visit->request, GUESS_FIRST_STEP,
		visit->visitor.user.name, password, &user, &retry_after_s);
	if (err == OST_OK) {
		int64_t now_ms = clock_wall_ms();

		err = session_prove(visit->context->grants, visit->arena,
			visit->visitor.cookie,
			visit->context->config->session_lifetime_s * 1000,
			now_ms);
		/* The page that answers does not ask again. */
		if (err == OST_OK)
			visit->visitor.session.proved_ms = now_ms;
		return err;
	}
	*error = err == OST_LIMITED ? "signin.too_many" : "password.wrong";
	if (err == OST_LIMITED || err == OST_BADINPUT || err == OST_NOTFOUND)
		err = OST_DENIED;
	return err;
}
