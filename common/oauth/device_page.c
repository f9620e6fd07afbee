#include "device_page.h"
#include "clock.h"
#include "csrf.h"
#include "device.h"
#include "event.h"
#include "guess.h"
#include "page.h"
#include "rights.h"
#include "user_code.h"

#define FORM_LIFETIME_S 3600
/* What the tokens of the two forms are for. */
#define PURPOSE_CODE	 "device-code"
#define PURPOSE_DECISION "device-decision"
/* Of a page that said that it goes on without the user. */
#define PURPOSE_OFFLINE "device-decision-offline"

/* Why there is nothing to decide. */
struct fault {
	const char *reason, *key; /* of the text that says so */
};
static const struct fault malformed = { "device_code_malformed",
	"device.malformed" },
			  unknown = { "device_code_unknown", "device.unknown" },
			  expired = { "device_code_expired", "device.expired" },
			  used = { "device_code_used", "device.used" },
			  guessed = { "too_many_failures", "device.too_many" };

static enum ost_err
code_form(const struct context *c, const struct request *request,
	struct response *response, const struct visitor *visitor,
	struct span code, const struct fault *fault, int status)
{
	struct span token, signout;
	enum ost_err err = csrf_make(c->ring, request->arena, PURPOSE_CODE,
		visitor->cookie, SPAN(""), FORM_LIFETIME_S, &token);

	if (err == OST_OK)
		err = signout_token(c, request->arena, visitor, &signout);
	if (err != OST_OK)
		return err;
	const struct page_var vars[] = {
		{ "user_name", visitor->user.name },
		{ "action", request->path },
		{ "csrf", token },
		{ "user_code", code },
		{ "error", span_of(fault ? fault->key : NULL) },
		{ "signout_csrf", signout },
	};
	page_answer_vars(response, status,
		fault ? fault->reason : "device_form", "device", vars,
		sizeof(vars) / sizeof(vars[0]));
	return OST_OK;
}

/* A code that may be meant, as people read it; else nothing. */
static struct span
prefill(const struct request *request)
{
	struct span typed, code, shown;
	struct form *form;

	if (form_parse(request->arena, request->query, &form) != OST_OK ||
		form_get(form, "user_code", &typed) != OST_OK ||
		user_code_read(request->arena, typed, &code) != OST_OK ||
		user_code_show(request->arena, code, &shown) != OST_OK)
		return SPAN_ABSENT;
	return shown;
}

enum ost_err
device_page(const struct context *c, const struct request *request,
	struct response *response, const struct visitor *visitor)
{
	return code_form(
		c, request, response, visitor, prefill(request), NULL, 200);
}

/* Whether the form is one that this visitor was given. OST_DENIED. */
static enum ost_err
check_form(const struct context *c, const struct request *request,
	const struct form *form, const struct visitor *visitor,
	const char *purpose, struct span bound_to)
{
	struct span token;

	if (!visitor->is_signed_in || form_get(form, "csrf", &token) != OST_OK)
		return OST_DENIED;
	return csrf_check(c->ring, request->arena, purpose, visitor->cookie,
		bound_to, token, NULL);
}

/* NULL: it waits for a decision. */
static const struct fault *
fault_of(const struct device *device)
{
	if (device->user_id.n > 0)
		return &used;
	if (clock_wall_ms() >= device->expires_ms)
		return &expired;
	return NULL;
}

/*
 * User codes are short: whoever tries one is counted as for a password, by
 * account and address, and only a code that waits is no failure. OST_LIMITED.
 */
static enum ost_err
look_up(const struct context *c, const struct request *request,
	const struct visitor *visitor, struct span code, struct device *device,
	const struct fault **fault, int64_t *retry_after_s)
{
	struct guess guess;
	struct span account;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, request->arena);
	buf_text(&buf, "device:");
	buf_add(&buf, visitor->user.id);
	err = buf_span(&buf, &account);
	if (err == OST_OK)
		err = guess_reserve(c, request, account, true, &guess);
	if (err == OST_LIMITED)
		*retry_after_s = guess.retry_after_s;
	if (err != OST_OK)
		return err;
	err = device_by_user_code(c->grants, request->arena, code, device);
	*fault = err == OST_OK ? fault_of(device) : &unknown;
	if (*fault == NULL || (err != OST_OK && err != OST_NOTFOUND))
		guess_return(c, &guess);
	return err == OST_NOTFOUND ? OST_OK : err;
}

/* One line for each thing that the application may do. */
static enum ost_err
decision_form(const struct context *c, const struct request *request,
	struct response *response, const struct visitor *visitor,
	const struct device *device, const struct app *app)
{
	struct arena *arena = request->arena;
	struct span owner, rights, code, token, signout;
	struct span display_name = visitor->user.display_name;
	bool is_offline = app_is_offline(app, device->scope);
	enum ost_err err = app_owner_name(c->accounts, arena, app, &owner);

	if (span_eq(display_name, visitor->user.name))
		display_name = SPAN_ABSENT;
	if (err == OST_OK)
		err = rights_text(arena, response->look.language,
			&c->config->scopes, device->scope, is_offline, &rights);
	if (err == OST_OK)
		err = user_code_show(arena, device->user_code, &code);
	if (err == OST_OK)
		err = csrf_make(c->ring, arena,
			is_offline ? PURPOSE_OFFLINE : PURPOSE_DECISION,
			visitor->cookie, device->hash, FORM_LIFETIME_S, &token);
	if (err == OST_OK)
		err = signout_token(c, arena, visitor, &signout);
	if (err != OST_OK)
		return err;
	const struct page_var vars[] = {
		{ "app_name", app->name },
		{ "app_description", app->description },
		{ "app_website", app->website },
		{ "app_owner", owner },
		{ "rights", rights },
		{ "user_name", visitor->user.name },
		{ "display_name", display_name },
		{ "user_code", code },
		{ "action", request->path },
		{ "csrf", token },
		{ "signout_csrf", signout },
	};
	page_answer_vars(response, 200, "device_shown", "device_confirm", vars,
		sizeof(vars) / sizeof(vars[0]));
	return OST_OK;
}

/* The application that waits; one that is disabled or gone waits for nothing.
 */
static enum ost_err
find_app(const struct context *c, struct arena *arena,
	const struct device *device, struct app *app,
	const struct fault **fault)
{
	enum ost_err err =
		app_by_id(c->accounts, arena, device->client_id, app);

	if (err == OST_NOTFOUND || (err == OST_OK && app->is_disabled))
		*fault = &expired;
	return err == OST_NOTFOUND ? OST_OK : err;
}

enum ost_err
device_ask(const struct context *c, const struct request *request,
	struct response *response, const struct form *form,
	const struct visitor *visitor)
{
	const struct fault *fault = &malformed;
	struct span typed = SPAN(""), code;
	int64_t retry_after_s = 0;
	struct device device;
	struct app app;
	enum ost_err err =
		check_form(c, request, form, visitor, PURPOSE_CODE, SPAN(""));

	if (err == OST_DENIED) {
		form_refuse(request, response);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	if (form_get(form, "user_code", &typed) != OST_OK)
		typed = SPAN("");
	err = user_code_read(request->arena, typed, &code);
	if (err == OST_BADINPUT)
		return code_form(
			c, request, response, visitor, typed, fault, 400);
	if (err == OST_OK)
		err = look_up(c, request, visitor, code, &device, &fault,
			&retry_after_s);
	if (err == OST_LIMITED) {
		err = code_form(
			c, request, response, visitor, typed, &guessed, 429);
		response_header_u64(
			response, "Retry-After", (uint64_t)retry_after_s);
		return err;
	}
	if (err == OST_OK && fault == NULL)
		err = find_app(c, request->arena, &device, &app, &fault);
	if (err != OST_OK)
		return err;
	return fault == NULL ? decision_form(c, request, response, visitor,
				       &device, &app)
			     : code_form(c, request, response, visitor, typed,
				       fault, 400);
}

static enum ost_err
decide(const struct context *c, const struct request *request,
	struct response *response, const struct visitor *visitor,
	struct device *device, bool is_allowed)
{
	const struct fault *fault = fault_of(device);
	struct app app;
	enum ost_err err = OST_OK;

	if (fault == NULL)
		err = find_app(c, request->arena, device, &app, &fault);
	if (err == OST_OK && fault == NULL) {
		device->user_id = visitor->user.id;
		device->user_epoch = visitor->user.epoch;
		device->app_epoch = app.epoch;
		device->auth_time_s = visitor->auth_time_s;
		device->amr = session_amr(&visitor->session);
		device->is_denied = !is_allowed;
		device->is_offline = device->is_offline &&
				     app_is_offline(&app, device->scope);
		err = device_decide(c->grants, request->arena, device);
		if (err == OST_CONFLICT)
			fault = &used;
		else if (err == OST_EXPIRED)
			fault = &expired;
	}
	if (fault != NULL)
		return code_form(
			c, request, response, visitor, SPAN_ABSENT, fault, 400);
	if (err != OST_OK)
		return err;
	if (is_allowed)
		event_note(c, request->arena, visitor->user.id,
			EVENT_APP_ALLOWED, request->address, app.name);
	const struct page_var vars[] = {
		{ "app_name", app.name },
		{ "is_allowed", is_allowed ? SPAN("yes") : SPAN_ABSENT },
	};
	page_answer_vars(response, 200,
		is_allowed ? "device_allowed" : "device_denied", "device_done",
		vars, sizeof(vars) / sizeof(vars[0]));
	return OST_OK;
}

enum ost_err
device_answer(const struct context *c, const struct request *request,
	struct response *response, const struct form *form,
	const struct visitor *visitor)
{
	struct span typed = SPAN(""), code, decision;
	struct device device = { 0 };
	enum ost_err err = OST_NOTFOUND;

	if (form_get(form, "user_code", &typed) == OST_OK)
		err = user_code_read(request->arena, typed, &code);
	if (err == OST_OK)
		err = device_by_user_code(
			c->grants, request->arena, code, &device);
	/* Unknown or not this visitor's: no answer tells which. */
	if (err == OST_OK) {
		err = check_form(c, request, form, visitor, PURPOSE_OFFLINE,
			device.hash);
		device.is_offline = err == OST_OK;
		if (err == OST_DENIED)
			err = check_form(c, request, form, visitor,
				PURPOSE_DECISION, device.hash);
	}
	if (err == OST_DENIED || err == OST_NOTFOUND || err == OST_BADINPUT) {
		form_refuse(request, response);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	if (form_get(form, "decision", &decision) != OST_OK ||
		(!span_eq(decision, SPAN("allow")) &&
			!span_eq(decision, SPAN("deny")))) {
		error_page(request, response, 400, "error.form_changed",
			"error.form_changed.text", "form_changed", SPAN_ABSENT);
		return OST_OK;
	}
	return decide(c, request, response, visitor, &device,
		span_eq(decision, SPAN("allow")));
}
