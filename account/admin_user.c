/* /account/admin/user and app: one of them in full. */
#include "admin.h"
#include "admin_list.h"
#include "allowed.h"
#include "event.h"
#include "pages.h"
#include "session.h"
#include "signup.h"

#define EVENTS	 10
#define SESSIONS 50

static enum ost_err
add_things(struct visit *visit, const struct user *user, struct values *values)
{
	struct admin_list keys, apps;
	enum ost_err err = admin_list_of(visit, &admin_keys, user->id, &keys);

	if (err == OST_OK)
		err = admin_list_of(visit, &admin_apps, user->id, &apps);
	if (err != OST_OK)
		return err;
	for (size_t i = 0; err == OST_OK && i < keys.n; i++) {
		struct key key;

		err = key_by_id(visit->context->accounts, visit->arena,
			keys.ids[i], &key);
		if (err == OST_OK)
			err = admin_key_row(visit, &key, values, "keys");
		else if (err == OST_NOTFOUND) /* just now */
			err = OST_OK;
	}
	for (size_t i = 0; err == OST_OK && i < apps.n; i++) {
		struct app app;

		err = app_by_id(visit->context->accounts, visit->arena,
			apps.ids[i], &app);
		if (err == OST_OK)
			err = admin_app_row(visit, &app, values, "apps");
		else if (err == OST_NOTFOUND)
			err = OST_OK;
	}
	values_flag(values, "more_keys", keys.pages > 1);
	values_flag(values, "more_apps", apps.pages > 1);
	return err;
}

static enum ost_err
add_sessions(
	struct visit *visit, const struct user *user, struct values *values)
{
	const struct config *config = visit->context->config;
	struct session *sessions;
	size_t n;
	enum ost_err err = session_list(visit->context->grants, visit->arena,
		user, config->session_lifetime_s * 1000,
		config->session_idle_s * 1000, &sessions, &n);

	for (size_t i = 0; err == OST_OK && i < n && i < SESSIONS; i++) {
		struct values *row = values_row(values, "sessions");

		values_set(row, "address", sessions[i].address);
		values_set(row, "agent", sessions[i].agent);
		values_time(row, "since", sessions[i].created_ms);
		values_time(row, "seen", sessions[i].seen_ms);
	}
	return err;
}

static enum ost_err
add_events(struct visit *visit, const struct user *user, struct values *values)
{
	struct event *events;
	size_t n;
	enum ost_err err =
		event_list(visit->context, visit->arena, user->id, &events, &n);

	for (size_t i = 0; err == OST_OK && i < n && i < EVENTS; i++) {
		struct values *row = values_row(values, "events");

		values_time(row, "time", events[i].at_ms);
		values_set(row, "event", span_of(event_word(events[i].kind)));
		values_number(row, "count", events[i].count);
		values_set(row, "address", events[i].address);
		values_set(row, "detail", events[i].detail);
	}
	return err;
}

/* A row for each role, to be taken away. */
static void
add_roles(const struct user *user, struct values *values)
{
	struct span rest = user->roles, role;

	while (span_next(&rest, ' ', &role))
		if (role.n > 0)
			values_set(values_row(values, "roles"), "role", role);
}

static void
add_user(struct visit *visit, const struct user *user, struct values *values)
{
	const struct config *config = visit->context->config;

	values_set(values, "id", user->id);
	values_set(values, "name", user->name);
	values_set(values, "display_name", user->display_name);
	values_set(values, "email", user->email);
	values_flag(values, "is_disabled", user->is_disabled);
	values_flag(values, "has_two_steps", user_has_two_steps(user));
	values_flag(values, "must_have_two_steps",
		user_must_have_two_steps(config, user));
	values_flag(
		values, "is_self", span_eq(user->id, visit->visitor.user.id));
	values_flag(values, "may_mail",
		reset_is_possible(config) && user->email.n > 0 &&
			!user->is_disabled);
	values_time(values, "created", user->created_ms);
}

enum ost_err
admin_user_get(struct visit *visit)
{
	struct allowed *allowed;
	struct values *values;
	struct user user;
	size_t n = 0;
	enum ost_err err = admin_user(visit, portal_query(visit, "id"), &user);

	if (err == OST_OK)
		err = portal_values(visit, "at_admin", &values);
	if (err != OST_OK)
		return err;
	add_user(visit, &user, values);
	add_roles(&user, values);
	err = add_things(visit, &user, values);
	if (err == OST_OK)
		err = add_sessions(visit, &user, values);
	if (err == OST_OK)
		err = add_events(visit, &user, values);
	if (err == OST_OK)
		err = allowed_list(
			visit->context, visit->arena, user.id, &allowed, &n);
	if (err != OST_OK)
		return err;
	values_number(values, "allowed_n", (int64_t)n);
	portal_show(visit, "account", "admin_user", values);
	return OST_OK;
}

/* The words of a list, a line each. */
static struct span
lines_of(struct visit *visit, struct span words)
{
	struct span word, lines = SPAN("");
	struct buf buf;

	buf_init(&buf, visit->arena);
	while (span_next(&words, ' ', &word)) {
		buf_add(&buf, word);
		buf_char(&buf, '\n');
	}
	if (buf_span(&buf, &lines) != OST_OK)
		visit->response->headers.is_failed = true;
	return lines;
}

enum ost_err
admin_app_get(struct visit *visit)
{
	struct values *values;
	struct app app;
	enum ost_err err = admin_app(visit, portal_query(visit, "id"), &app);

	if (err == OST_OK)
		err = portal_values(visit, "at_admin", &values);
	if (err == OST_OK)
		err = admin_owner(visit, app.owner_id, values);
	if (err == OST_OK)
		err = admin_used(visit, app.client_id, values);
	if (err != OST_OK)
		return err;
	values_set(values, "id", app.client_id);
	values_set(values, "name", app.name);
	values_set(values, "description", app.description);
	values_set(values, "website", app.website);
	values_set(values, "own_scope", app.own_scope);
	values_set(values, "prefixes", lines_of(visit, app.prefixes));
	values_set(values, "redirect_uris", lines_of(visit, app.redirect_uris));
	values_flag(values, "is_public", app.is_public);
	values_flag(values, "is_disabled", app.is_disabled);
	values_time(values, "created", app.created_ms);
	portal_show(visit, "account", "admin_app", values);
	return OST_OK;
}
