#include "log.h"
#include "permit.h"
#include "workshop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

int test_permit(void);

static char *folder;

struct shared {
	atomic_int inside, highest, done;
	atomic_bool is_held;
};

static struct shared *shared;

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(log_open("/dev/null", "unit"), OST_OK);
	folder = workshop_open("rates", NULL);
	shared = workshop_share(sizeof(*shared));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	workshop_unshare(shared, sizeof(*shared));
	workshop_close(folder);
	return 0;
}

static int
permits(void)
{
	int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);

	return cores > 2 ? cores - 1 : 1;
}

static bool
hash_work(void *arg, int i)
{
	const struct timespec work = { .tv_nsec = 1000000 };

	(void)arg;
	(void)i;
	for (int n = 0; n < 5; n++) {
		struct permit permit;
		int inside;

		if (permit_take(span_of(folder), false, &permit) != OST_OK)
			return false;
		inside = ++shared->inside;
		if (inside > shared->highest)
			shared->highest = inside;
		nanosleep(&work, NULL);
		shared->inside--;
		shared->done++;
		permit_give(&permit);
	}
	return true;
}

static void
test_never_more(void **state)
{
	(void)state;
	assert_true(workshop_run(permits() + 4, hash_work, NULL));
	assert_int_equal(shared->done, 5 * (permits() + 4));
	assert_in_range(shared->highest, 1, permits());
}

static bool
hold_work(void *arg, int i)
{
	struct permit permit;

	(void)arg;
	(void)i;
	if (permit_take(span_of(folder), true, &permit) != OST_OK)
		return false;
	shared->is_held = true;
	for (;;)
		pause();
}

static void
test_busy_and_killed(void **state)
{
	struct permit permit;
	pid_t children[256];

	(void)state;
	for (int i = 0; i < permits() && i < 256; i++) {
		shared->is_held = false;
		children[i] = workshop_start(hold_work, NULL, i);
		assert_true(workshop_wait(&shared->is_held));
	}
	workshop_interrupt(200);
	assert_int_equal(permit_take(span_of(folder), true, &permit), OST_BUSY);
	workshop_interrupt(0);
	workshop_kill(children[0]);
	assert_int_equal(permit_take(span_of(folder), true, &permit), OST_OK);
	permit_give(&permit);
	for (int i = 1; i < permits() && i < 256; i++)
		workshop_kill(children[i]);
}

static void
test_no_folder(void **state)
{
	struct permit permit = { -1 };
	int open_files = workshop_open_files();

	(void)state;
	assert_int_equal(
		permit_take(SPAN("/nonexistent"), false, &permit), OST_STORE);
	assert_int_equal(permit.fd, -1);
	assert_int_equal(workshop_open_files(), open_files);
}

int
test_permit(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_never_more),
		TEST(test_busy_and_killed),
		TEST(test_no_folder),
	};

	return cmocka_run_group_tests_name("permit", tests, NULL, NULL);
}
