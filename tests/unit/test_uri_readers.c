/* What other parsers make of whatever our redirect URI rules accept. */
#include "redirect.h"
#include "vectors.h"

#include <regex.h>

int test_uri_readers(void);

#define PREFIX	     "https://good.example/app"
#define REDIRECTS    558 /* lines of the file that are not empty */
#define URL_TESTS    869
#define MUTATIONS    200000
#define MUTATION_MAX 512

static const struct app app = {
	.prefixes = { PREFIX, sizeof(PREFIX) - 1 },
};

static void
decode(struct span text, char *out)
{
	unsigned int byte;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '%' && sscanf(text.p + i + 1, "%2x", &byte) == 1) {
			c = (char)byte;
			i += 2;
		}
		*out++ = c == '\\' ? '/' : c;
	}
	*out = '\0';
}

/* What a careless server makes of a path: decoded, path parameters dropped,
 * dot segments resolved. */
static void
careless_path(struct span path, char *out)
{
	char decoded[URI_SIZE_MAX + 1];
	size_t n = 0;

	decode(path, decoded);
	for (char *p = strtok(decoded, "/"); p != NULL; p = strtok(NULL, "/")) {
		p[strcspn(p, ";")] = '\0';
		if (strcmp(p, "..") == 0)
			while (n > 0 && out[--n] != '/')
				;
		else if (strcmp(p, ".") != 0)
			n += (size_t)sprintf(out + n, "/%s", p);
	}
	out[n] = '\0';
}

/* What must hold for anything accepted below PREFIX, read by the regular
 * expression of RFC 3986 appendix B. */
static void
assert_below_prefix(regex_t *pattern, struct span uri)
{
	char text[URI_SIZE_MAX + 1], path[URI_SIZE_MAX + 1];
	regmatch_t at[10];
	struct span authority;

	memcpy(text, uri.p, uri.n);
	text[uri.n] = '\0';
	assert_int_equal(strlen(text), uri.n);
	assert_int_equal(regexec(pattern, text, 10, at, 0), 0);
	assert_int_equal(at[2].rm_eo, 5);
	assert_int_equal(at[8].rm_so, -1);
	authority = (struct span){ text + at[4].rm_so,
		(size_t)(at[4].rm_eo - at[4].rm_so) };
	if (!span_eq_nocase(authority, SPAN("good.example")) &&
		!span_eq_nocase(authority, SPAN("good.example:443")))
		fail_msg("accepted: %s", text);
	careless_path((struct span){ text + at[5].rm_so,
			      (size_t)(at[5].rm_eo - at[5].rm_so) },
		path);
	if (strncmp(path, "/app", 4) != 0 ||
		(path[4] != '\0' && path[4] != '/'))
		fail_msg("accepted: %s, path %s", text, path);
}

static void
pattern_make(regex_t *pattern)
{
	assert_int_equal(
		regcomp(pattern,
			"^(([^:/?#]+):)?(//([^/?#]*))?([^?#]*)(\\?([^#]*))?"
			"(#(.*))?",
			REG_EXTENDED),
		0);
}

static void
no_open_redirect_is_accepted(void **state)
{
	const char *folder = getenv("OSTIARY_VECTORS");
	char path[1024], line[1024];
	size_t lines = 0;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/url/oauth2-proxy-openredirects.txt",
		folder != NULL ? folder : "tests/vectors");
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		struct span uri = { line, strcspn(line, "\n") };

		if (uri.n == 0)
			continue;
		lines++;
		if (redirect_check(&app, uri) == URI_OK)
			fail_msg("accepted: %.*s", SPAN_ARG(uri));
	}
	fclose(file);
	assert_int_equal(lines, REDIRECTS);
}

/* The URL standard's own parse of what ours takes must be the same. */
static void
assert_read_alike(struct json_object *test, struct span input)
{
	char origin[URI_SIZE_MAX + 32];
	struct span whole;
	struct uri uri;

	if (uri_parse(input, &uri) != URI_OK)
		return;
	snprintf(origin, sizeof(origin),
		uri.port == 443 ? "https://%.*s" : "https://%.*s:%u",
		SPAN_ARG(uri.host), (unsigned int)uri.port);
	whole = span_of(origin);
	if (!span_eq_nocase(vector_text(test, "origin"), whole))
		fail_msg("%.*s", SPAN_ARG(input));
	assert_span(vector_text(test, "pathname"),
		uri.path.n > 0 ? uri.path : SPAN("/"));
	if (uri.query.n > 0)
		assert_span(
			span_skip(vector_text(test, "search"), 1), uri.query);
	assert_int_equal(vector_text(test, "username").n, 0);
	assert_int_equal(vector_text(test, "hash").n, 0);
}

static void
the_url_standard_reads_the_same(void **state)
{
	struct json_object *root = vectors_read("url/urltestdata.json");
	size_t tests = 0, alike = 0;

	(void)state;
	for (size_t i = 0; i < json_object_array_length(root); i++) {
		struct json_object *test = json_object_array_get_idx(root, i);
		struct span input;

		if (!json_object_is_type(test, json_type_object))
			continue;
		tests++;
		input = vector_text(test, "input");
		alike += redirect_uri_check(false, input) == URI_OK;
		assert_read_alike(test, input);
	}
	json_object_put(root);
	assert_int_equal(tests, URL_TESTS);
	assert_true(alike >= 3);
}

/* xorshift: the same mutations in each run. */
static uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static const char *const fragments[] = { "@", ":", "/", "//", "\\", "?", "#",
	"&", ";", "..", ".", "/..", "/../", "/./", "..;/", "%2e", "%2E%2e",
	"%2f", "%5c", "%252e", "%3b", "%23", "%3f", "%40", "%00", "%0d%0a",
	"\r\n", "\t", " ", "%20", "%", "%4", "%zz", "%7E", "~", "\303\251",
	"%C3%A9", ":443", ":444", ":0", ":", ".evil.com", "evil.com",
	"evil.com/", "@evil.com", "https://", "http://", "javascript:", "[::1]",
	"code=x", "?state=", "&iss=1", "%63ode", "a=b", "app", "/app", "x" };

/* Puts a fragment at a random place of text, over 0 to 3 of its bytes. */
static struct span
spliced(struct span text, uint32_t *seed, char *room)
{
	const char *fragment = fragments[next_random(seed) % COUNT(fragments)];
	size_t at = next_random(seed) % (text.n + 1);
	size_t over = next_random(seed) % 4;
	struct span tail = span_skip(text, at + over);
	int n = snprintf(room, MUTATION_MAX, "%.*s%s%.*s", (int)at, text.p,
		fragment, SPAN_ARG(tail));

	return (struct span){ room, (size_t)n };
}

static void
mutations_stay_below_the_prefix(void **state)
{
	static const struct span bases[] = {
		{ PREFIX, sizeof(PREFIX) - 1 },
		{ PREFIX "/x/y", sizeof(PREFIX "/x/y") - 1 },
		{ PREFIX "/?a=b", sizeof(PREFIX "/?a=b") - 1 },
	};
	char rooms[2][MUTATION_MAX];
	uint32_t seed = 20240229;
	size_t accepted = 0;
	regex_t pattern;

	(void)state;
	pattern_make(&pattern);
	for (size_t i = 0; i < MUTATIONS; i++) {
		struct span uri = bases[i % COUNT(bases)];
		size_t splices = 1 + next_random(&seed) % 3;

		for (size_t k = 0; k < splices; k++)
			uri = spliced(uri, &seed, rooms[k % 2]);
		if (redirect_check(&app, uri) != URI_OK)
			continue;
		accepted++;
		assert_below_prefix(&pattern, uri);
	}
	regfree(&pattern);
	assert_true(accepted > MUTATIONS / 100);
}

/* Each input of the URL standard's tests, put behind a good URI. */
static void
url_tests_behind_the_prefix_stay_there(void **state)
{
	static const char *const glue[] = { "", "/", "?", "?a=", ".", ":" };
	struct json_object *root = vectors_read("url/urltestdata.json");
	char uri[URI_SIZE_MAX];
	regex_t pattern;
	size_t accepted = 0;

	(void)state;
	pattern_make(&pattern);
	for (size_t i = 0; i < json_object_array_length(root); i++) {
		struct json_object *test = json_object_array_get_idx(root, i);
		struct span input;

		if (!json_object_is_type(test, json_type_object))
			continue;
		input = vector_text(test, "input");
		for (size_t k = 0; k < COUNT(glue); k++) {
			int n = snprintf(uri, sizeof(uri), PREFIX "%s%.*s",
				glue[k], SPAN_ARG(input));
			struct span text = { uri, (size_t)n };

			if (text.n >= sizeof(uri) ||
				redirect_check(&app, text) != URI_OK)
				continue;
			accepted++;
			assert_below_prefix(&pattern, text);
		}
	}
	regfree(&pattern);
	json_object_put(root);
	assert_true(accepted > 100);
}

int
test_uri_readers(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_open_redirect_is_accepted),
		cmocka_unit_test(the_url_standard_reads_the_same),
		cmocka_unit_test(mutations_stay_below_the_prefix),
		cmocka_unit_test(url_tests_behind_the_prefix_stay_there),
	};

	return cmocka_run_group_tests_name("uri_readers", tests, NULL, NULL);
}
