/* What people are told that an application will be able to do. */
#include "rights.h"
#include "vectors.h"

int test_rights(void);

static const struct scope_registry registry = {
	.entries = { { LITERAL("trees:read"), LITERAL("See the trees") },
		{ LITERAL("email"), LITERAL("Write to you") } },
	.n = 2,
};
static const struct scope_registry none;

#define IN_YOUR_NAME "Use this site's data and services in your name\n"

#define OFFLINE "Go on doing so when you are not here\n"
#define WHO	"See who you are: user name, display name, email, roles\n"
#define REST	"See what else is known about you here: "
#define OPENID	"openid\tKnow that it is you who signs in\n"
#define PROFILE "profile\tSee your user name and display name\n"
#define ROLES	"roles\tSee the roles that you have here\n"

static const struct {
	const struct scope_registry *registry;
	const char *scope, *want;
} cases[] = {
	{ &none, "", WHO IN_YOUR_NAME },
	{ &none, "trees:read", WHO IN_YOUR_NAME "Permission: trees:read\n" },
	{ &registry, "trees:read openid",
		OPENID WHO IN_YOUR_NAME "trees:read\tSee the trees\n" },
	{ &none, "openid profile",
		OPENID PROFILE REST "email, roles\n" IN_YOUR_NAME },
	{ &none, "offline_access profile email x roles",
		PROFILE "email\tSee your email address\n" ROLES IN_YOUR_NAME
			"Permission: x\n"
			"offline_access\tGo on doing so when you are not "
			"here\n" },
	/* A sentence of the configuration need not say all of it. */
	{ &registry, "profile email roles",
		PROFILE "email\tWrite to you\n" ROLES REST
			"email\n" IN_YOUR_NAME },
};

static void
the_whole_truth_in_plain_words(void **state)
{
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	assert_non_null(arena);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span text;

		assert_int_equal(rights_text(arena, NULL, cases[i].registry,
					 span_of(cases[i].scope), false, &text),
			OST_OK);
		assert_span(text, span_of(cases[i].want));
	}
	arena_free(arena);
}

/* With refresh tokens, whether the scope asks for them or not; once. */
static void
that_it_goes_on_is_told(void **state)
{
	static const char *const told[][2] = {
		{ "x", WHO IN_YOUR_NAME "Permission: x\n" OFFLINE },
		{ "", WHO IN_YOUR_NAME OFFLINE },
		{ "offline_access",
			WHO IN_YOUR_NAME "offline_access\t" OFFLINE },
	};
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	assert_non_null(arena);
	for (size_t i = 0; i < COUNT(told); i++) {
		struct span text;

		assert_int_equal(rights_text(arena, NULL, &none,
					 span_of(told[i][0]), true, &text),
			OST_OK);
		assert_span(text, span_of(told[i][1]));
	}
	arena_free(arena);
}

int
test_rights(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_truth_in_plain_words),
		cmocka_unit_test(that_it_goes_on_is_told),
	};

	return cmocka_run_group_tests_name("rights", tests, NULL, NULL);
}
