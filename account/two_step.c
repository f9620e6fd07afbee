/* /account/two-step: two-step sign-in, its state and its beginning. */
#include "two_step.h"
#include "base32.h"
#include "csrf.h"
#include "enroll.h"
#include "event.h"
#include "qr.h"
#include "totp.h"

#include "clock.h"

#define PURPOSE		  "two-step-secret"
#define SECRET_LIFETIME_S 3600

/* Where to go on afterwards; whoever wrote it, it stays here. */
static struct span
way_back(const struct visit *visit)
{
	struct span back = visit->form != NULL ? portal_field(visit, "return")
					       : portal_query(visit, "return");

	return enroll_is_ours(back) ? back : SPAN_ABSENT;
}

static enum ost_err
show_state(struct visit *visit, const char *error)
{
	const struct user *user = &visit->visitor.user;
	size_t left = recovery_count(user->recovery);
	struct values *values;
	enum ost_err err = portal_values(visit, "at_security", &values);

	if (err != OST_OK)
		return err;
	values_flag(values, "is_on", user_has_two_steps(user));
	values_flag(values, "is_required",
		user_must_have_two_steps(visit->context->config, user));
	values_flag(values, "must_enroll", visit->visitor.must_enroll);
	values_number(values, "left", (int64_t)left);
	values_flag(values, "is_low", left <= TWO_STEP_FEW_CODES);
	values_set(values, "return", way_back(visit));
	if (error != NULL)
		portal_wrong(visit, values, "error_password", error);
	portal_show(visit, "two_step", "two_step", values);
	return OST_OK;
}

enum ost_err
two_step_get(struct visit *visit)
{
	return show_state(visit, NULL);
}

/*
 * The secret waits in the form: nothing is stored before a code proves that an
 * authenticator has it. It is no secret to this visitor, who reads it on the
 * page, so it is not sealed; but the token says that it is one that we made,
 * for this session and this state of the user, and not one of somebody else's
 * choice.
 */
static enum ost_err
bound_to(const struct visit *visit, struct span secret, struct span *text)
{
	struct buf buf;

	buf_init(&buf, visit->arena);
	buf_add(&buf, visit->visitor.user.id);
	buf_char(&buf, '|');
	buf_i64(&buf, visit->visitor.user.generation);
	buf_char(&buf, '|');
	buf_add(&buf, secret);
	return buf_span(&buf, text);
}

/* In groups of four, for typing. */
static enum ost_err
in_groups(struct arena *arena, struct span secret, struct span *text)
{
	struct buf buf;

	buf_init(&buf, arena);
	for (size_t i = 0; i < secret.n; i++) {
		if (i > 0 && i % 4 == 0)
			buf_char(&buf, ' ');
		buf_char(&buf, secret.p[i]);
	}
	return buf_span(&buf, text);
}

/* What an authenticator reads: the link, as a picture too. A picture that
 * cannot be is left out. */
static enum ost_err
set_link(struct visit *visit, struct values *values, struct span secret)
{
	struct arena *arena = visit->arena;
	struct span raw, uri, path;
	int side;
	enum ost_err err = base32_decode(arena, secret, &raw);

	if (err == OST_OK)
		err = totp_uri(arena, visit->response->look.site_name,
			visit->visitor.user.name, raw, &uri);
	if (err != OST_OK)
		return err;
	values_set(values, "uri", uri);
	err = qr_path(arena, uri, &path, &side);
	if (err == OST_OK) {
		values_set(values, "qr", path);
		values_number(values, "side", side);
	}
	return err == OST_TOOBIG ? OST_OK : err;
}

/* secret is in base32. */
static enum ost_err
show_setup(struct visit *visit, struct span secret, const char *error_field,
	const char *error)
{
	struct span bound, proof, groups;
	struct values *values;
	enum ost_err err = portal_values(visit, "at_security", &values);

	if (err == OST_OK)
		err = bound_to(visit, secret, &bound);
	if (err == OST_OK)
		err = csrf_make(visit->context->ring, visit->arena, PURPOSE,
			visit->visitor.cookie, bound, SECRET_LIFETIME_S,
			&proof);
	if (err == OST_OK)
		err = in_groups(visit->arena, secret, &groups);
	if (err == OST_OK)
		err = set_link(visit, values, secret);
	if (err != OST_OK)
		return err;
	values_set(values, "secret", secret);
	values_set(values, "proof", proof);
	values_set(values, "groups", groups);
	values_set(values, "return", way_back(visit));
	if (error != NULL)
		portal_wrong(visit, values, error_field, error);
	portal_show(visit, "two_step_setup", "two_step_setup", values);
	return OST_OK;
}

static enum ost_err
begin(struct visit *visit)
{
	struct span raw, secret;
	struct buf buf;
	const char *error;
	enum ost_err err = portal_password(visit, &error);

	if (err == OST_DENIED)
		return show_state(visit, error);
	if (err == OST_OK)
		err = portal_once(visit);
	if (err == OST_OK)
		err = totp_new_secret(visit->arena, &raw);
	if (err != OST_OK)
		return err;
	buf_init(&buf, visit->arena);
	base32_encode(&buf, raw);
	err = buf_span(&buf, &secret);
	return err == OST_OK ? show_setup(visit, secret, NULL, NULL) : err;
}

/* OST_DENIED: not one that this visitor was shown. */
static enum ost_err
check_secret(const struct visit *visit, struct span secret)
{
	struct span bound;
	enum ost_err err = bound_to(visit, secret, &bound);

	if (err == OST_OK)
		err = csrf_check(visit->context->ring, visit->arena, PURPOSE,
			visit->visitor.cookie, bound,
			portal_field(visit, "proof"), NULL);
	return err;
}

/* All sessions of before are over, this one too: the generation has grown. */
static enum ost_err
go_on(struct visit *visit, const struct user *user,
	const struct span codes[static RECOVERY_CODES])
{
	struct visitor *visitor = &visit->visitor;
	enum ost_err err;

	event_note(visit->context, visit->arena, user->id, EVENT_TWO_STEP_ON,
		visit->request->address, SPAN_ABSENT);
	err = signin_begin_session(visit->context, visit->request,
		visit->response, user, SESSION_OTP, &visitor->cookie);
	if (err != OST_OK)
		return err;
	visitor->user = *user;
	visitor->session.proved_ms = clock_wall_ms();
	visitor->must_enroll = false;
	return two_step_show_codes(visit, codes, way_back(visit));
}

static enum ost_err
enable(struct visit *visit, struct span secret)
{
	struct user user = visit->visitor.user;
	struct span raw, codes[RECOVERY_CODES];
	const char *error;
	enum ost_err err;

	if (portal_field(visit, "code").n == 0)
		return show_setup(
			visit, secret, "error_code", "two_step.code_missing");
	err = portal_password(visit, &error);
	if (err == OST_DENIED)
		return show_setup(visit, secret, "error_password", error);
	if (err == OST_OK)
		err = portal_once(visit);
	if (err == OST_OK)
		err = base32_decode(visit->arena, secret, &raw);
	if (err != OST_OK)
		return err;
	err = second_step_enable(visit->context->accounts, visit->arena, &user,
		raw, portal_field(visit, "code"), clock_wall_ms(), codes);
	if (err == OST_DENIED)
		return show_setup(
			visit, secret, "error_code", "two_step.code_wrong");
	if (err == OST_CONFLICT)
		return show_setup(
			visit, secret, "error_code", "two_step.changed");
	return err == OST_OK ? go_on(visit, &user, codes) : err;
}

enum ost_err
two_step_post(struct visit *visit)
{
	struct span action = portal_field(visit, "action");
	struct span secret = portal_field(visit, "secret");
	bool is_begin = span_eq(action, SPAN("begin"));
	enum ost_err err = OST_DENIED;

	/* Going over to another authenticator: first off, with a code. */
	if (!user_has_two_steps(&visit->visitor.user) && is_begin)
		return begin(visit);
	if (!user_has_two_steps(&visit->visitor.user) &&
		span_eq(action, SPAN("enable")))
		err = check_secret(visit, secret);
	if (err == OST_OK)
		return enable(visit, secret);
	if (err == OST_DENIED)
		portal_refuse_form(visit);
	return err;
}
