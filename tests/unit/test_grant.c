/* Authorization codes, grants and revoked tokens. */
#include "clock.h"
#include "code.h"
#include "crypto.h"
#include "records.h"
#include "vectors.h"

int test_grant(void);

#define CODE_MS	    INT64_C(60000)
#define REMEMBER_MS INT64_C(600000)

static struct arena *arena;
static struct store *store;

static int
setup(void **state)
{
	(void)state;
	return records_open(&arena, &store);
}

static int
teardown(void **state)
{
	(void)state;
	return records_close(arena, store);
}

static const struct code asked = {
	.client_id = { "a1", 2 },
	.user_id = { "u1", 2 },
	.redirect_uri = { "https://c.example/cb?a=%7E", 26 },
	.scope = { "read write", 10 },
};

static struct span
new_code(struct span once)
{
	struct span text;

	assert_int_equal(
		code_create(store, arena, &asked, CODE_MS, once, &text),
		OST_OK);
	return text;
}

static struct code
found_code(struct span text)
{
	struct code code;

	assert_int_equal(code_find(store, arena, text, &code), OST_OK);
	return code;
}

static const struct grant_terms an_hour = { .access_ms = HOUR_MS };

static struct grant
new_grant(void)
{
	return (struct grant){ .user_id = asked.user_id,
		.client_id = asked.client_id,
		.scope = asked.scope };
}

static enum ost_err
redeem(struct span text, const struct code *code)
{
	struct grant grant = new_grant();

	return code_redeem(store, arena, text, code, &an_hour, &grant);
}

static void
a_code_returns_as_written(void **state)
{
	struct span text = new_code(SPAN("n1"));
	struct code code = found_code(text);

	(void)state;
	assert_int_equal(text.n, CRYPTO_TEXT_SIZE);
	assert_span(code.client_id, asked.client_id);
	assert_span(code.user_id, asked.user_id);
	assert_span(code.redirect_uri, asked.redirect_uri);
	assert_span(code.scope, asked.scope);
	assert_true(span_is_absent(code.used_by));
	assert_true(code.expires_ms == NOW_MS + CODE_MS);
	/* Nobody who reads the store can use it. */
	assert_int_equal(records_count(store, "code:"), 1);
	for (size_t i = 0; i + text.n <= code.raw.n; i++)
		assert_memory_not_equal(code.raw.p + i, text.p, text.n);
}

static void
a_form_gives_one_code(void **state)
{
	struct span text = SPAN("untouched");

	(void)state;
	new_code(SPAN("n1"));
	assert_int_equal(
		code_create(store, arena, &asked, CODE_MS, SPAN("n1"), &text),
		OST_CONFLICT);
	assert_span(text, SPAN("untouched"));
	assert_int_equal(records_count(store, "code:"), 1);
	assert_int_equal(once_use(store, arena, SPAN("n1"), NOW_MS + DAY_MS),
		OST_CONFLICT);
	assert_int_equal(
		once_use(store, arena, SPAN("n2"), NOW_MS + DAY_MS), OST_OK);
	assert_int_equal(
		code_create(store, arena, &asked, CODE_MS, SPAN("n2"), &text),
		OST_CONFLICT);
}

/* K11: another code, however near, is none. */
static void
a_code_must_be_exact(void **state)
{
	struct span text = new_code(SPAN("n1")), changed;
	char longer[CRYPTO_TEXT_SIZE + 1];
	struct code code;

	(void)state;
	for (size_t i = 0; i < text.n; i++) {
		assert_int_equal(arena_copy(arena, text, &changed), OST_OK);
		((char *)(uintptr_t)changed.p)[i] ^= 1;
		assert_int_equal(
			code_find(store, arena, changed, &code), OST_NOTFOUND);
		changed = (struct span){ text.p, i };
		assert_int_equal(
			code_find(store, arena, changed, &code), OST_NOTFOUND);
	}
	memcpy(longer, text.p, text.n);
	longer[text.n] = ' ';
	assert_int_equal(code_find(store, arena, BYTES_SPAN(longer), &code),
		OST_NOTFOUND);
	longer[text.n] = '\0';
	assert_int_equal(code_find(store, arena, BYTES_SPAN(longer), &code),
		OST_NOTFOUND);
	assert_int_equal(
		code_find(store, arena, SPAN_ABSENT, &code), OST_NOTFOUND);
}

/* K01, K02 */
static void
a_code_is_redeemed_once(void **state)
{
	struct span text = new_code(SPAN("n1"));
	struct code first = found_code(text), second = first, used;
	struct grant grant = new_grant(), found;

	(void)state;
	assert_int_equal(
		code_redeem(store, arena, text, &first, &an_hour, &grant),
		OST_OK);
	assert_int_equal(redeem(text, &second), OST_CONFLICT);
	used = found_code(text);
	assert_span(used.used_by, grant.id);
	assert_int_equal(redeem(text, &used), OST_CONFLICT);
	assert_int_equal(records_count(store, "grant:"), 1);
	assert_int_equal(grant_find(store, arena, grant.id, &found), OST_OK);
	assert_span(found.user_id, asked.user_id);
	assert_span(found.client_id, asked.client_id);
	assert_span(found.scope, asked.scope);
	assert_true(found.expires_ms == NOW_MS + HOUR_MS);
}

static void
a_used_code_is_known_while_its_token_lives(void **state)
{
	struct span text = new_code(SPAN("n1"));
	struct code code = found_code(text);

	(void)state;
	assert_int_equal(redeem(text, &code), OST_OK);
	clock_fake(NOW_MS + HOUR_MS + REMEMBER_MS - 1);
	assert_true(found_code(text).used_by.n > 0);
	clock_fake(NOW_MS + HOUR_MS + REMEMBER_MS);
	assert_int_equal(code_find(store, arena, text, &code), OST_NOTFOUND);
}

/* K05 */
static void
a_code_expires(void **state)
{
	struct span text = new_code(SPAN("n1"));
	struct code code;

	(void)state;
	clock_fake(NOW_MS + CODE_MS);
	code = found_code(text);
	assert_int_equal(redeem(text, &code), OST_EXPIRED);
	assert_int_equal(records_count(store, "grant:"), 0);
	clock_fake(NOW_MS + CODE_MS + REMEMBER_MS);
	assert_int_equal(code_find(store, arena, text, &code), OST_NOTFOUND);
}

static void
a_code_is_destroyed_unless_used(void **state)
{
	struct span text = new_code(SPAN("n1"));
	struct code code = found_code(text);

	(void)state;
	assert_int_equal(code_destroy(store, arena, SPAN("x")), OST_OK);
	assert_int_equal(code_destroy(store, arena, text), OST_OK);
	assert_int_equal(redeem(text, &code), OST_CONFLICT);
	assert_int_equal(code_find(store, arena, text, &code), OST_NOTFOUND);
	assert_int_equal(code_destroy(store, arena, text), OST_OK);
	text = new_code(SPAN("n2"));
	code = found_code(text);
	assert_int_equal(redeem(text, &code), OST_OK);
	assert_int_equal(code_destroy(store, arena, text), OST_OK);
	assert_true(found_code(text).used_by.n > 0);
}

static void
a_grant_ends(void **state)
{
	struct span text = new_code(SPAN("n1"));
	struct code code = found_code(text);
	struct grant grant = new_grant(), found;

	(void)state;
	assert_int_equal(
		code_redeem(store, arena, text, &code, &an_hour, &grant),
		OST_OK);
	assert_int_equal(grant_end(store, arena, grant.id), OST_OK);
	assert_int_equal(
		grant_find(store, arena, grant.id, &found), OST_NOTFOUND);
	assert_int_equal(grant_end(store, arena, grant.id), OST_OK);
}

static void
a_revoked_token_is_remembered_till_it_expires(void **state)
{
	(void)state;
	assert_int_equal(jti_find(store, arena, SPAN("j1")), OST_NOTFOUND);
	assert_int_equal(
		jti_revoke(store, arena, SPAN("j1"), NOW_MS + 1000), OST_OK);
	assert_int_equal(
		jti_revoke(store, arena, SPAN("j1"), NOW_MS + 1000), OST_OK);
	assert_int_equal(jti_find(store, arena, SPAN("j1")), OST_OK);
	assert_int_equal(jti_find(store, arena, SPAN("j")), OST_NOTFOUND);
	clock_fake(NOW_MS + 1000);
	assert_int_equal(jti_find(store, arena, SPAN("j1")), OST_NOTFOUND);
}

static void
assert_all_say_store(struct store *from, struct span text, struct span id)
{
	struct grant grant;
	struct code code;

	assert_int_equal(code_find(from, arena, text, &code), OST_STORE);
	assert_int_equal(code_destroy(from, arena, text), OST_STORE);
	assert_int_equal(grant_find(from, arena, id, &grant), OST_STORE);
}

static void
damage_is_not_absence(void **state)
{
	static const char *const damaged[] = { "damaged", "v=1\n", "v=2\n" };
	struct store *broken = records_broken();
	struct span text = new_code(SPAN("n1"));
	struct code code = found_code(text);
	struct grant grant = new_grant(), kept;

	(void)state;
	assert_int_equal(
		code_redeem(store, arena, text, &code, &an_hour, &grant),
		OST_OK);
	kept = grant;
	assert_all_say_store(broken, text, grant.id);
	assert_int_equal(jti_find(broken, arena, SPAN("j")), OST_STORE);
	assert_int_equal(
		jti_revoke(broken, arena, SPAN("j"), NOW_MS), OST_STORE);
	assert_int_equal(grant_end(broken, arena, grant.id), OST_STORE);
	assert_int_equal(
		code_redeem(broken, arena, text, &code, &an_hour, &grant),
		OST_STORE);
	assert_span(grant.id, kept.id);
	store_close(broken);
	for (size_t i = 0; i < COUNT(damaged); i++) {
		records_overwrite(store, arena, "", damaged[i]);
		assert_all_say_store(store, text, grant.id);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_grant(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_code_returns_as_written),
		TEST(a_form_gives_one_code),
		TEST(a_code_must_be_exact),
		TEST(a_code_is_redeemed_once),
		TEST(a_used_code_is_known_while_its_token_lives),
		TEST(a_code_expires),
		TEST(a_code_is_destroyed_unless_used),
		TEST(a_grant_ends),
		TEST(a_revoked_token_is_remembered_till_it_expires),
		TEST(damage_is_not_absence),
	};

	return cmocka_run_group_tests_name("grant", tests, NULL, NULL);
}
