/* Whom a line of the policy lets in: each kind of line and of caller. */
#include "admit.h"
#include "vectors.h"

int test_admit(void);

#define EDITOR                                                                 \
	{                                                                      \
		.id = LITERAL("u1"), .roles = LITERAL("editor")                \
	}

/* Beside the name of each: what the columns of the table are. */
static const struct caller callers[] = {
	{ .means = MEANS_NONE },
	{ .means = MEANS_APP_TOKEN, .has_app = true },
	{ .means = MEANS_CLIENT, .has_app = true, .scope = LITERAL("read") },
	{ .means = MEANS_PASSWORD, .user = EDITOR },
	{ .means = MEANS_KEY, .user = EDITOR },
	{ .means = MEANS_TOKEN, .user = EDITOR },
	{ .means = MEANS_TOKEN,
		.user = EDITOR,
		.has_app = true,
		.scope = LITERAL("read") },
	{ .means = MEANS_TOKEN,
		.user = EDITOR,
		.has_app = true,
		.scope = LITERAL("") },
};

/* y yes, m a credential is missing, f forbidden, s that scope is missing; for
 * nobody, app token, client, password, key, login token, access token with the
 * scope read, and one without any. */
static const struct {
	const char *name;
	struct policy_rule rule;
	const char *want;
} rows[] = {
	{ "anyone", { .who = POLICY_ANYONE }, "yyyyyyyy" },
	{ "app", { .who = POLICY_APP }, "myyyyyyy" },
	{ "user", { .who = POLICY_USER }, "mmfyyyyy" },
	{ "role", { .who = POLICY_ROLE, .name = LITERAL("editor") },
		"mmfyyyyy" },
	{ "another role", { .who = POLICY_ROLE, .name = LITERAL("edito") },
		"mmffffff" },
	{ "scope", { .who = POLICY_SCOPE, .name = LITERAL("read") },
		"mmyyyyys" },
	{ "another scope", { .who = POLICY_SCOPE, .name = LITERAL("rea") },
		"mmsyyyss" },
	{ "app, by key", { .who = POLICY_APP, .auth = POLICY_AUTH_KEY },
		"mfffyfff" },
	{ "app, by token", { .who = POLICY_APP, .auth = POLICY_AUTH_TOKEN },
		"mfyffyyy" },
	{ "user, by key", { .who = POLICY_USER, .auth = POLICY_AUTH_KEY },
		"mmffyfff" },
	{ "user, by token", { .who = POLICY_USER, .auth = POLICY_AUTH_TOKEN },
		"mmfffyyy" },
	{ "scope, by token",
		{ .who = POLICY_SCOPE,
			.name = LITERAL("read"),
			.auth = POLICY_AUTH_TOKEN },
		"mmyffyys" },
	{ "no such line", { .who = (enum policy_who)77 }, "mmffffff" },
	{ "no such means", { .who = POLICY_USER, .auth = (enum policy_auth)77 },
		"mmffffff" },
};

static char
answer(const struct policy_rule *rule, const struct caller *caller)
{
	struct refusal refusal = { 0 };

	if (admit(rule, caller, &refusal))
		return 'y';
	if (refusal.code == CODE_CREDENTIALS_MISSING)
		return 'm';
	if (refusal.code == CODE_FORBIDDEN)
		return 'f';
	/* RFC 6750 section 3.1: it is told which one. */
	if (refusal.code == CODE_INSUFFICIENT_SCOPE &&
		span_eq(refusal.scope, rule->name))
		return 's';
	return '?';
}

/* 6750-07, 7617-06 */
static void
each_line_lets_in_whom_it_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char got[COUNT(callers) + 1] = "";

		for (size_t k = 0; k < COUNT(callers); k++)
			got[k] = answer(&rows[i].rule, &callers[k]);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s, not %s", rows[i].name, got,
				rows[i].want);
	}
}

static void
without_a_line_nobody_is_let_in(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(callers); k++)
		assert_int_equal(answer(NULL, &callers[k]), 'f');
}

int
test_admit(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_lets_in_whom_it_names),
		cmocka_unit_test(without_a_line_nobody_is_let_in),
	};

	return cmocka_run_group_tests_name("admit", tests, NULL, NULL);
}
