#include "portal.h"
#include "csrf.h"
#include "enroll.h"
#include "limit.h"
#include "open_form.h"
#include "second_page.h"

/* Views and forms of one user; not counted with the requests to the API. */
#define LIMIT_COUNT    600
#define LIMIT_WINDOW_S 900

/* OST_LIMITED: answered. */
static enum ost_err
count_visit(struct visit *visit)
{
	static const struct limit_rule limit = { LIMIT_COUNT, LIMIT_WINDOW_S };
	struct span key;
	struct buf buf;
	int64_t wait_s;
	enum ost_err err;

	buf_init(&buf, visit->arena);
	buf_text(&buf, "account:");
	buf_add(&buf, visit->visitor.user.id);
	err = buf_span(&buf, &key);
	if (err == OST_OK)
		err = limit_count(
			visit->context, RATE_SUBJECTS, key, &limit, &wait_s);
	if (err == OST_LIMITED) {
		portal_error(visit, 429, "error.too_many",
			"error.too_many.text", "rate_limited");
		response_header_u64(
			visit->response, "Retry-After", (uint64_t)wait_s);
	}
	return err;
}

/* Who is asked to sign in comes back to the same page. */
static enum ost_err
ask_signin(struct visit *visit)
{
	struct span target = SPAN("");

	if (visit->form == NULL)
		return signin_page(visit->context, visit->request,
			visit->response, visit->request->query, SPAN_ABSENT,
			SPAN(""), NULL, 200);
	if (form_get(visit->form, "request", &target) != OST_OK)
		target = SPAN("");
	if (form_has(visit->form, "username") ||
		second_page_is_posted(visit->form))
		return signin_submit(visit->context, visit->request,
			visit->response, visit->form, target, SPAN_ABSENT);
	portal_refuse_form(visit);
	return OST_OK;
}

/* Answers with an error page, or leaves the answer to the page. */
static void
check_access(struct visit *visit)
{
	const struct portal_page *page = visit->page;

	if ((page->flags & PORTAL_OPERATOR) &&
		!list_has(visit->visitor.user.roles, SPAN("admin")))
		portal_error(visit, 403, "error.forbidden",
			"error.forbidden.text", "forbidden");
	else if (visit->form != NULL && page->post == NULL)
		portal_error(visit, 405, "error.form_malformed",
			"error.start_again", "method_not_allowed");
}

/* Whether the posted form is one that this page gave this visitor. */
static enum ost_err
check_form(struct visit *visit)
{
	struct span path = span_of(visit->page->path), token;
	enum ost_err err;

	if (visit->page->flags & PORTAL_OPEN)
		err = open_form_check(visit->context, visit->request,
			visit->form, PORTAL_PURPOSE, path, &visit->nonce);
	else if ((err = form_get(visit->form, "csrf", &token)) == OST_OK)
		err = csrf_check(visit->context->ring, visit->arena,
			PORTAL_PURPOSE, visit->visitor.cookie, path, token,
			&visit->nonce);
	if (err == OST_NOTFOUND || err == OST_BADINPUT || err == OST_DENIED) {
		portal_refuse_form(visit);
		return OST_OK;
	}
	return err;
}

static enum ost_err
visit_page(struct visit *visit)
{
	const struct portal_page *page = visit->page;
	enum ost_err err;

	if (visit->visitor.must_enroll &&
		!(page->flags & (PORTAL_OPEN | PORTAL_FIRST)))
		return enroll_redirect(
			visit->request, visit->response, &visit->visitor);
	/* Its pages know what such a visitor may do. */
	if (page->flags & PORTAL_FIRST)
		visit->visitor.is_signed_in |= visit->visitor.must_enroll;
	if (visit->visitor.is_signed_in)
		visit->response->subject = visit->visitor.user.name;
	if (!(page->flags & PORTAL_OPEN)) {
		if (!visit->visitor.is_signed_in)
			return ask_signin(visit);
		err = count_visit(visit);
		if (err != OST_OK)
			return err;
	}
	check_access(visit);
	if (visit->response->status != 0)
		return OST_OK;
	if (visit->form == NULL)
		return page->get(visit);
	err = check_form(visit);
	if (err != OST_OK || visit->response->status != 0)
		return err;
	return page->post(visit);
}

/* The form of the address, and the one that was posted. OST_BADINPUT. */
static enum ost_err
read_forms(const struct request *request, struct visit *visit)
{
	struct form *query, *form;
	enum ost_err err = form_parse(request->arena, request->query, &query);

	if (err != OST_OK)
		return err;
	visit->query = query;
	if (request->method == METHOD_GET)
		return OST_OK;
	if (request->has_body && !request_is_form(request))
		return OST_BADINPUT;
	err = form_parse(request->arena, request->body, &form);
	if (err == OST_OK)
		visit->form = form;
	return err;
}

enum ost_err
portal_answer(const struct portal_page *pages, const struct context *context,
	const struct request *request, struct response *response)
{
	struct visit visit = { .context = context,
		.request = request,
		.response = response,
		.arena = request->arena };
	enum ost_err err;

	while (pages->path != NULL &&
		!span_eq(span_of(pages->path), request->path))
		pages++;
	err = visitor_find(context, request, response, &visit.visitor);
	if (err != OST_OK)
		return err;
	if (pages->path == NULL) {
		portal_not_found(&visit);
		return OST_OK;
	}
	visit.page = pages;
	err = read_forms(request, &visit);
	if (err == OST_BADINPUT || err == OST_TOOBIG) {
		portal_error(&visit, 400, "error.form_malformed",
			"error.start_again", "form_malformed");
		return OST_OK;
	}
	if (err == OST_OK)
		err = visit_page(&visit);
	/* A page that has answered has nothing more to say. */
	if ((err == OST_DENIED || err == OST_LIMITED) && response->status != 0)
		err = OST_OK;
	return err;
}
