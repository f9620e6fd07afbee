#include "leak_report.h"
#include "event.h"
#include "leaked.h"
#include "secret.h"

#define LIST_MAX 100

/* Its owner learns that a key or an application's secret is dead; tokens are
 * short-lived, and made anew. */
static enum ost_err
end_and_note(const struct leak_call *call, struct span secret,
	struct span client_id, struct leaked *leaked)
{
	const struct request *request = call->request;
	enum ost_err err = leaked_end(
		call->context, request->arena, secret, client_id, leaked);

	if (err == OST_OK && leaked->was_live && leaked->detail.n > 0)
		event_note(call->context, request->arena, leaked->user_id,
			EVENT_KEY_KILLED, request->address, leaked->detail);
	return err;
}

enum ost_err
leak_report_one(
	const struct leak_call *call, struct span secret, struct span client_id)
{
	struct response *res = call->response;
	struct json_writer w;
	struct leaked leaked;
	enum ost_err err;

	if (leaked_needs_client(secret) && client_id.n == 0) {
		response_error(res, FORMAT_JSON, CODE_BAD_REQUEST,
			"The secret of an application needs its client_id");
		return OST_OK;
	}
	err = end_and_note(call, secret, client_id, &leaked);
	if (err != OST_OK)
		return err;
	if (!leaked.is_wellformed) {
		response_error(res, FORMAT_JSON, CODE_BAD_REQUEST,
			"That has not the form of a secret");
		return OST_OK;
	}
	response_begin(res, 200,
		leaked.was_live ? "secret_revoked" : "secret_not_live",
		"application/json");
	response_no_store(res);
	json_begin(&w, &res->body);
	json_open(&w, NULL, '{');
	json_bool(&w, "revoked", leaked.was_live);
	json_close(&w);
	buf_char(&res->body, '\n');
	return OST_OK;
}

struct report {
	const struct leak_call *call;
	struct json_writer w;
	size_t n;
	bool was_live; /* any of them */
};

static enum ost_err
check_item(void *arg, const struct json *item)
{
	struct report *report = arg;
	struct span text;
	enum ost_err err = json_get_string(item, "token", &text);

	if (err == OST_OK)
		err = json_get_string(item, "type", &text);
	if (err == OST_OK && ++report->n > LIST_MAX)
		err = OST_BADINPUT;
	return err == OST_NOTFOUND ? OST_BADINPUT : err;
}

/* client_id is ours: a scanner that found one beside the secret may add it. */
static enum ost_err
end_item(void *arg, const struct json *item)
{
	struct report *report = arg;
	struct span token, type, hash, client_id = SPAN_ABSENT;
	struct leaked leaked;
	enum ost_err err = json_get_string(item, "token", &token);

	if (err == OST_OK)
		err = json_get_string(item, "type", &type);
	if (err == OST_OK &&
		json_get_string(item, "client_id", &client_id) != OST_OK)
		client_id = SPAN_ABSENT;
	if (err == OST_OK)
		err = end_and_note(report->call, token, client_id, &leaked);
	if (err == OST_OK)
		err = secret_hash(report->call->request->arena, token, &hash);
	if (err != OST_OK)
		return err;
	report->was_live = report->was_live || leaked.was_live;
	json_open(&report->w, NULL, '{');
	json_string(&report->w, "token_hash", hash);
	json_string(&report->w, "token_type", type);
	json_string(&report->w, "label",
		leaked.is_ours ? SPAN("true_positive")
			       : SPAN("false_positive"));
	json_close(&report->w);
	return OST_OK;
}

/* The whole list is looked at before anything of it is ended. */
enum ost_err
leak_report_list(const struct leak_call *call, const struct json *list)
{
	struct report report = { .call = call };
	struct response *res = call->response;
	enum ost_err err = json_each_item(list, check_item, &report);

	if (err != OST_OK)
		return err;
	json_begin(&report.w, &res->body);
	json_open(&report.w, NULL, '[');
	err = json_each_item(list, end_item, &report);
	if (err != OST_OK)
		return err;
	json_close(&report.w);
	buf_char(&res->body, '\n');
	response_begin(res, 200,
		report.was_live ? "secret_revoked" : "secret_not_live",
		"application/json");
	response_no_store(res);
	return OST_OK;
}
