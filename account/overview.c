/* /account: what there is of one's own, at a glance, and what deserves a look.
 */
#include "allowed.h"
#include "clock.h"
#include "key_issue.h"
#include "pages.h"
#include "show.h"

#define DAY_MS	    86400000LL
#define SOON_MS	    (14 * DAY_MS) /* a key that expires so soon is told */
#define LATELY_MS   (7 * DAY_MS)  /* failed sign-ins are */
#define EVENTS_LAST 5
#define SOON_MAX    10 /* keys that are named */

/* Applications of one owner among all. */
struct counting {
	struct span owner_id;
	size_t n;
};

static enum ost_err
count_app(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct counting *counting = arg;
	struct span line;

	(void)key;
	(void)expires_ms;
	while (span_next(&value, '\n', &line)) {
		if (!span_starts(line, SPAN("owner=")))
			continue;
		counting->n += span_eq(span_skip(line, 6), counting->owner_id);
		break;
	}
	return OST_OK;
}

static enum ost_err
show_keys(struct visit *visit, struct values *values)
{
	int64_t now_ms = clock_wall_ms();
	size_t n, live = 0, soon = 0;
	struct key *keys;
	enum ost_err err = keys_of_user(visit->context->accounts, visit->arena,
		visit->visitor.user.id, &keys, &n);

	if (err != OST_OK)
		return err;
	for (size_t i = 0; i < n; i++) {
		struct values *row;

		if (!key_is_live(&keys[i], now_ms))
			continue;
		live++;
		if (keys[i].expires_ms == 0 ||
			keys[i].expires_ms - now_ms > SOON_MS ||
			soon++ >= SOON_MAX)
			continue;
		row = values_row(values, "expiring");
		values_set(row, "name", keys[i].name);
		values_time(row, "expires", keys[i].expires_ms);
		values_flag(values, "has_hints", true);
	}
	values_number(values, "keys", (int64_t)live);
	return OST_OK;
}

static enum ost_err
show_apps(struct visit *visit, struct values *values)
{
	struct counting own = { .owner_id = visit->visitor.user.id };
	struct allowed *allowed;
	size_t n;
	enum ost_err err = store_each(
		visit->context->accounts, SPAN("app:"), count_app, &own);

	if (err == OST_OK)
		err = allowed_list(visit->context, visit->arena,
			visit->visitor.user.id, &allowed, &n);
	if (err != OST_OK)
		return err;
	values_number(values, "apps", (int64_t)own.n);
	values_number(values, "allowed", (int64_t)n);
	return OST_OK;
}

static enum ost_err
show_sessions(struct visit *visit, struct values *values)
{
	const struct config *config = visit->context->config;
	size_t n;
	enum ost_err err = session_count(visit->context->grants,
		&visit->visitor.user, config->session_lifetime_s * 1000,
		config->session_idle_s * 1000, &n);

	if (err == OST_OK)
		values_number(values, "sessions", (int64_t)n);
	return err;
}

static enum ost_err
show_general_limit(struct visit *visit, struct values *values)
{
	struct usage usage;
	size_t n;
	enum ost_err err = usage_list(visit->context, visit->request,
		&visit->visitor.user, &usage, 1, &n);

	if (err == OST_OK)
		show_usage(visit, values, &usage);
	return err;
}

static enum ost_err
show_events(struct visit *visit, struct values *values)
{
	int64_t since_ms = clock_wall_ms() - LATELY_MS, failed = 0;
	struct event *events;
	size_t n;
	enum ost_err err = event_list(visit->context, visit->arena,
		visit->visitor.user.id, &events, &n);

	if (err != OST_OK)
		return err;
	for (size_t i = 0; i < n; i++) {
		if (i < EVENTS_LAST)
			show_event(visit, values_row(values, "events"),
				&events[i]);
		if (events[i].kind == EVENT_SIGNIN_FAILED &&
			events[i].at_ms >= since_ms)
			failed += events[i].count;
	}
	values_set(values, "failed", SPAN_ABSENT);
	if (failed > 0) {
		values_number(values, "failed", failed);
		values_flag(values, "has_hints", true);
	}
	return OST_OK;
}

enum ost_err
overview_get(struct visit *visit)
{
	bool is_two_step = user_has_two_steps(&visit->visitor.user);
	struct values *values;
	enum ost_err err = portal_values(visit, "at_overview", &values);

	if (err != OST_OK)
		return err;
	values_set(values, "display_name", visit->visitor.user.display_name);
	values_flag(values, "is_two_step", is_two_step);
	values_flag(values, "has_hints", !is_two_step);
	err = show_keys(visit, values);
	if (err == OST_OK)
		err = show_apps(visit, values);
	if (err == OST_OK)
		err = show_sessions(visit, values);
	if (err == OST_OK)
		err = show_general_limit(visit, values);
	if (err == OST_OK)
		err = show_events(visit, values);
	if (err == OST_OK)
		portal_show(visit, "account", "overview", values);
	return err;
}
