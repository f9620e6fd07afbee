/* The key pairs of the keyring, and what is signed with them. */
#include "clock.h"
#include "codec.h"
#include "keyring_write.h"
#include "records.h"
#include "vectors.h"

int test_keyring_pairs(void);

static struct arena *arena;
static struct store *store;
static struct keyring *ring;

static int
setup(void **state)
{
	(void)state;
	ring = keyring_new();
	if (ring == NULL || records_open(&arena, &store) != 0)
		return 1;
	return keyring_create(store, arena) != OST_OK ||
	       keyring_load(ring, store, arena) != OST_OK;
}

static int
teardown(void **state)
{
	(void)state;
	keyring_free(ring);
	return records_close(arena, store);
}

static const struct span payload = LITERAL("{\"a\":1}");
#define ALL_KINDS ((1u << TOKEN_KINDS) - 1)

static struct span
signed_as(enum token_kind kind)
{
	struct span text;

	assert_int_equal(
		keyring_sign(ring, arena, kind, payload, &text), OST_OK);
	return text;
}

static enum ost_err
verify(struct keyring *by, unsigned int kinds, struct span text,
	enum token_kind *kind)
{
	struct span found;
	enum ost_err err = keyring_verify(by, arena, kinds, text, kind, &found);

	if (err == OST_OK)
		assert_span(found, payload);
	return err;
}

static struct span
name_of(const struct signing_key *key)
{
	struct span name;

	assert_int_equal(pair_name(arena, signing_key_kid(key), &name), OST_OK);
	return name;
}

static struct span
record_of(const struct signing_key *key)
{
	struct span raw;

	assert_int_equal(store_get(store, name_of(key), arena, &raw), OST_OK);
	return raw;
}

/* Each key has its pair, and there is no other. */
static void
assert_whole(void)
{
	assert_int_equal(records_count(store, "pair:"), ring->n);
	for (size_t i = 0; i < ring->n; i++)
		(void)record_of(&ring->keys[i]);
}

static void
each_kind_has_its_header_and_its_key(void **state)
{
	static const struct {
		const char *alg, *suffix, *type;
	} wanted[] = {
		[TOKEN_ACCESS] = { "HS256", "", "at+jwt" },
		[TOKEN_LOGIN] = { "HS256", "", "ostiary-login+jwt" },
		[TOKEN_ACCESS_ES256] = { "ES256", "e", "at+jwt" },
		[TOKEN_ID_RS256] = { "RS256", "r", "JWT" },
		[TOKEN_ID_ES256] = { "ES256", "e", "JWT" },
	};

	(void)state;
	assert_int_equal(COUNT(wanted), TOKEN_KINDS);
	for (unsigned int k = 0; k < TOKEN_KINDS; k++) {
		struct span text = signed_as((enum token_kind)k), head, json;
		enum token_kind kind = TOKEN_KINDS;
		char want[128];

		assert_int_equal(verify(ring, 1u << k, text, &kind), OST_OK);
		assert_int_equal(kind, k);
		assert_int_equal(
			verify(ring, ALL_KINDS & ~(1u << k), text, &kind),
			OST_DENIED);
		assert_int_equal(verify(ring, 0, text, &kind), OST_DENIED);
		assert_true(span_cut(&text, '.', &head));
		assert_int_equal(base64url_decode(arena, head, &json), OST_OK);
		snprintf(want, sizeof(want),
			"{\"alg\":\"%s\",\"kid\":\"%.8s%s\",\"typ\":\"%s\"}",
			wanted[k].alg, keyring_current(ring)->kid,
			wanted[k].suffix, wanted[k].type);
		assert_span(json, span_of(want));
	}
}

/* The header of each, over what another signed. */
static void
no_signature_serves_under_another_header(void **state)
{
	const struct signing_key *key = keyring_current(ring);

	(void)state;
	for (unsigned int a = 0; a < TOKEN_KINDS; a++)
		for (unsigned int b = 0; b < TOKEN_KINDS; b++) {
			struct span text = signed_as((enum token_kind)a), head;
			enum token_kind kind;
			struct buf buf;

			assert_true(span_cut(&text, '.', &head));
			buf_init(&buf, arena);
			buf_add(&buf, key->header[b]);
			buf_char(&buf, '.');
			buf_add(&buf, text);
			assert_int_equal(buf_span(&buf, &text), OST_OK);
			assert_int_equal(verify(ring, ALL_KINDS, text, &kind),
				a == b ? OST_OK : OST_DENIED);
		}
}

static void
a_new_ring_has_a_pair_for_each_key(void **state)
{
	(void)state;
	assert_int_equal(ring->n, 2);
	assert_whole();
	assert_false(
		span_eq(record_of(&ring->keys[0]), record_of(&ring->keys[1])));
	assert_int_equal(keyring_create(store, arena), OST_CONFLICT);
	assert_whole();
}

static void
a_pair_is_read_once_when_it_is_needed(void **state)
{
	enum token_kind kind;
	struct span text;

	(void)state;
	(void)signed_as(TOKEN_LOGIN);
	assert_null(ring->pairs[0].ec);
	text = signed_as(TOKEN_ID_RS256);
	assert_non_null(ring->pairs[0].ec);
	assert_null(ring->pairs[1].ec);
	(void)records_overwrite(store, arena, "pair:", NULL);
	assert_int_equal(verify(ring, ALL_KINDS, text, &kind), OST_OK);
}

/* The pair that was published as next's is the one that signs then. */
static void
rotation_keeps_each_pair_with_its_key(void **state)
{
	struct span next = record_of(&ring->keys[1]);
	struct span text = signed_as(TOKEN_ID_ES256);
	enum token_kind kind;

	(void)state;
	assert_int_equal(keyring_rotate(ring, store, arena, HOUR_MS), OST_OK);
	assert_span(record_of(keyring_current(ring)), next);
	assert_int_equal(ring->n, 3);
	assert_whole();
	assert_int_equal(verify(ring, ALL_KINDS, text, &kind), OST_OK);
	assert_int_equal(
		verify(ring, ALL_KINDS, signed_as(TOKEN_ID_ES256), &kind),
		OST_OK);
	/* An old key takes its pair with it. */
	clock_fake(NOW_MS + HOUR_MS + 1);
	assert_int_equal(keyring_rotate(ring, store, arena, HOUR_MS), OST_OK);
	assert_int_equal(ring->n, 3);
	assert_whole();
	assert_int_equal(verify(ring, ALL_KINDS, text, &kind), OST_DENIED);
}

static void
of_two_rotations_none_leaves_a_pair_behind(void **state)
{
	struct keyring *other = keyring_new();
	size_t added;

	(void)state;
	assert_int_equal(keyring_load(other, store, arena), OST_OK);
	for (int i = 0; i < 2; i++) {
		clock_fake(NOW_MS + i * (HOUR_MS + 1));
		assert_int_equal(
			keyring_rotate(ring, store, arena, HOUR_MS), OST_OK);
	}
	assert_int_equal(
		keyring_rotate(other, store, arena, HOUR_MS), OST_CONFLICT);
	/* It still has a key that has gone. */
	assert_int_equal(keyring_complete(other, arena, &added), OST_CONFLICT);
	assert_whole();
	keyring_free(other);
}

static void
an_older_ring_gets_what_it_lacks(void **state)
{
	struct span had = record_of(&ring->keys[0]), raw;
	size_t added = 7;

	(void)state;
	assert_int_equal(keyring_complete(ring, arena, &added), OST_OK);
	assert_int_equal(added, 0);
	assert_int_equal(
		store_take(store, name_of(&ring->keys[1]), arena, &raw),
		OST_OK);
	assert_int_equal(keyring_complete(ring, arena, &added), OST_OK);
	assert_int_equal(added, 1);
	assert_whole();
	assert_span(record_of(&ring->keys[0]), had);
	/* A rotation does so too. */
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
			store_take(store, name_of(&ring->keys[i]), arena, &raw),
			OST_OK);
	assert_int_equal(keyring_rotate(ring, store, arena, HOUR_MS), OST_OK);
	assert_whole();
}

static const char *const damaged[] = {
	NULL,
	"",
	"v=1\n",
	"v=1\nec=00\nrsa=00\n",
	"v=1\nec=\nrsa=\n",
	"v=1\nec=zz\nrsa=zz\n",
};

static void
a_damaged_pair_signs_and_verifies_nothing(void **state)
{
	struct span text = signed_as(TOKEN_ACCESS_ES256), untouched = text;
	struct span good = record_of(keyring_current(ring)), half = good;

	(void)state;
	assert_true(span_ends(good, SPAN("\n")));
	for (size_t i = 0; i <= COUNT(damaged); i++) {
		struct keyring *fresh = keyring_new();
		enum token_kind kind = TOKEN_KINDS;

		half.n = good.n - 3;
		assert_int_equal(arena_copy(arena, half, &half), OST_OK);
		(void)records_overwrite(store, arena,
			"pair:", i < COUNT(damaged) ? damaged[i] : half.p);
		assert_int_equal(keyring_load(fresh, store, arena), OST_OK);
		assert_int_equal(keyring_sign(fresh, arena, TOKEN_ID_RS256,
					 payload, &untouched),
			OST_STORE);
		assert_int_equal(
			verify(fresh, ALL_KINDS, text, &kind), OST_STORE);
		assert_int_equal(keyring_sign(fresh, arena, TOKEN_LOGIN,
					 payload, &(struct span){ NULL, 0 }),
			OST_OK);
		keyring_free(fresh);
	}
	assert_ptr_equal(untouched.p, text.p);
}

/* As `ostiary load` does it. */
static void
a_ring_is_replaced_with_its_pairs(void **state)
{
	struct signing_key keys[KEYRING_MAX];
	struct span pairs[KEYRING_MAX], kept, text = signed_as(TOKEN_ID_RS256);
	enum token_kind kind;
	size_t n = ring->n, added;

	(void)state;
	memcpy(keys, ring->keys, sizeof(keys));
	for (size_t i = 0; i < n; i++)
		pairs[i] = record_of(&keys[i]);
	/* Another state, as full as can be. */
	records_overwrite(store, arena, "ring", "v=1\n");
	assert_int_equal(store_take(store, SPAN("ring"), arena, &kept), OST_OK);
	assert_int_equal(keyring_create(store, arena), OST_OK);
	assert_int_equal(keyring_load(ring, store, arena), OST_OK);
	while (ring->n < KEYRING_MAX)
		assert_int_equal(
			keyring_rotate(ring, store, arena, DAY_MS), OST_OK);
	assert_int_equal(verify(ring, ALL_KINDS, text, &kind), OST_DENIED);
	assert_int_equal(keyring_replace(ring, keys, pairs, n, arena), OST_OK);
	assert_int_equal(ring->n, n);
	assert_whole();
	assert_int_equal(verify(ring, ALL_KINDS, text, &kind), OST_OK);
	/* Without a pair: it is made. */
	memcpy(keys[0].kid, "abcdefgh", KID_SIZE);
	pairs[0] = SPAN_ABSENT;
	assert_int_equal(keyring_replace(ring, keys, pairs, n, arena), OST_OK);
	assert_int_equal(keyring_complete(ring, arena, &added), OST_OK);
	assert_int_equal(added, 1);
	assert_whole();
	assert_int_equal(verify(ring, ALL_KINDS, text, &kind), OST_DENIED);
}

static void
a_full_ring_replaces_a_full_one(void **state)
{
	struct signing_key keys[KEYRING_MAX];
	struct span pairs[KEYRING_MAX];

	(void)state;
	while (ring->n < KEYRING_MAX)
		assert_int_equal(
			keyring_rotate(ring, store, arena, DAY_MS), OST_OK);
	memcpy(keys, ring->keys, sizeof(keys));
	for (size_t i = 0; i < KEYRING_MAX; i++) {
		pairs[i] = record_of(&keys[i]);
		keys[i].kid[0] = '0'; /* no key has both */
		keys[i].kid[1] = (char)('0' + i);
		keys[i].kid[2] = '0';
	}
	assert_int_equal(
		keyring_replace(ring, keys, pairs, KEYRING_MAX, arena), OST_OK);
	assert_int_equal(ring->n, KEYRING_MAX);
	assert_whole();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_keyring_pairs(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_kind_has_its_header_and_its_key),
		TEST(no_signature_serves_under_another_header),
		TEST(a_new_ring_has_a_pair_for_each_key),
		TEST(a_pair_is_read_once_when_it_is_needed),
		TEST(rotation_keeps_each_pair_with_its_key),
		TEST(of_two_rotations_none_leaves_a_pair_behind),
		TEST(an_older_ring_gets_what_it_lacks),
		TEST(a_damaged_pair_signs_and_verifies_nothing),
		TEST(a_ring_is_replaced_with_its_pairs),
		TEST(a_full_ring_replaces_a_full_one),
	};

	return cmocka_run_group_tests_name("keyring_pairs", tests, NULL, NULL);
}
