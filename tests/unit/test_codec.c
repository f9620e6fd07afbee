#include "codec.h"
#include "vectors.h"

int test_codec(void);

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

struct coding {
	const char *name;
	enum ost_err (*decode)(struct arena *, struct span, struct span *);
	void (*encode)(struct buf *, struct span);
	const char *digits;
	bool is_padded;
};

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
static const struct coding base64s[] = {
	{ "base64", base64_decode, base64_encode, ALNUM "+/", true },
	{ "base64_bare", base64_bare_decode, base64_bare_encode, ALNUM "+/",
		false },
	{ "base64url", base64url_decode, base64url_encode, ALNUM "-_", false },
};
static const struct coding hex = { "hex", hex_decode, hex_encode,
	"0123456789abcdef", false };

static struct span
encoded(void (*encode)(struct buf *, struct span), struct span bytes)
{
	struct buf buf;
	struct span text;

	buf_init(&buf, arena);
	encode(&buf, bytes);
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	return text;
}

static void
assert_refused(const struct coding *coding, struct span text)
{
	struct span out = SPAN("untouched");
	char *exact = exact_copy(text);

	text.p = exact;
	if (coding->decode(arena, text, &out) != OST_BADINPUT)
		fail_msg("%s took \"%.*s\"", coding->name, SPAN_ARG(text));
	free(exact);
	assert_span(out, SPAN("untouched"));
}

static void
assert_round_trip(const struct coding *coding, struct span bytes)
{
	struct span text = encoded(coding->encode, bytes), out;

	if (coding->decode(arena, text, &out) != OST_OK ||
		!span_eq(out, bytes) || span_is_absent(out))
		fail_msg("%s of %zu bytes: \"%.*s\"", coding->name, bytes.n,
			SPAN_ARG(text));
}

/* Whether text is taken; what is taken must be the one spelling of it. */
static bool
is_taken(const struct coding *coding, struct span text)
{
	struct span out, again;

	arena_reset(arena);
	if (coding->decode(arena, text, &out) != OST_OK)
		return false;
	again = encoded(coding->encode, out);
	if (!span_eq(again, text))
		fail_msg("%s has two spellings, \"%.*s\" and \"%.*s\"",
			coding->name, SPAN_ARG(text), SPAN_ARG(again));
	return true;
}

static void
base64_vectors_of_rfc4648(void **state)
{
	struct json_object *root = vectors_read("rfc/rfc_vectors.json");
	struct json_object *list = vector_member(root, "base64_rfc4648_10");

	(void)state;
	assert_int_equal(json_object_array_length(list), 7);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *pair = json_object_array_get_idx(list, i);
		struct span plain =
			vector_string(json_object_array_get_idx(pair, 0));
		struct span text =
			vector_string(json_object_array_get_idx(pair, 1));
		struct span bare = text, out;

		while (span_ends(bare, SPAN("=")))
			bare.n--;
		assert_span(encoded(base64_encode, plain), text);
		assert_span(encoded(base64_bare_encode, plain), bare);
		assert_span(encoded(base64url_encode, plain), bare);
		for (size_t k = 0; k < COUNT(base64s); k++) {
			const struct coding *c = &base64s[k];

			assert_int_equal(
				c->decode(arena, c->is_padded ? text : bare,
					&out),
				OST_OK);
			assert_span(out, plain);
		}
	}
	json_object_put(root);
}

static void
base64url_vectors_of_rfc7636_and_7515(void **state)
{
	struct json_object *root = vectors_read("rfc/rfc_vectors.json");
	struct json_object *pkce =
		vector_member(root, "base64url_rfc7636_appA");
	struct json_object *octets = vector_member(pkce, "octets");
	struct span jws =
		vector_text(vector_member(root, "jws_rfc7515_A1"), "compact");
	unsigned char bytes[5];
	struct span out, header;

	(void)state;
	assert_int_equal(json_object_array_length(octets), sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)json_object_get_int(
			json_object_array_get_idx(octets, i));
	assert_span(encoded(base64url_encode, BYTES_SPAN(bytes)),
		vector_text(pkce, "encoded"));
	assert_true(span_cut(&jws, '.', &header));
	assert_int_equal(base64url_decode(arena, header, &out), OST_OK);
	assert_span(out, SPAN("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}"));
	json_object_put(root);
}

static void
basic_vectors_of_rfc7617_and_6749(void **state)
{
	struct json_object *root = vectors_read("rfc/rfc_vectors.json");
	struct json_object *list = vector_member(root, "basic_rfc7617");
	struct json_object *client =
		vector_member(root, "client_basic_rfc6749_2.3.1");
	struct span out;

	(void)state;
	assert_int_equal(
		base64_decode(arena,
			span_skip(
				vector_text(json_object_array_get_idx(list, 0),
					"header"),
				6),
			&out),
		OST_OK);
	assert_span(out, SPAN("Aladdin:open sesame"));
	assert_int_equal(
		base64_decode(arena,
			span_skip(
				vector_text(json_object_array_get_idx(list, 1),
					"header"),
				6),
			&out),
		OST_OK);
	assert_span(out, SPAN("test:123\xc2\xa3"));
	assert_int_equal(
		base64_decode(arena,
			span_skip(vector_text(client, "header"), 6), &out),
		OST_OK);
	assert_span(out, SPAN("s6BhdRkqt3:7Fjfp0ZBr1KtDRbnfVdmIw"));
	json_object_put(root);
}

static void
small_inputs_round_trip(void **state)
{
	(void)state;
	for (unsigned int pair = 0; pair < 65536; pair++) {
		unsigned char bytes[2] = { (unsigned char)(pair >> 8),
			(unsigned char)pair };

		arena_reset(arena);
		for (size_t k = 0; k < COUNT(base64s); k++)
			assert_round_trip(&base64s[k], BYTES_SPAN(bytes));
		assert_round_trip(&hex, BYTES_SPAN(bytes));
		if (pair >= 256)
			continue;
		for (size_t k = 0; k < COUNT(base64s); k++)
			assert_round_trip(&base64s[k],
				(struct span){ (char *)bytes + 1, 1 });
		assert_round_trip(&hex, (struct span){ (char *)bytes + 1, 1 });
	}
}

static void
every_length_round_trips(void **state)
{
	unsigned char bytes[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 167 + 13);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		struct span part = { (char *)bytes, n };

		arena_reset(arena);
		for (size_t k = 0; k < COUNT(base64s); k++)
			assert_round_trip(&base64s[k], part);
		assert_round_trip(&hex, part);
		/* An absent text is the empty one. */
		assert_round_trip(&hex, SPAN_ABSENT);
	}
}

/* All texts of two bytes, and all of three digits: of them no more are taken
 * than there are values to spell. */
static void
base64_has_one_spelling(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(base64s); k++) {
		const struct coding *c = &base64s[k];
		size_t taken = 0, n = c->is_padded ? 4 : 2;
		char text[4] = "AA==";

		for (unsigned int pair = 0; pair < 65536; pair++) {
			text[0] = (char)(pair >> 8);
			text[1] = (char)(pair & 0xff);
			taken += is_taken(c, (struct span){ text, n });
		}
		assert_int_equal(taken, 256);
		n = c->is_padded ? 4 : 3;
		taken = 0;
		for (unsigned int i = 0; i < 64 * 64 * 64; i++) {
			text[0] = c->digits[i >> 12];
			text[1] = c->digits[i >> 6 & 63];
			text[2] = c->digits[i & 63];
			taken += is_taken(c, (struct span){ text, n });
		}
		assert_int_equal(taken, 65536);
	}
}

/* What is neither digit nor pad, at every place of texts of every shape. */
static void
base64_refuses_every_other_byte(void **state)
{
	static const char *const texts[] = { "QQ==", "QUE=", "QUFB",
		"QUFBQQ==", "QUFBQUE=", "QUFBQUFB", "QUFBQUFBQUFB" };

	(void)state;
	for (size_t i = 0; i < COUNT(base64s) * COUNT(texts) * 256; i++) {
		const struct coding *c = &base64s[i / 256 / COUNT(texts)];
		struct span good = span_of(texts[i / 256 % COUNT(texts)]);
		char bad = (char)(i & 0xff);
		char text[16];

		if (bad == '=' || (bad != 0 && strchr(c->digits, bad)))
			continue;
		while (!c->is_padded && span_ends(good, SPAN("=")))
			good.n--;
		assert_true(is_taken(c, good));
		for (size_t k = 0; k < good.n; k++) {
			memcpy(text, good.p, good.n);
			text[k] = bad;
			assert_refused(c, (struct span){ text, good.n });
		}
	}
}

static void
base64_refuses_wrong_padding(void **state)
{
	static const char *const padded[] = { "=", "==", "===", "====", "A",
		"A=", "A==", "A===", "AA", "AA=", "AAA", "AA=A", "A=AA", "=AAA",
		"AAA==", "AA===", "AAAA=", "AAAA==", "AAAA====", "AAAAA===",
		"AA==AAAA", "AAA=AAAA", "AA== ", " AA==", "AA==\n",
		"AA\r\n==", "AB==", "AAB=", "QQ", "QUE", "_-==", "__8=" };
	static const char *const bare[] = { "=", "A",
		"AA==", "AAA=", "AAAA=", "AAAAA", "AAAAAAAAA", "AB", "AAB",
		"AA ", "AA\n", " AA" };

	(void)state;
	for (size_t i = 0; i < COUNT(padded); i++)
		assert_refused(&base64s[0], span_of(padded[i]));
	for (size_t i = 0; i < COUNT(bare); i++) {
		assert_refused(&base64s[1], span_of(bare[i]));
		assert_refused(&base64s[2], span_of(bare[i]));
	}
	assert_refused(&base64s[0], SPAN("AA\0="));
	assert_refused(&base64s[1], SPAN("-_8"));
	assert_refused(&base64s[2], SPAN("+/8"));
}

static void
hex_has_one_spelling(void **state)
{
	size_t taken = 0;

	(void)state;
	for (unsigned int pair = 0; pair < 65536; pair++) {
		char text[2] = { (char)(pair >> 8), (char)(pair & 0xff) };

		taken += is_taken(&hex, BYTES_SPAN(text));
		if (pair < 256)
			assert_refused(&hex, (struct span){ text + 1, 1 });
	}
	assert_int_equal(taken, 256);
	assert_refused(&hex, SPAN("abc"));
	assert_refused(&hex, SPAN("0x"));
	assert_span(encoded(hex_encode, SPAN("\x00\x7f\xff")), SPAN("007fff"));
}

static void
decoders_report_no_memory(void **state)
{
	struct arena *tiny = arena_new(2);
	struct span out = SPAN("untouched");

	(void)state;
	assert_non_null(tiny);
	assert_int_equal(base64_decode(tiny, SPAN("QUFB"), &out), OST_NOMEM);
	assert_int_equal(base64url_decode(tiny, SPAN("QUFB"), &out), OST_NOMEM);
	assert_int_equal(hex_decode(tiny, SPAN("414141"), &out), OST_NOMEM);
	assert_int_equal(percent_decode(tiny, SPAN("AAA"), &out), OST_NOMEM);
	assert_int_equal(form_decode(tiny, SPAN("AAA"), &out), OST_NOMEM);
	assert_span(out, SPAN("untouched"));
	arena_free(tiny);
}

int
test_codec(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_vectors_of_rfc4648),
		cmocka_unit_test(base64url_vectors_of_rfc7636_and_7515),
		cmocka_unit_test(basic_vectors_of_rfc7617_and_6749),
		cmocka_unit_test(small_inputs_round_trip),
		cmocka_unit_test(every_length_round_trips),
		cmocka_unit_test(base64_has_one_spelling),
		cmocka_unit_test(base64_refuses_every_other_byte),
		cmocka_unit_test(base64_refuses_wrong_padding),
		cmocka_unit_test(hex_has_one_spelling),
		cmocka_unit_test(decoders_report_no_memory),
	};

	return cmocka_run_group_tests_name("codec", tests, setup, teardown);
}
