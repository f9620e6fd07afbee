#include "key_api.h"
#include "activity.h"
#include "event.h"
#include "iso_time.h"
#include "key_issue.h"
#include "key_query.h"

/* Socrata's errors of keys. */
enum key_error {
	KEY_ERROR_NAME_EMPTY,
	KEY_ERROR_NAME_TOO_LONG,
	KEY_ERROR_NAME_INVALID,
	KEY_ERROR_NAME_TAKEN,
	KEY_ERROR_TOKEN_LIMIT_REACHED,
	KEY_ERROR_NOT_FOUND,
	KEY_ERROR_TOKEN_DELETED,
	KEY_ERROR_BAD_REQUEST,
	KEY_ERROR_UNSUPPORTED_TYPE,
};

static const struct {
	int status;
	const char *reason, *code, *message;
} errors[] = {
	[KEY_ERROR_NAME_EMPTY] = { 400, "key_name_empty", "API_KEY.NAME_EMPTY",
		"A key needs a name" },
	[KEY_ERROR_NAME_TOO_LONG] = { 400, "key_name_too_long",
		"API_KEY.NAME_TOO_LONG",
		"A key's name has at most 80 characters" },
	[KEY_ERROR_NAME_INVALID] = { 400, "key_name_invalid",
		"API_KEY.NAME_INVALID",
		"A key's name has no control characters, and no blanks at its "
		"ends" },
	[KEY_ERROR_NAME_TAKEN] = { 409, "key_name_taken", "API_KEY.NAME_TAKEN",
		"Another of your keys has that name" },
	[KEY_ERROR_TOKEN_LIMIT_REACHED] = { 409, "key_limit_reached",
		"API_KEY.TOKEN_LIMIT_REACHED", "You have 100 keys already" },
	[KEY_ERROR_NOT_FOUND] = { 404, "key_not_found", "API_KEY.NOT_FOUND",
		"There is no such key" },
	[KEY_ERROR_TOKEN_DELETED] = { 404, "key_deleted",
		"API_KEY.TOKEN_DELETED", "The key was deleted" },
	[KEY_ERROR_BAD_REQUEST] = { 400, "bad_request", "bad_request",
		"Bad request" },
	[KEY_ERROR_UNSUPPORTED_TYPE] = { 415, "unsupported_media_type",
		"unsupported_media_type", "The body must be application/json" },
};

/* message NULL: the error's own. */
static void
key_refuse(struct response *response, enum key_error error, const char *message)
{
	response_error_socrata(response, errors[error].status,
		errors[error].reason, errors[error].code,
		message != NULL ? message : errors[error].message);
}

/* As Socrata's other objects have times: Unix seconds under the short name;
 * and in words. */
static void
json_times(struct json_writer *w, struct arena *arena, const char *seconds,
	const char *stamp, bool is_there, int64_t time_ms)
{
	struct span text = SPAN_ABSENT;
	struct buf buf;

	buf_init(&buf, arena);
	if (is_there) {
		buf_iso_time(&buf, time_ms);
		if (buf_span(&buf, &text) != OST_OK)
			w->buf->is_failed = true;
	}
	if (seconds != NULL && is_there)
		json_i64(w, seconds, time_ms / 1000);
	else if (seconds != NULL)
		json_string(w, seconds, SPAN_ABSENT);
	json_string(w, stamp, text);
}

static void
key_json(struct json_writer *w, struct arena *arena, const char *name,
	const struct key_shown *shown, const struct user *owner,
	struct span secret)
{
	const struct key *key = &shown->key;

	json_open(w, name, '{');
	json_string(w, "keyName", key->name);
	json_string(w, "keyId", key->id);
	if (!span_is_absent(secret))
		json_string(w, "keySecret", secret);
	json_times(w, arena, "createdAt", "createdAtTimestamp", true,
		key->created_ms);
	json_times(w, arena, "lastUsedAt", "lastUsedAtTimestamp",
		shown->used_ms != 0, shown->used_ms);
	json_times(w, arena, "deletedAt", "deletedAtTimestamp", key->is_revoked,
		key->revoked_ms);
	json_times(w, arena, NULL, "expiresAtTimestamp", key->expires_ms != 0,
		key->expires_ms);
	json_open(w, "owner", '{');
	json_string(w, "id", owner->id);
	json_string(w, "displayName", owner->display_name);
	json_string(w, "email", owner->email);
	json_close(w);
	json_close(w);
}

static enum ost_err
show(const struct key_call *call, const struct key *key,
	struct key_shown *shown)
{
	enum ost_err err;

	*shown = (struct key_shown){ .key = *key };
	err = activity_last(call->context->activity, call->request->arena,
		key->id, &shown->used_ms);
	return err == OST_NOTFOUND ? OST_OK : err;
}

static void
begin(const struct key_call *call, int status, const char *reason)
{
	response_begin(call->response, status, reason, "application/json");
	response_no_store(call->response);
	response_header(
		call->response, "X-Content-Type-Options", SPAN("nosniff"));
}

static enum ost_err
tell(const struct key_call *call, int status, const char *reason,
	const struct key *key, struct span secret)
{
	struct key_shown shown;
	struct json_writer w;
	enum ost_err err = show(call, key, &shown);

	if (err != OST_OK)
		return err;
	begin(call, status, reason);
	json_begin(&w, &call->response->body);
	key_json(&w, call->request->arena, NULL, &shown, call->user, secret);
	buf_char(&call->response->body, '\n');
	return OST_OK;
}

enum ost_err
key_api_list(const struct key_call *call)
{
	struct arena *arena = call->request->arena;
	struct key_shown *shown = NULL;
	struct key_query query;
	struct json_writer w;
	struct key *keys;
	const char *name;
	size_t n = 0;
	enum ost_err err =
		key_query_parse(arena, call->request->query, &query, &name);

	if (err == OST_OK) {
		err = keys_of_user(call->context->accounts, arena,
			call->user->id, &keys, &n);
		if (err != OST_OK)
			return err;
		shown = arena_array(arena, n + 1, sizeof(*shown));
		if (shown == NULL)
			return OST_NOMEM;
		for (size_t i = 0; err == OST_OK && i < n; i++)
			err = show(call, &keys[i], &shown[i]);
		name = "seek";
		if (err == OST_OK)
			err = key_query_apply(&query, shown, &n);
	}
	if (err == OST_BADINPUT) {
		key_refuse(call->response, KEY_ERROR_BAD_REQUEST,
			name == NULL ? NULL
				     : "A parameter of the list cannot be");
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	begin(call, 200, "ok");
	json_begin(&w, &call->response->body);
	json_open(&w, NULL, '[');
	for (size_t i = 0; i < n; i++)
		key_json(&w, arena, NULL, &shown[i], call->user, SPAN_ABSENT);
	json_close(&w);
	buf_char(&call->response->body, '\n');
	return OST_OK;
}

static const enum key_error name_errors[] = {
	[KEY_NAME_EMPTY] = KEY_ERROR_NAME_EMPTY,
	[KEY_NAME_TOO_LONG] = KEY_ERROR_NAME_TOO_LONG,
	[KEY_NAME_NOT_PLAIN] = KEY_ERROR_NAME_INVALID,
};

static enum ost_err
issue(const struct key_call *call, struct span name, int64_t expires_ms)
{
	struct span location = SPAN_ABSENT, secret;
	struct store *accounts = call->context->accounts;
	struct arena *arena = call->request->arena;
	struct key key, maker;
	struct buf buf;
	bool is_by_key = !span_is_absent(call->key_id);
	enum ost_err err =
		is_by_key ? key_by_id(accounts, arena, call->key_id, &maker)
			  : OST_OK;

	if (err == OST_OK)
		err = key_issue_own(accounts, arena, call->user->id, name,
			expires_ms, is_by_key ? &maker : NULL, &secret, &key);
	/* The caller's key ended in this moment: the next try is told so. */
	if (err == OST_DENIED || (is_by_key && err == OST_NOTFOUND))
		return OST_BUSY;
	if (err == OST_CONFLICT || err == OST_LIMITED) {
		key_refuse(call->response,
			err == OST_CONFLICT ? KEY_ERROR_NAME_TAKEN
					    : KEY_ERROR_TOKEN_LIMIT_REACHED,
			NULL);
		return OST_OK;
	}
	if (err == OST_OK)
		event_note(call->context, call->request->arena, call->user->id,
			EVENT_KEY_CREATED, call->request->address, key.name);
	if (err == OST_OK)
		err = tell(call, 201, "key_created", &key, secret);
	if (err != OST_OK)
		return err;
	buf_init(&buf, call->request->arena);
	buf_text(&buf, "/api/api_keys/");
	buf_add(&buf, key.id);
	err = buf_span(&buf, &location);
	response_header(call->response, "Location", location);
	return err;
}

enum ost_err
key_api_create(const struct key_call *call)
{
	const struct request *req = call->request;
	enum key_name_fault fault;
	const char *why = NULL;
	int64_t expires_ms;
	struct span name;
	enum ost_err err;

	if (!request_is_json(req)) {
		key_refuse(call->response, KEY_ERROR_UNSUPPORTED_TYPE, NULL);
		return OST_OK;
	}
	err = key_asked_for(req->arena, req->body, &name, &expires_ms, &why);
	if (err == OST_BADINPUT) {
		key_refuse(call->response, KEY_ERROR_BAD_REQUEST, why);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	fault = key_name_check(name);
	if (fault != KEY_NAME_OK) {
		key_refuse(call->response, name_errors[fault], NULL);
		return OST_OK;
	}
	return issue(call, name, expires_ms);
}

/* Of the caller's own; somebody else's is not there. */
enum ost_err
key_api_one(const struct key_call *call, struct span id)
{
	struct store *accounts = call->context->accounts;
	struct arena *arena = call->request->arena;
	struct key key;
	enum ost_err err = key_by_id(accounts, arena, id, &key);

	if (err == OST_OK && !span_eq(key.user_id, call->user->id))
		err = OST_NOTFOUND;
	if (err == OST_NOTFOUND || (err == OST_OK && key.is_revoked)) {
		key_refuse(call->response,
			err == OST_OK ? KEY_ERROR_TOKEN_DELETED
				      : KEY_ERROR_NOT_FOUND,
			NULL);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	if (call->request->method == METHOD_GET)
		return tell(call, 200, "ok", &key, SPAN_ABSENT);
	err = key_revoke(accounts, arena, &key);
	if (err == OST_OK)
		event_note(call->context, arena, call->user->id,
			EVENT_KEY_REVOKED, call->request->address, key.name);
	if (err == OST_CONFLICT)
		err = OST_BUSY; /* changed in this moment: try again */
	return err == OST_OK ? tell(call, 200, "key_deleted", &key, SPAN_ABSENT)
			     : err;
}
