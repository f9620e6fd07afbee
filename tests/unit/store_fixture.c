#include "store_fixture.h"
#include "arena.h"
#include "clock.h"
#include "log.h"
#include "store_memory.h"
#include "workshop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct store_fixture fixture;

int
fixture_setup(void **state)
{
	(void)state;
	assert_int_equal(log_open("/dev/null", "unit"), OST_OK);
	clock_fake(FIXTURE_NOW);
	fixture.folder = workshop_open("grants", "accounts", NULL);
	fixture.arena = arena_new(1 << 20);
	fixture.store = NULL;
	assert_true(fixture_reopen(0));
	return 0;
}

int
fixture_teardown(void **state)
{
	(void)state;
	store_close(fixture.store);
	store_memory_forget();
	arena_free(fixture.arena);
	workshop_close(fixture.folder);
	clock_fake(0);
	return 0;
}

bool
fixture_reopen(unsigned int flags)
{
	store_close(fixture.store);
	fixture.store = NULL;
	return store_open_with(fixture.backend, span_of(fixture.folder),
		       "grants", flags, &fixture.store) == OST_OK;
}

const char *
fixture_path(char path[static FIXTURE_PATH], const char *suffix)
{
	snprintf(path, FIXTURE_PATH, "%s/grants/grants%s", fixture.folder,
		suffix);
	return path;
}

struct span
fixture_word(char text[static 16], const char *prefix, int i)
{
	int n = snprintf(text, 16, "%s%d", prefix, i);

	return (struct span){ text, (size_t)n };
}

void
fixture_fill(int n)
{
	char key[16], value[16];

	for (int i = 0; i < n; i++)
		assert_int_equal(
			fixture_put(fixture_word(key, "k", i),
				fixture_word(value, "value", i), STORE_ANY),
			OST_OK);
}

enum ost_err
fixture_get(struct span key, struct span *value)
{
	return store_get(fixture.store, key, fixture.arena, value);
}

enum ost_err
fixture_put(struct span key, struct span value, enum store_expect expect)
{
	return store_put(fixture.store, key, value, 0, expect);
}
