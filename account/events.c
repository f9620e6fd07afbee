/* /account/events: what happened to one's own account lately. */
#include "event.h"
#include "pages.h"

static enum ost_err
add_event(struct visit *visit, struct values *values, const struct event *event)
{
	struct values *row = values_row(values, "events");
	struct span key;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, visit->arena);
	buf_text(&buf, "event.");
	buf_text(&buf, event_word(event->kind));
	err = buf_span(&buf, &key);
	values_set(row, "text", key);
	values_set(row, "detail", event->detail);
	values_set(row, "address", event->address);
	values_time(row, "at", event->at_ms);
	if (event->count > 1)
		values_number(row, "times", event->count);
	else
		values_set(row, "times", SPAN_ABSENT);
	return err;
}

enum ost_err
events_get(struct visit *visit)
{
	struct event *events;
	struct values *values;
	size_t n;
	enum ost_err err = portal_values(visit, "at_events", &values);

	if (err == OST_OK)
		err = event_list(visit->context, visit->arena,
			visit->visitor.user.id, &events, &n);
	if (err != OST_OK)
		return err;
	for (size_t i = 0; err == OST_OK && i < n; i++)
		err = add_event(visit, values, &events[i]);
	if (err != OST_OK)
		return err;
	values_flag(values, "has_events", n > 0);
	values_number(values, "kept", EVENT_MAX);
	portal_show(visit, "events", "events", values);
	return OST_OK;
}
