#include "event.h"
#include "app.h"
#include "clock.h"
#include "codec.h"
#include "log.h"
#include "record.h"

#define HOUR_MS 3600000
#define KEEP_MS (400LL * 24 * HOUR_MS)
/* Others that write at the same time make one come back as often as there are
 * of them. */
#define TRIES_MAX 200
/* Failures of others must not push out what the user did. */
#define FAILED_MAX   (EVENT_MAX / 2)
#define SCRATCH_SIZE ((size_t)512 * 1024)

/* A record holds the fields e0, e1 and so on, the oldest first; each is "TIME
 * WORD COUNT ADDRESS DETAIL", with "-" for no address. */
struct lines {
	struct span lines[EVENT_MAX];
	size_t n;
};

static const char *const words[EVENT_KINDS] = {
	[EVENT_SIGNED_UP] = "signed_up",
	[EVENT_INVITED] = "invited",
	[EVENT_SIGNED_IN] = "signed_in",
	[EVENT_SIGNIN_FAILED] = "signin_failed",
	[EVENT_ONE_STEP_REFUSED] = "one_step_refused",
	[EVENT_SIGNED_OUT] = "signed_out",
	[EVENT_SESSION_ENDED] = "session_ended",
	[EVENT_SESSIONS_ENDED] = "sessions_ended",
	[EVENT_PASSWORD_CHANGED] = "password_changed",
	[EVENT_PASSWORD_RESET] = "password_reset",
	[EVENT_TWO_STEP_ON] = "two_step_on",
	[EVENT_TWO_STEP_OFF] = "two_step_off",
	[EVENT_RECOVERY_USED] = "recovery_used",
	[EVENT_KEY_CREATED] = "key_created",
	[EVENT_KEY_ROTATED] = "key_rotated",
	[EVENT_KEY_REVOKED] = "key_revoked",
	[EVENT_KEY_KILLED] = "key_killed",
	[EVENT_APP_CREATED] = "app_created",
	[EVENT_APP_CHANGED] = "app_changed",
	[EVENT_APP_ROTATED] = "app_rotated",
	[EVENT_APP_DELETED] = "app_deleted",
	[EVENT_APP_ALLOWED] = "app_allowed",
	[EVENT_APP_WITHDRAWN] = "app_withdrawn",
	[EVENT_TOKEN_REVOKED_HTTP] = "token_revoked_http",
	[EVENT_ACCOUNT_CHANGED] = "account_changed",
};

const char *
event_word(enum event_kind kind)
{
	return words[kind];
}

/* False: it is of a kind that a later version made, or damaged. */
static bool
read_line(struct span line, struct event *event)
{
	struct span at, word, count, address;
	uint64_t at_ms, times;

	if (!span_cut(&line, ' ', &at) || !span_cut(&line, ' ', &word) ||
		!span_cut(&line, ' ', &count) ||
		!span_cut(&line, ' ', &address) ||
		span_to_u64(at, 0, INT64_MAX, &at_ms) != OST_OK ||
		span_to_u64(count, 1, INT64_MAX - 1, &times) != OST_OK)
		return false;
	for (unsigned int i = 0; i < EVENT_KINDS; i++) {
		if (!span_eq(word, span_of(words[i])))
			continue;
		*event = (struct event){ .kind = (enum event_kind)i,
			.at_ms = (int64_t)at_ms,
			.count = (int64_t)times,
			.address = address,
			.detail = line };
		if (span_eq(address, SPAN("-")))
			event->address = SPAN_ABSENT;
		if (line.n == 0)
			event->detail = SPAN_ABSENT;
		return true;
	}
	return false;
}

static enum ost_err
write_line(struct arena *arena, const struct event *event, struct span *line)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_i64(&buf, event->at_ms);
	buf_printf(&buf, " %s ", words[event->kind]);
	buf_i64(&buf, event->count);
	buf_char(&buf, ' ');
	buf_add(&buf, event->address.n > 0 ? event->address : SPAN("-"));
	buf_char(&buf, ' ');
	buf_add(&buf, event->detail);
	return buf_span(&buf, line);
}

/* Where it may be cut so that no character is. */
static struct span
cut_text(struct span text)
{
	if (text.n <= EVENT_DETAIL_MAX)
		return text;
	text.n = EVENT_DETAIL_MAX;
	while (text.n > 0 && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
		text.n--;
	return text;
}

/* One line of text that people can be shown. */
static enum ost_err
clean(struct arena *arena, struct span text, struct span *shown)
{
	bool is_utf8 = utf8_is_valid(text);
	struct buf buf;

	text = cut_text(text);
	buf_init(&buf, arena);
	for (size_t i = 0; i < text.n; i++) {
		bool is_bad = char_is_control(text.p[i]) ||
			      (!is_utf8 && (unsigned char)text.p[i] >= 0x80);

		buf_char(&buf, is_bad ? '?' : text.p[i]);
	}
	return buf_span(&buf, shown);
}

/* *raw: the record's bytes. OST_NOTFOUND. */
static enum ost_err
read_lines(struct store *activity, struct arena *arena, struct span key,
	struct lines *found, struct span *raw)
{
	struct record *record;
	struct span name, line;
	enum ost_err err = store_get(activity, key, arena, raw);

	found->n = 0;
	if (err == OST_OK)
		err = record_parse(arena, *raw, &record);
	if (err != OST_OK)
		return err;
	for (size_t i = 1;
		found->n < EVENT_MAX && record_field(record, i, &name, &line);
		i++)
		found->lines[found->n++] = line;
	return OST_OK;
}

static void
remove_line(struct lines *lines, size_t gone)
{
	for (size_t i = gone; i + 1 < lines->n; i++)
		lines->lines[i] = lines->lines[i + 1];
	lines->n--;
}

/* What others can make happen as often as they like. */
static bool
is_failure(enum event_kind kind)
{
	return kind == EVENT_SIGNIN_FAILED || kind == EVENT_ONE_STEP_REFUSED;
}

static bool
read_failure(struct span line, struct event *event)
{
	return read_line(line, event) && is_failure(event->kind);
}

/* One that is of the same address and the same hour of the clock has happened
 * once more; it has the time of the last one, and so its place. */
static bool
count_up(struct lines *lines, struct event *event)
{
	struct event old;

	for (size_t i = lines->n; i-- > 0;) {
		if (!read_failure(lines->lines[i], &old) ||
			old.kind != event->kind ||
			!span_eq(old.address, event->address) ||
			old.at_ms > event->at_ms ||
			event->at_ms / HOUR_MS != old.at_ms / HOUR_MS)
			continue;
		event->count = old.count + 1;
		remove_line(lines, i);
		return true;
	}
	return false;
}

/* The oldest goes; of the failures, when they have more than their share. */
static void
make_room(struct lines *lines, const struct event *event)
{
	size_t failures = 0, first = 0;
	struct event old;

	for (size_t i = lines->n; i-- > 0;) {
		if (!read_failure(lines->lines[i], &old))
			continue;
		failures++;
		first = i;
	}
	if (is_failure(event->kind) && failures >= FAILED_MAX)
		remove_line(lines, first);
	else if (lines->n == EVENT_MAX)
		remove_line(lines, 0);
}

static enum ost_err
encode(struct arena *arena, const struct lines *lines, struct span last,
	struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	for (size_t i = 0; i <= lines->n; i++) {
		char name[8] = { 'e', (char)('0' + i / 10),
			(char)('0' + i % 10) };

		record_add(&buf, name, i < lines->n ? lines->lines[i] : last);
	}
	return buf_span(&buf, value);
}

/* OST_CONFLICT: another process noted one meanwhile. */
static enum ost_err
note_once(struct store *activity, struct arena *arena, struct span key,
	const struct event *noted)
{
	struct store_item item = { .action = STORE_PUT,
		.expect = STORE_EQUALS,
		.key = key,
		.expires_ms = clock_wall_ms() + KEEP_MS };
	struct event event = *noted;
	struct lines lines;
	struct span last;
	enum ost_err err =
		read_lines(activity, arena, key, &lines, &item.expected);

	if (err == OST_NOTFOUND) {
		item.expect = STORE_ABSENT;
		err = OST_OK;
	}
	if (err != OST_OK)
		return err;
	if (!is_failure(event.kind) || !count_up(&lines, &event))
		make_room(&lines, &event);
	err = write_line(arena, &event, &last);
	if (err == OST_OK)
		err = encode(arena, &lines, last, &item.value);
	return err == OST_OK ? store_batch(activity, &item, 1) : err;
}

static enum ost_err
note(struct store *activity, struct span key, const struct event *event)
{
	struct arena *scratch = arena_new(SCRATCH_SIZE);
	enum ost_err err = OST_CONFLICT;

	if (scratch == NULL)
		return OST_NOMEM;
	for (int i = 0; i < TRIES_MAX && err == OST_CONFLICT; i++) {
		err = note_once(activity, scratch, key, event);
		arena_reset(scratch);
	}
	arena_free(scratch);
	return err;
}

void
event_note(const struct context *c, struct arena *arena, struct span user_id,
	enum event_kind kind, struct span address, struct span detail)
{
	struct event event = { .kind = kind,
		.at_ms = clock_wall_ms(),
		.count = 1,
		.address = address };
	struct span key;
	enum ost_err err = record_key(arena, "events:", user_id, &key);

	if (err == OST_OK)
		err = clean(arena, detail, &event.detail);
	if (err == OST_OK)
		err = note(c->activity, key, &event);
	if (err != OST_OK)
		log_message("warning", "event %s not noted: %s", words[kind],
			ost_err_name(err));
}

void
event_note_app(const struct context *c, struct arena *arena,
	struct span user_id, enum event_kind kind, struct span address,
	struct span client_id)
{
	struct span name = client_id;
	struct app app;

	if (app_by_id(c->accounts, arena, client_id, &app) == OST_OK)
		name = app.name;
	event_note(c, arena, user_id, kind, address, name);
}

enum ost_err
event_list(const struct context *c, struct arena *arena, struct span user_id,
	struct event **events, size_t *n)
{
	struct event *list = arena_array(arena, EVENT_MAX, sizeof(*list));
	struct lines lines;
	struct span key, raw;
	size_t read = 0;
	enum ost_err err = record_key(arena, "events:", user_id, &key);

	if (list == NULL)
		return OST_NOMEM;
	if (err == OST_OK)
		err = read_lines(c->activity, arena, key, &lines, &raw);
	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	for (size_t i = lines.n; err == OST_OK && i-- > 0;)
		read += read_line(lines.lines[i], &list[read]);
	*events = list;
	*n = read;
	return OST_OK;
}

void
event_forget(const struct context *c, struct arena *arena, struct span user_id)
{
	struct store_item item = { .action = STORE_DELETE };
	enum ost_err err = record_key(arena, "events:", user_id, &item.key);

	if (err == OST_OK)
		err = store_batch(c->activity, &item, 1);
	if (err != OST_OK)
		log_message("warning", "events not forgotten: %s",
			ost_err_name(err));
}
