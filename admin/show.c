#include "show.h"
#include "access.h"
#include "clock.h"
#include "event.h"
#include "session.h"

static struct field
text_field(const char *name, const char *heading, struct span text)
{
	return (struct field){ .name = name, .heading = heading, .text = text };
}

/* Something long that only stands where there is one thing to be seen. */
static struct field
detail_field(const char *name, const char *heading, enum field_kind kind,
	struct span text)
{
	return (struct field){ .name = name,
		.heading = heading,
		.is_detail = true,
		.kind = kind,
		.text = text };
}

static struct field
flag_field(const char *name, const char *heading, bool is_set)
{
	return (struct field){ .name = name,
		.heading = heading,
		.is_detail = true,
		.kind = FIELD_BOOL,
		.number = is_set };
}

static struct field
time_field(const char *name, const char *heading, int64_t time_ms)
{
	return (struct field){ .name = name,
		.heading = heading,
		.kind = FIELD_TIME,
		.number = time_ms };
}

static struct span
state_word(bool is_disabled)
{
	return is_disabled ? SPAN("disabled") : SPAN("active");
}

static enum exit_status
fill_user(struct admin *admin, const void *thing, struct field *fields)
{
	const struct user *user = thing;

	(void)admin;
	fields[0] = text_field("id", "id", user->id);
	fields[1] = text_field("userName", "name", user->name);
	fields[2] =
		text_field("displayName", "display name", user->display_name);
	fields[3] = detail_field("email", "email", FIELD_TEXT, user->email);
	fields[4] = flag_field(
		"emailVerified", "email verified", user_has_proven_email(user));
	fields[5] = text_field("roles", "roles", user->roles);
	fields[5].kind = FIELD_WORDS;
	fields[6] = text_field("state", "state", state_word(user->is_disabled));
	fields[7] = time_field("created", "created", user->created_ms);
	return EXIT_DONE;
}

static enum exit_status
fill_app(struct admin *admin, const void *thing, struct field *fields)
{
	const struct app *app = thing;
	struct span owner = SPAN_ABSENT;
	int64_t used_ms = 0;
	enum exit_status status = find_user_name(admin, app->owner_id, &owner);

	if (status == EXIT_DONE)
		status = find_last_use(admin, app->client_id, &used_ms);
	fields[0] = text_field("client_id", "client id", app->client_id);
	fields[1] = text_field("name", "name", app->name);
	fields[2] = text_field("owner", "owner", owner);
	fields[3] = detail_field("callback_prefix", "callback prefixes",
		FIELD_WORDS, app->prefixes);
	fields[4] = detail_field("redirect_uris", "redirect URIs", FIELD_WORDS,
		app->redirect_uris);
	fields[5] = detail_field(
		"description", "description", FIELD_TEXT, app->description);
	fields[6] =
		detail_field("website", "website", FIELD_TEXT, app->website);
	fields[7] = flag_field("public", "public", app->is_public);
	fields[8] = flag_field(
		"refresh_tokens", "refresh tokens", app->has_refresh);
	fields[9] = detail_field(
		"own_scope", "own scope", FIELD_WORDS, app->own_scope);
	fields[10] =
		flag_field("introspect", "may introspect", app->may_introspect);
	fields[11] = detail_field("id_token_alg", "ID tokens", FIELD_TEXT,
		app->has_es256_id ? SPAN("ES256") : SPAN("RS256"));
	fields[12] =
		flag_field("device_grant", "device grant", !app->no_device);
	fields[13] = text_field("state", "state", state_word(app->is_disabled));
	fields[14] = time_field("created", "created", app->created_ms);
	fields[15] = time_field("last_used", "last used", used_ms);
	return status;
}

static struct span
key_state_word(const struct key *key)
{
	if (key->is_revoked)
		return SPAN("revoked");
	return key_is_live(key, clock_wall_ms()) ? SPAN("active")
						 : SPAN("expired");
}

static enum exit_status
fill_key(struct admin *admin, const void *thing, struct field *fields)
{
	const struct key *key = thing;
	struct span holder = SPAN_ABSENT;
	int64_t used_ms = 0;
	enum exit_status status = find_user_name(admin, key->user_id, &holder);

	if (status == EXIT_DONE)
		status = find_last_use(admin, key->id, &used_ms);
	fields[0] = text_field("key_id", "key id", key->id);
	fields[1] = text_field("name", "name", key->name);
	fields[2] = text_field("userName", "user", holder);
	fields[3] = text_field("state", "state", key_state_word(key));
	fields[4] = time_field("created", "created", key->created_ms);
	fields[5] = time_field("expires", "expires", key->expires_ms);
	fields[6] = time_field("last_used", "last used", used_ms);
	return status;
}

static enum exit_status
find_app_name(struct admin *admin, struct span client_id, struct span *name)
{
	struct app app;
	enum ost_err err = app_by_id(
		admin->context.accounts, admin->arena, client_id, &app);

	*name = err == OST_OK ? app.name : SPAN_ABSENT;
	if (err == OST_OK || err == OST_NOTFOUND)
		return EXIT_DONE;
	return report_fail(err, "application %.*s", SPAN_ARG(client_id));
}

static enum exit_status
fill_grant(struct admin *admin, const void *thing, struct field *fields)
{
	const struct grant *grant = thing;
	struct span user = SPAN_ABSENT, app = SPAN_ABSENT;
	enum exit_status status = find_user_name(admin, grant->user_id, &user);

	if (status == EXIT_DONE)
		status = find_app_name(admin, grant->client_id, &app);
	fields[0] = text_field("grant_id", "grant id", grant->id);
	fields[1] = text_field("userName", "user", user);
	fields[2] = text_field("client_id", "client id", grant->client_id);
	fields[3] = text_field("app", "application", app);
	fields[4] = text_field("scope", "scope", grant->scope);
	fields[5] = time_field("created", "created", grant->created_ms);
	fields[6] = time_field("expires", "expires", grant->expires_ms);
	fields[7] = flag_field(
		"refreshable", "refresh tokens", grant->ends_ms != 0);
	fields[7].is_detail = false;
	/* It goes on when it is used, but not beyond its end. */
	fields[8] = time_field("ends", "ends",
		grant->ends_ms != 0 ? grant->ends_ms : grant->expires_ms);
	return status;
}

static enum exit_status
fill_consent(struct admin *admin, const void *thing, struct field *fields)
{
	const struct consent *item = thing;
	const struct remembered *consent = &item->remembered;
	struct span user = SPAN_ABSENT, app = SPAN_ABSENT;
	enum exit_status status =
		find_user_name(admin, consent->user_id, &user);

	if (status == EXIT_DONE)
		status = find_app_name(admin, consent->client_id, &app);
	fields[0] = text_field("userName", "user", user);
	fields[1] = text_field("client_id", "client id", consent->client_id);
	fields[2] = text_field("app", "application", app);
	fields[3] = text_field("scope", "scope", consent->scope);
	fields[4] = time_field("created", "created", consent->created_ms);
	fields[5] = time_field("expires", "expires", item->expires_ms);
	return status;
}

static enum exit_status
fill_session(struct admin *admin, const void *thing, struct field *fields)
{
	const struct session *session = thing;
	struct span user = SPAN_ABSENT;
	enum exit_status status =
		find_user_name(admin, session->user_id, &user);

	fields[0] = text_field("session_id", "session id", session->id);
	fields[1] = text_field("userName", "user", user);
	fields[2] = text_field("address", "address", session->address);
	fields[3] = text_field("agent", NULL, session->agent);
	fields[4] = flag_field(
		"two_step", NULL, session->steps != SESSION_PASSWORD);
	fields[5] = time_field("created", "created", session->created_ms);
	fields[6] = time_field("last_used", "last used", session->seen_ms);
	fields[7] = time_field("proved", NULL, session->proved_ms);
	return status;
}

static enum exit_status
fill_event(struct admin *admin, const void *thing, struct field *fields)
{
	const struct event *event = thing;

	(void)admin;
	fields[0] = time_field("at", "at", event->at_ms);
	fields[1] =
		text_field("event", "event", span_of(event_word(event->kind)));
	fields[2] = (struct field){ .name = "count",
		.heading = "count",
		.kind = FIELD_COUNT,
		.number = event->count };
	fields[3] = text_field("address", "address", event->address);
	fields[4] = text_field("detail", "detail", event->detail);
	return EXIT_DONE;
}

const struct shown shown_session = { "sessions", sizeof(struct session), 8,
	fill_session };
const struct shown shown_event = { "events", sizeof(struct event), 5,
	fill_event };
const struct shown shown_consent = { "remembered consents",
	sizeof(struct consent), 6, fill_consent };
const struct shown shown_user = { "users", sizeof(struct user), 8, fill_user };
const struct shown shown_app = { "applications", sizeof(struct app), 16,
	fill_app };
const struct shown shown_key = { "keys", sizeof(struct key), 7, fill_key };
const struct shown shown_grant = { "grants", sizeof(struct grant), 9,
	fill_grant };

enum exit_status
show_one(struct admin *admin, const struct shown *shown, const void *thing)
{
	struct field fields[SHOW_COLUMNS_MAX];
	enum exit_status status = shown->fill(admin, thing, fields);

	if (status == EXIT_DONE)
		output_fields(&admin->out, fields, shown->columns);
	return status;
}

enum exit_status
show_object(struct admin *admin, const struct shown *shown, const void *thing)
{
	struct output *out = &admin->out;
	enum exit_status status;

	if (out->is_json)
		json_open(&out->json, NULL, '{');
	status = show_one(admin, shown, thing);
	if (out->is_json)
		json_close(&out->json);
	return status;
}

enum exit_status
show_all(struct admin *admin, const struct shown *shown, const char *name,
	const void *things, size_t n)
{
	size_t columns = shown->columns;
	struct field *fields =
		arena_array(admin->arena, n * columns + 1, sizeof(*fields));
	enum exit_status status = EXIT_DONE;

	if (fields == NULL)
		return report_fail(OST_NOMEM, "%s", shown->plural);
	for (size_t i = 0; status == EXIT_DONE && i < n; i++)
		status = shown->fill(admin,
			(const char *)things + i * shown->size,
			fields + i * columns);
	if (status == EXIT_DONE)
		output_table(
			&admin->out, name, shown->plural, fields, n, columns);
	return status;
}
