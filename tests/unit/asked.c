#include "asked.h"
#include "vectors.h"

struct arena *asked_arena;
const struct scope_registry asked_registry = {
	.entries = { { LITERAL("read"), LITERAL("Read") },
		{ LITERAL("write"), LITERAL("Write") },
		{ LITERAL("trees:read"), LITERAL("See the trees") },
		{ LITERAL("a"), LITERAL("A") },
		{ LITERAL("b"), LITERAL("B") } },
	.n = 5,
};

int
asked_open(void **state)
{
	(void)state;
	asked_arena = arena_new(1 << 20);
	return asked_arena == NULL;
}

int
asked_close(void **state)
{
	(void)state;
	arena_free(asked_arena);
	return 0;
}

struct form *
asked_parse(const char *query)
{
	struct form *form;

	assert_int_equal(
		form_parse(asked_arena, span_of(query), &form), OST_OK);
	return form;
}

struct asking
asked_well(const char *query)
{
	struct asking asking;

	assert_int_equal(asking_read(asked_parse(query), false, &asked_registry,
				 &asking),
		OAUTH_OK);
	return asking;
}
