/* Several processes that use one link at a time. */
#include "clock.h"
#include "log.h"
#include "records.h"
#include "signup.h"
#include "vectors.h"
#include "workshop.h"

#include <stdatomic.h>

int test_signup_race(void);

#define CHILDREN 6

static char *folder;
static char path[512];
static struct shared {
	char ticket[64];
	size_t ticket_n;
	bool is_reset;
	atomic_int won, lost;
} * shared;

static int
setup(void **state)
{
	FILE *file;

	(void)state;
	assert_int_equal(log_open("/dev/null", "unit"), OST_OK);
	shared = workshop_share(sizeof(*shared));
	folder = workshop_open(
		"accounts", "grants", "activity", "keyring", "rates", NULL);
	snprintf(path, sizeof(path), "%s/conf", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file,
		"state = gdbm:%s\nsignup = invite\n"
		"password_cost = ln=10,r=1,p=1\nlog = /dev/null\n",
		folder);
	return fclose(file);
}

static int
teardown(void **state)
{
	(void)state;
	workshop_close(folder);
	workshop_unshare(shared, sizeof(*shared));
	return 0;
}

static bool
use(void *arg, int i)
{
	struct arena *arena = arena_new(16u << 20);
	struct span ticket = { shared->ticket, shared->ticket_n };
	struct signup_form form = { .password = SPAN("correct horse") };
	struct signup_problem problem;
	struct context c;
	struct user user;
	char name[8];
	enum ost_err err;

	(void)arg;
	snprintf(name, sizeof(name), "ann%d", i);
	form.name = span_of(name);
	if (arena == NULL ||
		context_open(path, NULL, CONTEXT_NO_RING, arena, &c) != OST_OK)
		return false;
	err = shared->is_reset ? reset_finish(&c, arena, ticket, form.password,
					 &problem, &user)
			       : signup_finish(&c, arena, ticket, &form,
					 &problem, &user);
	atomic_fetch_add(err == OST_OK ? &shared->won : &shared->lost, 1);
	context_close(&c);
	arena_free(arena);
	return err == OST_OK || err == OST_NOTFOUND;
}

static void
prepare(struct ticket *ticket)
{
	struct arena *arena = arena_new(16u << 20);
	struct user user = { .name = SPAN("joe"), .generation = 1 };
	struct context c;
	struct span text;

	assert_non_null(arena);
	assert_int_equal(
		context_open(path, NULL, CONTEXT_NO_RING, arena, &c), OST_OK);
	assert_int_equal(user_create(c.accounts, arena, &user), OST_OK);
	ticket->user_id = user.id;
	assert_int_equal(
		ticket_create(c.grants, arena, ticket, HOUR_MS, &text), OST_OK);
	memcpy(shared->ticket, text.p, text.n);
	shared->ticket_n = text.n;
	context_close(&c);
	arena_free(arena);
}

static void
one_account_comes_of_it(void **state)
{
	struct ticket ticket = { .kind = TICKET_INVITE, .email = SPAN("a@b") };

	(void)state;
	prepare(&ticket);
	assert_true(workshop_run(CHILDREN, use, NULL));
	assert_int_equal(shared->won, 1);
	assert_int_equal(shared->lost, CHILDREN - 1);
}

static void
one_password_comes_of_it(void **state)
{
	struct ticket ticket = { .kind = TICKET_RESET, .generation = 1 };

	(void)state;
	shared->is_reset = true;
	prepare(&ticket);
	assert_true(workshop_run(CHILDREN, use, NULL));
	assert_int_equal(shared->won, 1);
	assert_int_equal(shared->lost, CHILDREN - 1);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
test_signup_race(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(one_account_comes_of_it),
		TEST(one_password_comes_of_it),
	};

	return cmocka_run_group_tests_name("signup_race", tests, NULL, NULL);
}
