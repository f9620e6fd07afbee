#include "credentials.h"

#include "codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* Behind those. */
#include <cmocka.h>

int test_credentials(void);

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define ARENA_SIZE_MAX (4u << 20)
#define BASIC_SIZE_MAX 4096
#define TOKEN_SIZE_MAX 8192

static int
setup(void **state)
{
	*state = arena_new(ARENA_SIZE_MAX);
	return *state == NULL;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

/* Refused, and nothing was written. */
static void
assert_refused(struct arena *arena, struct span header, enum ost_err want)
{
	struct credentials credentials = { .token = SPAN("untouched") };

	assert_int_equal(credentials_parse(arena, header, &credentials), want);
	assert_true(span_eq(credentials.token, SPAN("untouched")));
	assert_int_equal(credentials.scheme, SCHEME_NONE);
	assert_null(credentials.user.p);
}

/* "Basic " and the base64 of what the client means. */
static struct span
basic(struct arena *arena, struct span text)
{
	struct span header = SPAN_ABSENT;
	struct buf buf;

	buf_init(&buf, arena);
	buf_text(&buf, "Basic ");
	base64_encode(&buf, text);
	assert_int_equal(buf_span(&buf, &header), OST_OK);
	return header;
}

static void
assert_basic(struct arena *arena, struct span header, const char *user,
	const char *password)
{
	struct credentials credentials;

	assert_int_equal(
		credentials_parse(arena, header, &credentials), OST_OK);
	assert_int_equal(credentials.scheme, SCHEME_BASIC);
	assert_true(span_eq(credentials.user, span_of(user)));
	assert_true(span_eq(credentials.password, span_of(password)));
	assert_null(credentials.token.p);
}

static void
assert_token(struct arena *arena, const char *header, const char *token)
{
	struct credentials credentials;

	assert_int_equal(
		credentials_parse(arena, span_of(header), &credentials),
		OST_OK);
	assert_int_equal(credentials.scheme, SCHEME_BEARER);
	assert_true(span_eq(credentials.token, span_of(token)));
	assert_null(credentials.user.p);
	assert_null(credentials.password.p);
}

static void
no_header_is_no_credential(void **state)
{
	static const char *const headers[] = { NULL /* H01 */, "" /* H02 */ };

	for (size_t i = 0; i < COUNT(headers); i++) {
		struct credentials credentials = { .scheme = SCHEME_BASIC };

		assert_int_equal(credentials_parse(*state, span_of(headers[i]),
					 &credentials),
			OST_OK);
		assert_int_equal(credentials.scheme, SCHEME_NONE);
	}
}

static void
tokens_are_read(void **state)
{
	static const char *const cases[][2] = {
		{ "Bearer abc", "abc" },
		{ "bearer abc", "abc" },
		{ "BEARER abc", "abc" },
		{ "OAuth abc", "abc" },
		{ "oauth abc", "abc" },
		{ "OAUTH a.b_c-d~e+f/g==", "a.b_c-d~e+f/g==" },
		{ "Bearer    abc", "abc" }, /* H08 */
		{ "Bearer Basic", "Basic" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_token(*state, cases[i][0], cases[i][1]);
}

static void
headers_that_are_no_credential_are_refused(void **state)
{
	static const struct {
		const char *header;
		enum ost_err want;
	} cases[] = {
		{ "Basic", OST_DENIED },  /* H04, as servers trim it */
		{ "Basic ", OST_DENIED }, /* H04 */
		{ "Basic     ", OST_DENIED },
		{ "Bearer", OST_BADINPUT },  /* H05 */
		{ "Bearer ", OST_BADINPUT }, /* H05 */
		{ "OAuth    ", OST_BADINPUT },
		{ "Bearer\tabc", OST_DENIED }, /* H07 */
		{ "Bearer \tabc", OST_DENIED },
		{ "Basic\tYTpi", OST_DENIED },
		{ "Basic \tYTpi", OST_DENIED },
		{ "Basic AAA, Bearer BBB", OST_BADINPUT }, /* H10 */
		{ "Basic YTpi, Basic YTpi", OST_BADINPUT },
		{ "Bearer a, Basic b", OST_BADINPUT },
		{ "Bearer a,Bearer b", OST_BADINPUT },
		{ "Bearer, Bearer a", OST_BADINPUT },
		{ ", Bearer a", OST_BADINPUT },
		{ "Bearer a,", OST_BADINPUT },
		{ "Bearer a b", OST_DENIED },
		{ "Bearer a ", OST_DENIED },
		{ "Bearer a\x01", OST_DENIED }, /* H13 */
		{ "Bearer a\x7f", OST_DENIED },
		{ "Bearer a\nX: y", OST_DENIED },
		{ "Bearer \xc3\xa9", OST_DENIED }, /* H14 */
		{ "Basic \xff", OST_DENIED },
		{ "Be\xc3\xa9rer a", OST_DENIED },
		{ "Bearer =", OST_DENIED },
		{ "Bearer a=b", OST_DENIED },
		{ "Bearer a;b", OST_DENIED },
		{ "Bearer \"a\"", OST_DENIED },
		{ "Bearer token=a", OST_DENIED },
		{ "Bearera", OST_DENIED },
		{ "Bearer:a", OST_DENIED },
		{ " Bearer a", OST_DENIED },
		{ "   ", OST_DENIED },
		{ "abc", OST_DENIED },
		{ "Token abc", OST_DENIED },
		{ "Negotiate", OST_DENIED },
		{ "Digest username=\"a\", realm=\"b\"", OST_DENIED },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_refused(*state, span_of(cases[i].header), cases[i].want);
	assert_refused(*state, SPAN("Bearer a\0b"), OST_DENIED);
	assert_refused(*state, SPAN("Basic YTpi\0"), OST_DENIED);
}

/* A header of that scheme and size, all of it 'A'. */
static struct span
long_header(struct arena *arena, const char *scheme, size_t size)
{
	char *text = arena_alloc(arena, size);
	size_t n = strlen(scheme);

	assert_non_null(text);
	memset(text, 'A', size);
	memcpy(text, scheme, n);
	text[n] = ' ';
	return (struct span){ text, size };
}

static void
sizes_are_capped_before_decoding(void **state)
{
	struct credentials c;
	struct span header;

	/* H16: well-formed; nobody need read a store to refuse it. */
	header = long_header(*state, "Bearer", 7000);
	assert_int_equal(credentials_parse(*state, header, &c), OST_OK);
	assert_int_equal(c.token.n, 7000 - strlen("Bearer "));
	header = long_header(*state, "OAuth", TOKEN_SIZE_MAX);
	assert_int_equal(credentials_parse(*state, header, &c), OST_OK);
	header = long_header(*state, "Bearer", TOKEN_SIZE_MAX + 1);
	assert_refused(*state, header, OST_TOOBIG);
	header = long_header(*state, "Bearer", 9000); /* H17 */
	assert_refused(*state, header, OST_TOOBIG);
	header = long_header(*state, "Unknown", 9000);
	assert_refused(*state, header, OST_TOOBIG);
	header = long_header(*state, "Basic", BASIC_SIZE_MAX);
	assert_refused(*state, header, OST_DENIED);
	header = long_header(*state, "Basic", BASIC_SIZE_MAX + 1);
	assert_refused(*state, header, OST_TOOBIG);
	header = long_header(*state, "basic", 1 << 20); /* H19, B16 */
	assert_refused(*state, header, OST_TOOBIG);
}

static void
base64_is_strict(void **state)
{
	static const char *const headers[] = {
		"Basic !!!!",		      /* B01 */
		"Basic QQ",		      /* B02 */
		"Basic QQ=",		      /* B02 */
		"Basic QQ===",		      /* B02 */
		"Basic dTpw_-_-",	      /* B04: "u:p", then url-safe */
		"Basic YT pi",		      /* B05 */
		"Basic YT\rpi",		      /* B05 */
		"Basic YT\npi",		      /* B05 */
		"Basic YTpi=",		      /* surplus padding */
		"Basic =YTp",		      /* padding in front */
		"Basic YTo=YTo=",	      /* padding inside */
		"Basic dGVzdDoxMjPCox==",     /* 7617-05: not canonical */
		"Basic dGVzdDoxMjPCow",	      /* 7617-05: unpadded */
		"Basic YTp=",		      /* not zero pad bits */
		"Basic dGVzdDoxMjPCow==YTpi", /* more after the end */
	};

	for (size_t i = 0; i < COUNT(headers); i++)
		assert_refused(*state, span_of(headers[i]), OST_DENIED);
}

static void
basic_pairs_are_read(void **state)
{
	static const char *const cases[][3] = {
		{ "a:b", "a", "b" },
		{ "u:p:q", "u", "p:q" },     /* 7617-02 */
		{ "u:a:b:c", "u", "a:b:c" }, /* B14 */
		{ "u:", "u", "" },
		{ "u::", "u", ":" },
		{ "test:123\xc2\xa3", "test", "123\xc2\xa3" }, /* 7617-04 */
		{ "e\xcc\x81:p", "e\xcc\x81", "p" }, /* B17: bytes as sent */
		{ "\xc3\xa9:p", "\xc3\xa9", "p" },   /* B17 */
		/* B19: a name like any other, to be looked up as it is */
		{ "../../etc/passwd:p", "../../etc/passwd", "p" },
		{ "%2e%2e:p", "%2e%2e", "p" },
		/* B20: distinct here; the user module folds what it folds */
		{ "Admin:p", "Admin", "p" },
		{ "admin :p", "admin ", "p" },
		{ "admin.:p", "admin.", "p" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_basic(*state, basic(*state, span_of(cases[i][0])),
			cases[i][1], cases[i][2]);
	assert_basic(*state, SPAN("Basic dGVzdDoxMjPCow=="), "test",
		"123\xc2\xa3"); /* RFC 7617 section 2.1 */
	assert_basic(*state, SPAN("bAsIc   YTpi"), "a", "b"); /* H08 */
}

static void
basic_pairs_that_nobody_has_are_refused(void **state)
{
	const struct span pairs[] = {
		SPAN(""),
		SPAN("nocolon"),     /* 7617-02 */
		SPAN(":"),	     /* B07 */
		SPAN(":pw"),	     /* B08 */
		SPAN("admin\0x:pw"), /* B10 */
		SPAN("admin\0:pw"),
		SPAN("u:p\0w"),		 /* B11 */
		SPAN("u:pw\0"),		 /* B11 */
		SPAN("u:\xc0\xae"),	 /* B13: overlong */
		SPAN("u\xed\xa0\x80:p"), /* B13: surrogate */
		SPAN("u:\xff"),		 /* B13 */
		SPAN("u\xff:p"),	 /* B13 */
		SPAN("test:123\xa3"),	 /* 7617-04: ISO-8859-1 */
		SPAN("u\xc3:\xa9"),	 /* a character around the colon */
		SPAN("user\x1f:p"),	 /* B19 */
		SPAN("u\n:p"),
		SPAN("u:p\r\n"),
		SPAN("u:\x7f"),
		SPAN("u\t:p"),
	};

	for (size_t i = 0; i < COUNT(pairs); i++)
		assert_refused(*state, basic(*state, pairs[i]), OST_DENIED);
}

/* 6749-14 */
static void
a_client_s_pair_is_form_encoded(void **state)
{
	struct credentials c;
	struct span header = basic(*state, SPAN("a%3Ab+c:%20%25+%2B%C2%A3"));

	assert_int_equal(credentials_parse(*state, header, &c), OST_OK);
	assert_int_equal(credentials_form_decode(*state, &c), OST_OK);
	assert_true(span_eq(c.user, SPAN("a:b c")));
	assert_true(span_eq(c.password, SPAN(" % +\xc2\xa3")));
	header = basic(*state, SPAN("a%3Ab:p+%25%2B%26"));
	assert_int_equal(credentials_parse(*state, header, &c), OST_OK);
	assert_int_equal(credentials_form_decode(*state, &c), OST_OK);
	assert_true(span_eq(c.user, SPAN("a:b")));
	assert_true(span_eq(c.password, SPAN("p %+&")));
	header = SPAN("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
	assert_int_equal(credentials_parse(*state, header, &c), OST_OK);
	assert_int_equal(credentials_form_decode(*state, &c), OST_OK);
	assert_true(span_eq(c.user, SPAN("s6BhdRkqt3")));
	assert_true(span_eq(c.password, SPAN("7Fjfp0ZBr1KtDRbnfVdmIw")));
}

static void
a_client_s_broken_pair_is_refused(void **state)
{
	static const char *const pairs[] = { "u%:p", "u:%", "u:%4", "u:%zz",
		"u%00:p", "u:%00", "u:%0a", "u%7f:p", "u:%ff", "u:%c0%ae" };
	struct credentials c = { .scheme = SCHEME_BEARER };

	assert_int_equal(credentials_form_decode(*state, &c), OST_BADINPUT);
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct credentials before;

		assert_int_equal(credentials_parse(*state,
					 basic(*state, span_of(pairs[i])), &c),
			OST_OK);
		before = c;
		assert_int_equal(
			credentials_form_decode(*state, &c), OST_BADINPUT);
		assert_ptr_equal(c.user.p, before.user.p);
		assert_ptr_equal(c.password.p, before.password.p);
	}
}

int
test_credentials(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_header_is_no_credential),
		cmocka_unit_test(tokens_are_read),
		cmocka_unit_test(headers_that_are_no_credential_are_refused),
		cmocka_unit_test(sizes_are_capped_before_decoding),
		cmocka_unit_test(base64_is_strict),
		cmocka_unit_test(basic_pairs_are_read),
		cmocka_unit_test(basic_pairs_that_nobody_has_are_refused),
		cmocka_unit_test(a_client_s_pair_is_form_encoded),
		cmocka_unit_test(a_client_s_broken_pair_is_refused),
	};

	return cmocka_run_group_tests_name(
		"credentials", tests, setup, teardown);
}
