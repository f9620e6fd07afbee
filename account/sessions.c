/* /account/sessions: where one is signed in, and ending that. */
#include "agent.h"
#include "event.h"
#include "pages.h"

#define PAGE_SIZE 50
#define PAGES_MAX 100000

static void
add_session(
	const struct visit *visit, struct values *values, struct session *one)
{
	struct values *row = values_row(values, "sessions");
	struct agent agent = agent_read(one->agent);

	values_set(row, "id", one->id);
	values_set(row, "address", one->address);
	values_set(row, "browser", span_of(agent.browser));
	values_set(row, "system", span_of(agent.system));
	values_set(row, "agent", one->agent);
	values_time(row, "since", one->created_ms);
	values_time(row, "seen", one->seen_ms);
	values_flag(row, "is_two_step", one->steps != SESSION_PASSWORD);
	values_flag(
		row, "is_here", span_eq(one->id, visit->visitor.session.id));
}

/* The page's number, from 1; the first when there is no such page. */
static size_t
page_number(const struct visit *visit, size_t n)
{
	uint64_t page;

	if (span_to_u64(portal_query(visit, "page"), 1, PAGES_MAX, &page) !=
			OST_OK ||
		(size_t)(page - 1) * PAGE_SIZE >= n)
		return 1;
	return (size_t)page;
}

enum ost_err
sessions_get(struct visit *visit)
{
	const struct config *config = visit->context->config;
	struct session *sessions;
	struct values *values;
	size_t n, page, first;
	enum ost_err err = portal_values(visit, "at_sessions", &values);

	if (err == OST_OK)
		err = session_list(visit->context->grants, visit->arena,
			&visit->visitor.user, config->session_lifetime_s * 1000,
			config->session_idle_s * 1000, &sessions, &n);
	if (err != OST_OK)
		return err;
	page = page_number(visit, n);
	first = (page - 1) * PAGE_SIZE;
	for (size_t i = first; i < n && i - first < PAGE_SIZE; i++)
		add_session(visit, values, &sessions[i]);
	values_flag(values, "has_others", n > 1);
	if (page > 1)
		values_number(values, "newer_page", (int64_t)page - 1);
	else
		values_set(values, "newer_page", SPAN_ABSENT);
	if (n - first > PAGE_SIZE)
		values_number(values, "older_page", (int64_t)page + 1);
	else
		values_set(values, "older_page", SPAN_ABSENT);
	portal_show(visit, "sessions", "sessions", values);
	return OST_OK;
}

static void
note(struct visit *visit, enum event_kind kind)
{
	event_note(visit->context, visit->arena, visit->visitor.user.id, kind,
		visit->request->address, SPAN_ABSENT);
}

/* Of one's own there is no more to say than that it is over. */
static enum ost_err
end_here(struct visit *visit)
{
	enum ost_err err = session_end(
		visit->context->grants, visit->arena, visit->visitor.cookie);

	if (err != OST_OK)
		return err;
	note(visit, EVENT_SIGNED_OUT);
	signout_answer(visit->response);
	return OST_OK;
}

static enum ost_err
end_one(struct visit *visit)
{
	struct span id = portal_field(visit, "id");
	enum ost_err err;

	if (span_eq(id, visit->visitor.session.id))
		return end_here(visit);
	err = session_end_id(visit->context->grants, visit->arena,
		visit->visitor.user.id, id);
	/* Somebody else's, one that has ended and none at all look the same. */
	if (err == OST_NOTFOUND) {
		portal_error(visit, 404, "sessions.gone", "sessions.gone.text",
			"not_found");
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	note(visit, EVENT_SESSION_ENDED);
	portal_done(visit, "/account/sessions", "session_ended");
	return OST_OK;
}

static enum ost_err
end_several(struct visit *visit, bool is_kept)
{
	size_t ended;
	enum ost_err err = session_end_others(visit->context->grants,
		visit->arena, visit->visitor.user.id,
		is_kept ? visit->visitor.cookie : SPAN_ABSENT, &ended);

	if (err != OST_OK)
		return err;
	note(visit, EVENT_SESSIONS_ENDED);
	if (is_kept)
		portal_done(visit, "/account/sessions", "sessions_ended");
	else
		signout_answer(visit->response);
	return OST_OK;
}

enum ost_err
sessions_post(struct visit *visit)
{
	struct span action = portal_field(visit, "action");
	bool is_one = span_eq(action, SPAN("end"));
	bool is_others = span_eq(action, SPAN("end_others"));
	enum ost_err err;

	if (!is_one && !is_others && !span_eq(action, SPAN("end_all"))) {
		portal_error(visit, 400, "error.form_changed",
			"error.form_changed.text", "form_changed");
		return OST_OK;
	}
	err = portal_once(visit);
	if (err != OST_OK)
		return err;
	return is_one ? end_one(visit) : end_several(visit, is_others);
}
