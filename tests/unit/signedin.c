#include "signedin.h"
#include "vectors.h"

struct signedin signedin;
const struct user signedin_user = { .id = { "u1", 2 }, .generation = 4 };

int
signedin_open(void **state)
{
	(void)state;
	signedin.origin =
		(struct session_origin){ .address = SPAN("192.0.2.1") };
	return records_open(&signedin.arena, &signedin.store);
}

int
signedin_close(void **state)
{
	(void)state;
	return records_close(signedin.arena, signedin.store);
}

struct span
signedin_new(void)
{
	struct span cookie;

	assert_int_equal(
		session_create(signedin.store, signedin.arena, &signedin_user,
			&signedin.origin, LIFETIME_MS, &cookie),
		OST_OK);
	return cookie;
}

enum ost_err
signedin_look(struct span cookie)
{
	struct session session;

	return session_find(signedin.store, signedin.arena, cookie, LIFETIME_MS,
		IDLE_MS, &session);
}

struct session
signedin_found(struct span cookie)
{
	struct session session;

	assert_int_equal(session_find(signedin.store, signedin.arena, cookie,
				 LIFETIME_MS, IDLE_MS, &session),
		OST_OK);
	return session;
}
