/* The signing keys and their rotation. */
#include "clock.h"
#include "keyring_write.h"
#include "record.h"
#include "records.h"
#include "vectors.h"

int test_keyring(void);

#define ZEROS64                                                                \
	"0000000000000000000000000000000000000000000000000000000000000000"

static struct arena *arena;
static struct store *store;
static struct keyring *ring;

static int
setup(void **state)
{
	(void)state;
	ring = keyring_new();
	return ring == NULL || records_open(&arena, &store) != 0;
}

static int
teardown(void **state)
{
	(void)state;
	keyring_free(ring);
	return records_close(arena, store);
}

static void
make(void)
{
	assert_int_equal(keyring_create(store, arena), OST_OK);
	assert_int_equal(keyring_load(ring, store, arena), OST_OK);
}

static const struct signing_key *
find(enum key_state state)
{
	for (size_t i = 0; i < ring->n; i++)
		if (ring->keys[i].state == state)
			return &ring->keys[i];
	fail_msg("no key is %s", key_state_name(state));
	return NULL;
}

/* JWT-07 */
static void
a_new_ring_has_current_and_next(void **state)
{
	(void)state;
	assert_true(sizeof(ring->keys[0].secret) >= 32);
	assert_int_equal(keyring_load(ring, store, arena), OST_NOTFOUND);
	make();
	assert_int_equal(ring->n, 2);
	assert_ptr_equal(keyring_current(ring), find(KEY_CURRENT));
	assert_memory_not_equal(find(KEY_CURRENT)->secret,
		find(KEY_NEXT)->secret, CRYPTO_HASH_SIZE);
	assert_memory_not_equal(
		find(KEY_CURRENT)->kid, find(KEY_NEXT)->kid, KID_SIZE);
	assert_true(find(KEY_NEXT)->created_ms == NOW_MS);
	assert_int_equal(keyring_create(store, arena), OST_CONFLICT);
}

/* JWT-07: each of the 32 bytes. That all 64 have one in common by chance
 * happens once in 256^63. */
static void
every_byte_of_a_secret_is_random(void **state)
{
	struct signing_key first, key;
	bool is_met[sizeof(first.secret)] = { false };

	(void)state;
	signing_key_make(&first, KEY_NEXT);
	for (int i = 0; i < 64; i++) {
		signing_key_make(&key, KEY_NEXT);
		for (size_t k = 0; k < sizeof(key.secret); k++)
			is_met[k] |= key.secret[k] != first.secret[k];
	}
	for (size_t k = 0; k < sizeof(first.secret); k++)
		if (!is_met[k])
			fail_msg("byte %zu", k);
}

/* The text of a ring of these keys. */
static struct span
ring_of(const struct signing_key *keys, size_t n)
{
	struct span text;
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	for (size_t i = 0; i < n; i++) {
		buf_text(&buf, "key=");
		signing_key_encode(&keys[i], &buf);
		buf_char(&buf, '\n');
	}
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	return text;
}

/* What signs is what says that it does, wherever it stands. */
static void
the_current_key_need_not_be_the_first(void **state)
{
	static const enum key_state states[] = { KEY_NEXT, KEY_OLD,
		KEY_CURRENT };
	struct signing_key keys[KEYRING_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++)
		signing_key_make(&keys[i], KEY_OLD);
	for (size_t i = 0; i < COUNT(states); i++)
		keys[i].state = states[i];
	assert_int_equal(keyring_decode(ring, ring_of(keys, 3)), OST_OK);
	assert_ptr_equal(keyring_current(ring), &ring->keys[2]);
	/* More than there is room for is no ring. */
	assert_int_equal(
		keyring_decode(ring, ring_of(keys, KEYRING_MAX)), OST_OK);
	assert_int_equal(keyring_decode(ring, ring_of(keys, KEYRING_MAX + 1)),
		OST_STORE);
	assert_int_equal(ring->n, 0);
}

static void
no_two_headers_are_alike(void **state)
{
	const struct signing_key *a, *b;

	(void)state;
	make();
	a = find(KEY_CURRENT);
	b = find(KEY_NEXT);
	assert_false(span_eq(a->header[TOKEN_ACCESS], a->header[TOKEN_LOGIN]));
	assert_false(span_eq(a->header[TOKEN_ACCESS], b->header[TOKEN_ACCESS]));
	/* base64url of {"alg":"HS256","kid":" */
	assert_true(span_starts(a->header[TOKEN_ACCESS],
		SPAN("eyJhbGciOiJIUzI1NiIsImtpZCI6I")));
}

/* JWT-09 */
static void
rotation_makes_next_sign_and_keeps_the_old(void **state)
{
	char current[KID_SIZE], next[KID_SIZE];

	(void)state;
	make();
	memcpy(current, find(KEY_CURRENT)->kid, KID_SIZE);
	memcpy(next, find(KEY_NEXT)->kid, KID_SIZE);
	clock_fake(NOW_MS + 5);
	assert_int_equal(keyring_rotate(ring, store, arena, HOUR_MS), OST_OK);
	assert_int_equal(ring->n, 3);
	assert_memory_equal(keyring_current(ring)->kid, next, KID_SIZE);
	assert_memory_equal(find(KEY_OLD)->kid, current, KID_SIZE);
	assert_true(find(KEY_OLD)->retired_ms == NOW_MS + 5);
	assert_memory_not_equal(find(KEY_NEXT)->kid, next, KID_SIZE);
}

/* JWT-09 */
static void
an_old_key_goes_when_its_tokens_have(void **state)
{
	char first[KID_SIZE];

	(void)state;
	make();
	memcpy(first, find(KEY_CURRENT)->kid, KID_SIZE);
	assert_int_equal(keyring_rotate(ring, store, arena, HOUR_MS), OST_OK);
	clock_fake(NOW_MS + HOUR_MS);
	assert_int_equal(keyring_rotate(ring, store, arena, HOUR_MS), OST_OK);
	assert_int_equal(ring->n, 4);
	clock_fake(NOW_MS + HOUR_MS + 1);
	assert_int_equal(keyring_rotate(ring, store, arena, HOUR_MS), OST_OK);
	assert_int_equal(ring->n, 4);
	for (size_t i = 0; i < ring->n; i++)
		assert_memory_not_equal(ring->keys[i].kid, first, KID_SIZE);
}

static void
a_full_ring_does_not_drop_keys(void **state)
{
	struct keyring *other = keyring_new();

	(void)state;
	make();
	for (size_t i = 2; i < KEYRING_MAX; i++)
		assert_int_equal(
			keyring_rotate(ring, store, arena, DAY_MS), OST_OK);
	assert_int_equal(ring->n, KEYRING_MAX);
	assert_int_equal(
		keyring_rotate(ring, store, arena, DAY_MS), OST_TOOBIG);
	assert_int_equal(keyring_load(other, store, arena), OST_OK);
	assert_int_equal(other->n, KEYRING_MAX);
	keyring_free(other);
}

static void
two_rotations_at_a_time_are_one(void **state)
{
	struct keyring *other = keyring_new();

	(void)state;
	make();
	assert_int_equal(keyring_load(other, store, arena), OST_OK);
	assert_int_equal(keyring_rotate(other, store, arena, HOUR_MS), OST_OK);
	assert_int_equal(
		keyring_rotate(ring, store, arena, HOUR_MS), OST_CONFLICT);
	/* The other process sees it at its next request. */
	assert_int_equal(ring->n, 2);
	assert_int_equal(keyring_load(ring, store, arena), OST_OK);
	assert_int_equal(ring->n, 3);
	keyring_free(other);
}

static const char *const damaged[] = {
	"damaged",
	"v=1\n",
	"v=1\nkey=abcdefgh next 1 0 " ZEROS64 "\n",
	"v=1\nkey=abcdefgh old 1 1 " ZEROS64 "\n",
	"v=1\nkey=abcdefgh current 1 0 00\n",
	"v=1\nkey=abcdefgh current 1 0 " ZEROS64 "00\n",
	"v=1\nkey=abcdefgh current 1 0 " ZEROS64 " x\n",
	"v=1\nkey=abcdefgh current 1 0\n",
	"v=1\nkey=abcdefgh current x 0 " ZEROS64 "\n",
	"v=1\nkey=abcdefgh current 1 -1 " ZEROS64 "\n",
	"v=1\nkey=abcdefgh present 1 0 " ZEROS64 "\n",
	"v=1\nkey=abcdefg current 1 0 " ZEROS64 "\n",
	"v=1\nkey=abc\"efgh current 1 0 " ZEROS64 "\n",
	"v=1\nkey=abcdefgh current 1 0 " ZEROS64
	"\nkey=bbcdefgh current 1 0 " ZEROS64 "\n",
	"v=1\nkey=abcdefgh current 1 0 " ZEROS64
	"\nkey=bbcdefgh next 1 0 " ZEROS64 "\nkey=cbcdefgh next 1 0 " ZEROS64
	"\n",
};

static void
a_wrong_record_is_no_missing_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(damaged); i++) {
		make();
		records_overwrite(store, arena, "ring", damaged[i]);
		if (keyring_load(ring, store, arena) != OST_STORE)
			fail_msg("taken: %s", damaged[i]);
		assert_int_equal(ring->n, 0);
		assert_null(keyring_current(ring));
		assert_int_equal(keyring_create(store, arena), OST_CONFLICT);
		assert_int_equal(store_take(store, SPAN("ring"), arena,
					 &(struct span){ NULL, 0 }),
			OST_OK);
	}
}

static void
a_silent_store_takes_no_key_away(void **state)
{
	struct store *broken = records_broken();

	(void)state;
	make();
	assert_int_equal(keyring_load(ring, broken, arena), OST_STORE);
	assert_int_equal(ring->n, 2);
	assert_int_equal(
		keyring_rotate(ring, broken, arena, HOUR_MS), OST_STORE);
	assert_int_equal(keyring_create(broken, arena), OST_STORE);
	store_close(broken);
}

static void
each_purpose_has_its_own_mac(void **state)
{
	unsigned char macs[3][CRYPTO_HASH_SIZE], again[CRYPTO_HASH_SIZE];
	const struct signing_key *key;
	const struct span data = SPAN("data");

	(void)state;
	make();
	key = keyring_current(ring);
	assert_int_equal(signing_key_mac(key, data, macs[0]), OST_OK);
	assert_int_equal(
		signing_key_mac_for(key, "form", data, macs[1]), OST_OK);
	assert_int_equal(
		signing_key_mac_for(key, "csrf", data, macs[2]), OST_OK);
	assert_int_equal(signing_key_mac_for(key, "form", data, again), OST_OK);
	assert_memory_not_equal(macs[0], macs[1], CRYPTO_HASH_SIZE);
	assert_memory_not_equal(macs[0], macs[2], CRYPTO_HASH_SIZE);
	assert_memory_not_equal(macs[1], macs[2], CRYPTO_HASH_SIZE);
	assert_memory_equal(macs[1], again, CRYPTO_HASH_SIZE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_keyring(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_ring_has_current_and_next),
		TEST(every_byte_of_a_secret_is_random),
		TEST(the_current_key_need_not_be_the_first),
		TEST(no_two_headers_are_alike),
		TEST(rotation_makes_next_sign_and_keeps_the_old),
		TEST(an_old_key_goes_when_its_tokens_have),
		TEST(a_full_ring_does_not_drop_keys),
		TEST(two_rotations_at_a_time_are_one),
		TEST(a_wrong_record_is_no_missing_one),
		TEST(a_silent_store_takes_no_key_away),
		TEST(each_purpose_has_its_own_mac),
	};

	return cmocka_run_group_tests_name("keyring", tests, NULL, NULL);
}
