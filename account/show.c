#include "show.h"
#include "clock.h"
#include "iso_time.h"

#define PAGE_MAX 1000000

void
show_time(struct visit *visit, struct values *values, const char *name,
	const char *stamp, int64_t wall_ms)
{
	struct span text = SPAN_ABSENT;
	struct buf buf;

	values_time(values, name, wall_ms);
	buf_init(&buf, visit->arena);
	buf_iso_time(&buf, wall_ms);
	if (wall_ms != 0 && buf_span(&buf, &text) != OST_OK)
		text = SPAN_ABSENT; /* no memory: none for the page either */
	values_set(values, stamp, text);
}

struct slice
show_slice(struct visit *visit, struct values *values, size_t n)
{
	size_t pages = n == 0 ? 1 : (n - 1) / PAGE_ROWS + 1;
	struct slice slice;
	uint64_t page;

	if (span_to_u64(portal_query(visit, "page"), 1, PAGE_MAX, &page) !=
		OST_OK)
		page = 1;
	if (page > pages)
		page = pages;
	slice.first = (size_t)(page - 1) * PAGE_ROWS;
	slice.end = n - slice.first > PAGE_ROWS ? slice.first + PAGE_ROWS : n;
	values_flag(values, "has_pages", pages > 1);
	values_number(values, "page_number", (int64_t)page);
	values_number(values, "page_count", (int64_t)pages);
	values_set(values, "page_before", SPAN_ABSENT);
	values_set(values, "page_after", SPAN_ABSENT);
	if (page > 1)
		values_number(values, "page_before", (int64_t)page - 1);
	if (page < pages)
		values_number(values, "page_after", (int64_t)page + 1);
	return slice;
}

/* Whose text holds {detail}, and how grave they are. */
static const struct {
	bool has_detail;
	const char *tone;
} kinds[EVENT_KINDS] = {
	[EVENT_SIGNIN_FAILED] = { false, "warn" },
	[EVENT_ONE_STEP_REFUSED] = { false, "warn" },
	[EVENT_PASSWORD_RESET] = { false, "warn" },
	[EVENT_TWO_STEP_OFF] = { false, "warn" },
	[EVENT_RECOVERY_USED] = { false, "warn" },
	[EVENT_KEY_CREATED] = { true, NULL },
	[EVENT_KEY_ROTATED] = { true, NULL },
	[EVENT_KEY_REVOKED] = { true, NULL },
	[EVENT_KEY_KILLED] = { false, "bad" },
	[EVENT_APP_CREATED] = { true, NULL },
	[EVENT_APP_CHANGED] = { true, NULL },
	[EVENT_APP_ROTATED] = { true, NULL },
	[EVENT_APP_DELETED] = { true, NULL },
	[EVENT_APP_ALLOWED] = { true, NULL },
	[EVENT_APP_WITHDRAWN] = { true, NULL },
	[EVENT_TOKEN_REVOKED_HTTP] = { false, "bad" },
};

static struct span
event_key(struct visit *visit, enum event_kind kind)
{
	struct span key;
	struct buf buf;

	buf_init(&buf, visit->arena);
	buf_text(&buf, "event.");
	buf_text(&buf, event_word(kind));
	return buf_span(&buf, &key) == OST_OK ? key : SPAN_ABSENT;
}

void
show_event(struct visit *visit, struct values *row, const struct event *event)
{
	bool has_detail = kinds[event->kind].has_detail;

	values_set(row, "text", event_key(visit, event->kind));
	show_time(visit, row, "at", "at_stamp", event->at_ms);
	values_set(row, "tone", span_of(kinds[event->kind].tone));
	values_set(row, "detail", event->detail);
	values_set(row, "address", event->address);
	values_set(row, "more", has_detail ? SPAN_ABSENT : event->detail);
	values_set(row, "times", SPAN_ABSENT);
	if (event->count > 1)
		values_number(row, "times", event->count);
}

/* "15 minutes": in the largest unit that gives a whole number. */
static void
show_window(struct values *row, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *one, *many;
	} units[] = {
		{ 86400, "unit.day", "unit.days" },
		{ 3600, "unit.hour", "unit.hours" },
		{ 60, "unit.minute", "unit.minutes" },
		{ 1, "unit.second", "unit.seconds" },
	};
	size_t i = 0;

	while (seconds % units[i].seconds != 0)
		i++;
	values_number(row, "window", seconds / units[i].seconds);
	values_set(row, "window_unit",
		span_of(seconds == units[i].seconds ? units[i].one
						    : units[i].many));
}

void
show_usage(struct visit *visit, struct values *row, const struct usage *usage)
{
	int64_t wait_s = usage->left.reset_s - clock_wall_s();

	values_number(row, "limit", usage->left.limit);
	values_number(row, "left", usage->left.remaining);
	values_number(row, "low", usage->left.limit / 4);
	values_number(row, "high", usage->left.limit / 2);
	show_time(
		visit, row, "reset", "reset_stamp", usage->left.reset_s * 1000);
	values_number(row, "minutes", wait_s > 0 ? (wait_s + 59) / 60 : 0);
	show_window(row, usage->window_s);
}
