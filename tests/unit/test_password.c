#include "codec.h"
#include "log.h"
#include "password.h"
#include "vectors.h"

int test_password(void);

/* The cheapest that is allowed. */
static const struct password_cost cheap = { 10, 1, 1 };
static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct span
hashed(struct span password, const struct password_cost *cost)
{
	struct span phc;
	struct buf buf;

	buf_init(&buf, arena);
	assert_int_equal(password_hash(&buf, password, cost), OST_OK);
	assert_int_equal(buf_span(&buf, &phc), OST_OK);
	return phc;
}

/* N = 2^20 is left out: a gigabyte and five seconds. */
static void
scrypt_of_rfc7914(void **state)
{
	struct json_object *root = vectors_read("rfc/rfc_vectors.json");
	struct json_object *list = vector_member(root, "scrypt_rfc7914_12");
	size_t done = 0;

	(void)state;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *test = json_object_array_get_idx(list, i);
		int n = json_object_get_int(vector_member(test, "N"));
		struct password_cost cost = {
			.r = (unsigned int)json_object_get_int(
				vector_member(test, "r")),
			.p = (unsigned int)json_object_get_int(
				vector_member(test, "p")),
		};
		unsigned char key[64];
		struct span want;

		if (n > 1 << 17)
			continue;
		while (1 << cost.ln < n)
			cost.ln++;
		assert_int_equal(
			password_scrypt(vector_text(test, "P"),
				vector_text(test, "S"), &cost, key, 64),
			OST_OK);
		assert_int_equal(
			hex_decode(arena, vector_text(test, "hex"), &want),
			OST_OK);
		assert_int_equal(want.n, sizeof(key));
		assert_memory_equal(key, want.p, sizeof(key));
		done++;
	}
	assert_int_equal(done, 3);
	json_object_put(root);
}

/* Strings made with Python's hashlib.scrypt(). */
static void
strings_of_others_verify(void **state)
{
	char x[PASSWORD_SIZE_MAX];
	struct {
		struct span password, phc;
	} cases[] = {
		{ SPAN(""),
			SPAN("$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw"
			     "$aXxV+SdCr+1ofX/yO9ssZIXk0slZ7Pwg0vrrut6MuZw") },
		{ SPAN("correct horse"),
			SPAN("$scrypt$ln=10,r=8,p=2$AAECAwQFBgcICQoLDA0ODw"
			     "$RBjCXYboo4yjHH0P1K75vrL4xGciLt6io+o2v0yqSlo") },
		{ SPAN("\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c"),
			SPAN("$scrypt$ln=11,r=1,p=1$/////////////////////w"
			     "$IH67fLdf0EBckB9WZjDqTThE0Z5YphBfqlXQz/XKqhU") },
		{ BYTES_SPAN(x),
			SPAN("$scrypt$ln=10,r=1,p=16$+/v7+/v7+/v7+/v7+/v7+w"
			     "$Cm+7AYAH06CwfCDRdCzgKR80XyiDdnEll0krEjZCcQE") },
	};

	(void)state;
	memset(x, 'x', sizeof(x));
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t k = 0; k < COUNT(cases); k++)
			assert_int_equal(password_verify(cases[k].password,
						 cases[i].phc),
				k == i ? OST_OK : OST_DENIED);
	}
}

static void
what_is_hashed_verifies(void **state)
{
	static const struct span others[] = { LITERAL(""), LITERAL("S"),
		LITERAL("secre"), LITERAL("secrets"), LITERAL("Secret"),
		LITERAL("secret "), LITERAL("secret\0"), LITERAL("\0secret") };
	struct span phc = hashed(SPAN("secret"), &cheap), again;

	(void)state;
	assert_true(span_starts(phc, SPAN("$scrypt$ln=10,r=1,p=1$")));
	assert_int_equal(phc.n, 22 + 22 + 1 + 43);
	assert_int_equal(password_verify(SPAN("secret"), phc), OST_OK);
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(password_verify(others[i], phc), OST_DENIED);
	/* Another salt each time. */
	again = hashed(SPAN("secret"), &cheap);
	assert_false(span_eq(phc, again));
	assert_int_equal(password_verify(SPAN("secret"), again), OST_OK);
	/* The empty password is one; an absent one is the same. */
	phc = hashed(SPAN(""), &cheap);
	assert_int_equal(password_verify(SPAN_ABSENT, phc), OST_OK);
	/* To scrypt alone this one too. */
	assert_int_equal(password_verify(SPAN("\0"), phc), OST_DENIED);
}

/* Its limit holds for each shape of the cost, and beyond OpenSSL's 32 MiB. */
static void
memory_is_enough(void **state)
{
	static const struct password_cost costs[] = { { 10, 32, 1 },
		{ 10, 1, 16 }, { 10, 3, 5 }, { 15, 8, 1 } };

	(void)state;
	for (size_t i = 0; i < COUNT(costs); i++) {
		unsigned char key[32];

		assert_int_equal(password_scrypt(SPAN("p"), SPAN("s"),
					 &costs[i], key, sizeof(key)),
			OST_OK);
	}
}

static void
failure_is_not_a_wrong_password(void **state)
{
	const struct password_cost no_cost = { 10, 0, 1 };
	unsigned char key[32];

	(void)state;
	assert_int_equal(log_open("/dev/null", "test"), OST_OK);
	assert_int_equal(password_scrypt(SPAN("p"), SPAN("s"), &no_cost, key,
				 sizeof(key)),
		OST_CRYPTO);
	assert_int_equal(log_open("stderr", "test"), OST_OK);
}

static void
no_byte_may_change(void **state)
{
	struct span phc = hashed(SPAN("secret"), &cheap);
	char text[128];

	(void)state;
	assert_true(phc.n < sizeof(text));
	for (size_t i = 0; i < phc.n; i++) {
		memcpy(text, phc.p, phc.n);
		text[i] ^= 1;
		if (password_verify(SPAN("secret"),
			    (struct span){ text, phc.n }) == OST_OK)
			fail_msg("byte %zu", i);
		/* Cut there, or with a byte too many. */
		assert_int_equal(password_verify(SPAN("secret"),
					 (struct span){ phc.p, i }),
			OST_BADINPUT);
		memcpy(text, phc.p, i);
		text[i] = 'A';
		memcpy(text + i + 1, phc.p + i, phc.n - i);
		assert_int_equal(password_verify(SPAN("secret"),
					 (struct span){ text, phc.n + 1 }),
			OST_BADINPUT);
	}
}

#define SALT "AAECAwQFBgcICQoLDA0ODw"
#define HASH "aXxV+SdCr+1ofX/yO9ssZIXk0slZ7Pwg0vrrut6MuZw"

static void
other_strings_are_refused(void **state)
{
	static const struct span texts[] = { LITERAL(""), LITERAL("$"),
		LITERAL("secret"), LITERAL("$scrypt$"),
		LITERAL("$y$j9T$abc$def"), LITERAL("$2b$10$abcdefgh"),
		LITERAL("{scrypt}ln=10,r=8,p=1$" SALT "$" HASH),
		LITERAL("scrypt$ln=10,r=8,p=1$" SALT "$" HASH),
		LITERAL(" $scrypt$ln=10,r=8,p=1$" SALT "$" HASH),
		LITERAL("$scrypt$ln=10,r=8,p=1$" SALT "$" HASH "\n"),
		LITERAL("$scrypt$ln=10,r=8,p=1$" SALT "$" HASH "\0"),
		LITERAL("$scrypt$ln=10,r=8,p=1$" SALT "$" HASH "="),
		LITERAL("$scrypt$ln=10,r=8,p=1$" SALT "$" HASH "$"),
		LITERAL("$scrypt$ln=10,r=8,p=1$" SALT HASH),
		LITERAL("$scrypt$ln=10,r=8,p=1$" SALT),
		LITERAL("$scrypt$ln=10,r=8,p=1$$" HASH),
		LITERAL("$scrypt$ln=10,r=8,p=1$" SALT "$"),
		LITERAL("$scrypt$ln=10,r=8,p=1$" SALT "==$" HASH),
		LITERAL("$SCRYPT$ln=10,r=8,p=1$" SALT "$" HASH),
		LITERAL("$scrypt$v=1$ln=10,r=8,p=1$" SALT "$" HASH),
		/* Pad bits. */
		LITERAL("$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODx$" HASH),
		/* The other alphabet. */
		LITERAL("$scrypt$ln=10,r=8,p=1$-AECAwQFBgcICQoLDA0ODw$" HASH),
		/* Costs that nobody would live to see the end of. */
		LITERAL("$scrypt$ln=9,r=8,p=1$" SALT "$" HASH),
		LITERAL("$scrypt$ln=18,r=8,p=1$" SALT "$" HASH),
		LITERAL("$scrypt$ln=63,r=8,p=1$" SALT "$" HASH),
		LITERAL("$scrypt$ln=74,r=8,p=1$" SALT "$" HASH),
		LITERAL("$scrypt$ln=10,r=33,p=1$" SALT "$" HASH),
		LITERAL("$scrypt$ln=10,r=8,p=17$" SALT "$" HASH),
		LITERAL("$scrypt$ln=4294967306,r=8,p=1$" SALT "$" HASH) };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (password_verify(SPAN(""), texts[i]) != OST_BADINPUT)
			fail_msg("taken: %.*s", SPAN_ARG(texts[i]));
	assert_int_equal(password_verify(SPAN(""), SPAN_ABSENT), OST_BADINPUT);
}

static void
cost_has_bounds(void **state)
{
	static const struct {
		struct span text;
		struct password_cost cost;
	} good[] = { { LITERAL("ln=15,r=8,p=3"), { 15, 8, 3 } },
		{ LITERAL("ln=10,r=1,p=1"), { 10, 1, 1 } },
		{ LITERAL("ln=17,r=32,p=16"), { 17, 32, 16 } } };
	static const struct span bad[] = { LITERAL(""), LITERAL("ln=15"),
		LITERAL("ln=15,r=8"), LITERAL("ln=15,r=8,"),
		LITERAL("ln=15,r=8,p="), LITERAL("ln=15,r=8,p=3,"),
		LITERAL("ln=15,r=8,p=3 "), LITERAL(" ln=15,r=8,p=3"),
		LITERAL("ln=15, r=8,p=3"), LITERAL("r=8,ln=15,p=3"),
		LITERAL("ln=15,p=3,r=8"), LITERAL("ln=15,r=8,r=8"),
		LITERAL("ln=015,r=8,p=3"), LITERAL("ln=+15,r=8,p=3"),
		LITERAL("ln=0xf,r=8,p=3"), LITERAL("LN=15,r=8,p=3"),
		LITERAL("15,8,3"), LITERAL("ln=9,r=8,p=3"),
		LITERAL("ln=18,r=8,p=3"), LITERAL("ln=15,r=0,p=3"),
		LITERAL("ln=15,r=33,p=3"), LITERAL("ln=15,r=8,p=0"),
		LITERAL("ln=15,r=8,p=17"), LITERAL("ln=15,r=8,p=4294967299"),
		LITERAL("ln=15,r=8,p=18446744073709551619"),
		LITERAL("ln=15,r=8,p=-1"), LITERAL("ln=15,r=8,p=3\0") };
	struct password_cost cost = { 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (password_cost_parse(bad[i], &cost) != OST_BADINPUT)
			fail_msg("taken: %.*s", SPAN_ARG(bad[i]));
	assert_int_equal(password_cost_parse(SPAN_ABSENT, &cost), OST_BADINPUT);
	assert_true(cost.ln == 1 && cost.r == 2 && cost.p == 3);
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(
			password_cost_parse(good[i].text, &cost), OST_OK);
		assert_memory_equal(&cost, &good[i].cost, sizeof(cost));
	}
}

/* E05 */
static void
long_password_is_not_hashed(void **state)
{
	static char text[PASSWORD_SIZE_MAX + 1];
	struct span longest = { text, PASSWORD_SIZE_MAX };
	struct span longer = BYTES_SPAN(text), phc;
	struct buf buf;

	(void)state;
	memset(text, 'x', sizeof(text));
	buf_init(&buf, arena);
	assert_int_equal(password_hash(&buf, longer, &cheap), OST_TOOBIG);
	assert_int_equal(buf.n, 0);
	phc = hashed(longest, &cheap);
	assert_int_equal(password_verify(longest, phc), OST_OK);
	assert_int_equal(password_verify(longer, phc), OST_DENIED);
	/* Not even by a string that fits it, made elsewhere. */
	assert_int_equal(
		password_verify(longer,
			SPAN("$scrypt$ln=10,r=1,p=1$AAECAwQFBgcICQoLDA0ODw"
			     "$J5qk0ymSQLHdsuSucIGpAfAcMkudq8owASfOWGr32H0")),
		OST_DENIED);
	longest.n--;
	assert_int_equal(password_verify(longest, phc), OST_DENIED);
}

static void
bad_password_or_cost_makes_nothing(void **state)
{
	static const struct password_cost costs[] = { { 9, 8, 1 }, { 18, 8, 1 },
		{ 10, 0, 1 }, { 10, 33, 1 }, { 10, 8, 0 }, { 10, 8, 17 } };
	struct buf buf;

	(void)state;
	buf_init(&buf, arena);
	for (size_t i = 0; i < COUNT(costs); i++)
		assert_int_equal(password_hash(&buf, SPAN("p"), &costs[i]),
			OST_BADINPUT);
	assert_int_equal(
		password_hash(&buf, SPAN("p\0"), &cheap), OST_BADINPUT);
	assert_int_equal(buf.n, 0);
}

static void
another_cost_is_outdated(void **state)
{
	static const struct password_cost others[] = { { 11, 1, 1 },
		{ 10, 2, 1 }, { 10, 1, 2 }, { 9, 1, 1 } };
	struct span phc = hashed(SPAN("secret"), &cheap);

	(void)state;
	assert_false(password_is_outdated(phc, &cheap));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_true(password_is_outdated(phc, &others[i]));
	assert_true(password_is_outdated(SPAN("$2b$10$abc"), &cheap));
	assert_true(password_is_outdated(SPAN_ABSENT, &cheap));
}

int
test_password(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(scrypt_of_rfc7914),
		cmocka_unit_test(strings_of_others_verify),
		cmocka_unit_test(what_is_hashed_verifies),
		cmocka_unit_test(memory_is_enough),
		cmocka_unit_test(failure_is_not_a_wrong_password),
		cmocka_unit_test(no_byte_may_change),
		cmocka_unit_test(other_strings_are_refused),
		cmocka_unit_test(cost_has_bounds),
		cmocka_unit_test(long_password_is_not_hashed),
		cmocka_unit_test(bad_password_or_cost_makes_nothing),
		cmocka_unit_test(another_cost_is_outdated),
	};

	return cmocka_run_group_tests_name("password", tests, setup, teardown);
}
