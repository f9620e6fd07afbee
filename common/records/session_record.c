#include "session_record.h"
#include "clock.h"
#include "record.h"
#include "secret.h"

enum ost_err
session_key(struct arena *arena, struct span cookie, struct span *key)
{
	struct span hash;
	enum ost_err err = secret_hash(arena, cookie, &hash);

	return err == OST_OK ? record_key(arena, SESSION_PREFIX, hash, key)
			     : err;
}

enum ost_err
session_encode(
	struct arena *arena, const struct session *session, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "user", session->user_id);
	record_add_i64(&buf, "generation", session->generation);
	record_add_i64(&buf, "created", session->created_ms);
	record_add_i64(&buf, "seen", session->seen_ms);
	if (session->proved_ms != session->created_ms)
		record_add_i64(&buf, "proved", session->proved_ms);
	if (session->steps != SESSION_PASSWORD)
		record_add_i64(&buf, "two_step", 1);
	if (session->steps == SESSION_OTP)
		record_add_i64(&buf, "otp", 1);
	record_add(&buf, "address", session->address);
	record_add(&buf, "agent", session->agent);
	return buf_span(&buf, value);
}

static enum session_steps
steps_of(struct record *record)
{
	if (record_get_i64(record, "two_step") != 1)
		return SESSION_PASSWORD;
	return record_get_i64(record, "otp") == 1 ? SESSION_OTP
						  : SESSION_RECOVERY;
}

/* The password was shown when it began, and in most of them never again. */
enum ost_err
session_decode(struct arena *arena, struct span key, struct span value,
	struct session *session)
{
	struct record *record;
	enum ost_err err = record_parse(arena, value, &record);
	struct span proved;

	if (err != OST_OK)
		return err;
	*session = (struct session){
		.id = span_skip(key, sizeof(SESSION_PREFIX) - 1),
		.user_id = record_get(record, "user"),
		.generation = record_get_i64(record, "generation"),
		.address = record_get(record, "address"),
		.agent = record_get(record, "agent"),
		.created_ms = record_get_i64(record, "created"),
		.seen_ms = record_get_i64(record, "seen"),
		.proved_ms = record_get_i64(record, "proved"),
		.steps = steps_of(record),
		.key = key,
		.raw = value,
	};
	proved = record_get(record, "proved");
	if (span_is_absent(proved))
		session->proved_ms = session->created_ms;
	if (session->user_id.n == 0 || session->id.n < SESSION_ID_SIZE)
		return OST_STORE;
	session->id.n = SESSION_ID_SIZE;
	return OST_OK;
}

struct span
session_amr(const struct session *session)
{
	switch (session->steps) {
	case SESSION_OTP:
		return SPAN("pwd otp mfa");
	case SESSION_RECOVERY:
		return SPAN("pwd mfa");
	default:
		return SPAN("pwd");
	}
}

bool
session_is_over(
	const struct session *session, int64_t lifetime_ms, int64_t idle_ms)
{
	int64_t now_ms = clock_wall_ms();

	return now_ms - session->created_ms >= lifetime_ms ||
	       now_ms - session->seen_ms >= idle_ms;
}
