#include "request.h"

#include "buf.h"
#include "codec.h"
#include "content_type.h"
#include "crypto.h"

#include <arpa/inet.h>
#include <string.h>

#define ID_SIZE_MIN    8
#define ID_SIZE_MAX    64
#define ID_RANDOM_SIZE 16

/* The variables that are read here, sorted by name as strcmp() does. */
#define PARAMS(X)                                                              \
	X(CONTENT_LENGTH), X(CONTENT_TYPE), X(FCGI_ROLE), X(HTTPS),            \
		X(HTTP_AUTHORIZATION), X(HTTP_COOKIE), X(HTTP_ORIGIN),         \
		X(HTTP_X_APP_TOKEN), X(OSTIARY_METHOD), X(OSTIARY_REQUEST_ID), \
		X(OSTIARY_URI), X(PATH_INFO), X(PROTECT_MODE),                 \
		X(QUERY_STRING), X(REMOTE_ADDR), X(REQUEST_METHOD),            \
		X(REQUEST_SCHEME), X(REQUEST_URI), X(SCRIPT_NAME)
#define PARAM_ENUM(name) PARAM_##name
#define PARAM_TEXT(name) #name

enum param { PARAMS(PARAM_ENUM), PARAM_COUNT /* none of these */ };
static const char *const param_names[PARAM_COUNT] = { PARAMS(PARAM_TEXT) };

/* What stands in the parameters. A value that is empty or stands there more
 * than once is absent; count tells the two apart. */
struct scan {
	struct span value[PARAM_COUNT];
	size_t count[PARAM_COUNT];
};

static enum param
param_find(struct span name)
{
	size_t low = 0, high = PARAM_COUNT;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *known = param_names[middle];
		int order = strncmp(name.p, known, name.n);

		if (order == 0 && known[name.n] == '\0')
			return (enum param)middle;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return PARAM_COUNT;
}

/* Looks for name in params. How often it is there, at most 2; *value is the
 * last one. */
static unsigned int
param_count(const char *const *params, struct span name, struct span *value)
{
	unsigned int n = 0;

	for (; *params != NULL && n < 2; params++) {
		if (strncmp(*params, name.p, name.n) != 0 ||
			(*params)[name.n] != '=')
			continue;
		*value = span_of(*params + name.n + 1);
		n++;
	}
	return n;
}

static enum ost_err
params_scan(const char *const *params, struct scan *scan)
{
	enum ost_err err = OST_OK;

	for (size_t i = 0; params[i] != NULL; i++) {
		struct span value = span_of(params[i]), name, ignored;
		enum param param;

		if (!span_cut(&value, '=', &name))
			continue;
		param = param_find(name);
		if (param == PARAM_COUNT) {
			if (span_starts(name, SPAN("OSTIARY_")) &&
				param_count(params + i + 1, name, &ignored) > 0)
				err = OST_BADINPUT;
			continue;
		}
		if (scan->count[param]++ > 0) {
			scan->value[param] = SPAN_ABSENT;
			err = OST_BADINPUT;
		} else if (value.n > 0) {
			scan->value[param] = value;
		}
	}
	return err;
}

static enum transport
transport_of(const struct scan *scan)
{
	struct span https = scan->value[PARAM_HTTPS];
	struct span scheme = scan->value[PARAM_REQUEST_SCHEME];
	bool has_https = !span_is_absent(https);
	bool has_scheme = !span_is_absent(scheme);

	if (scan->count[PARAM_HTTPS] > 1 ||
		scan->count[PARAM_REQUEST_SCHEME] > 1 ||
		(!has_https && !has_scheme))
		return TRANSPORT_UNKNOWN;
	if ((!has_https || span_eq(https, SPAN("on"))) &&
		(!has_scheme || span_eq(scheme, SPAN("https"))))
		return TRANSPORT_HTTPS;
	if ((!has_https || span_eq(https, SPAN("off"))) &&
		(!has_scheme || span_eq(scheme, SPAN("http"))))
		return TRANSPORT_HTTP;
	return TRANSPORT_UNKNOWN;
}

static enum ost_err
face_of(const struct scan *scan, enum face *face)
{
	struct span mode = scan->value[PARAM_PROTECT_MODE];

	*face = FACE_NONE;
	if (scan->count[PARAM_FCGI_ROLE] > 1 ||
		scan->count[PARAM_PROTECT_MODE] > 1)
		return OST_BADINPUT;
	if (span_eq(scan->value[PARAM_FCGI_ROLE], SPAN("AUTHORIZER")))
		*face = FACE_AUTHORIZER;
	else if (span_eq(mode, SPAN("nginx")))
		*face = FACE_NGINX;
	else if (span_eq(mode, SPAN("forward")))
		*face = FACE_FORWARD;
	else if (span_eq(mode, SPAN("serve")))
		*face = FACE_SERVE;
	else if (!span_is_absent(mode))
		return OST_BADINPUT;
	return OST_OK;
}

static bool
id_is_valid(struct span id)
{
	if (id.n < ID_SIZE_MIN || id.n > ID_SIZE_MAX)
		return false;
	for (size_t i = 0; i < id.n; i++)
		if (!char_is_alnum(id.p[i]) && id.p[i] != '-')
			return false;
	return true;
}

static enum ost_err
take_id(struct request *request, struct span id)
{
	char bytes[ID_RANDOM_SIZE];
	struct buf buf;

	if (id_is_valid(id)) {
		request->id = id;
		return OST_OK;
	}
	crypto_random(bytes, sizeof(bytes));
	buf_init(&buf, request->arena);
	hex_encode(&buf, (struct span){ bytes, sizeof(bytes) });
	return buf_span(&buf, &request->id);
}

static bool
has_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (char_is_control(s.p[i]))
			return true;
	return false;
}

/* RFC 9110 section 9.1: a token, and case matters. */
static enum ost_err
take_method(struct request *request, struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!char_is_alnum(name.p[i]) &&
			!span_has(SPAN("!#$%&'*+-.^_`|~"), name.p[i]))
			return OST_BADINPUT;
	if (name.n == 0)
		return OST_BADINPUT;
	request->method_name = name;
	request->is_head = span_eq(name, SPAN("HEAD"));
	if (request->is_head || span_eq(name, SPAN("GET")))
		request->method = METHOD_GET;
	else if (span_eq(name, SPAN("POST")))
		request->method = METHOD_POST;
	else if (span_eq(name, SPAN("DELETE")))
		request->method = METHOD_DELETE;
	return OST_OK;
}

/* A guard is called with a URI that the web server has left alone, and with a
 * QUERY_STRING that may be its own sub-request's. */
static enum ost_err
take_uri(struct request *request, const struct scan *scan, struct span uri)
{
	struct span before, query = uri;

	if (!span_cut(&query, '?', &before))
		query = SPAN_ABSENT;
	if ((request->face == FACE_NONE || request->face == FACE_SERVE) &&
		!span_is_absent(scan->value[PARAM_QUERY_STRING]))
		query = scan->value[PARAM_QUERY_STRING];
	request->uri = uri;
	request->query = query;
	return has_control(uri) || has_control(query) ? OST_BADINPUT : OST_OK;
}

static enum ost_err
take_target(struct request *request, const struct scan *scan)
{
	struct span method = scan->value[PARAM_REQUEST_METHOD];
	struct span uri = scan->value[PARAM_REQUEST_URI];
	enum ost_err err;

	if (request->face == FACE_FORWARD) {
		if (scan->count[PARAM_OSTIARY_METHOD] > 0)
			method = scan->value[PARAM_OSTIARY_METHOD];
		if (scan->count[PARAM_OSTIARY_URI] > 0)
			uri = scan->value[PARAM_OSTIARY_URI];
	}
	err = take_uri(request, scan, uri);
	return take_method(request, method) == OST_OK ? err : OST_BADINPUT;
}

static enum ost_err
take_path(struct request *request, const struct scan *scan)
{
	struct span name = scan->value[PARAM_SCRIPT_NAME];
	struct span info = scan->value[PARAM_PATH_INFO];
	struct buf buf;

	request->path_info = info;
	request->path = span_is_absent(info) ? name : info;
	if (has_control(name) || has_control(info))
		return OST_BADINPUT;
	if (span_is_absent(name) || span_is_absent(info))
		return OST_OK;
	buf_init(&buf, request->arena);
	buf_add(&buf, name);
	buf_add(&buf, info);
	return buf_span(&buf, &request->path);
}

/* RFC 3875 section 4.1.2; the most is what an off_t holds. */
static enum ost_err
take_length(struct request *request, struct span length)
{
	if (span_is_absent(length))
		return OST_OK;
	if (span_to_u64(length, 0, INT64_MAX, &request->content_length) !=
		OST_OK)
		return OST_BADINPUT;
	request->has_body = request->content_length > 0;
	return OST_OK;
}

/* text ends in a NUL. */
static enum ost_err
take_address(struct request *request, struct span text)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned char bytes[sizeof(struct in6_addr)];
	char canonical[INET6_ADDRSTRLEN];
	int family = AF_INET;

	if (span_is_absent(text))
		return OST_BADINPUT;
	if (inet_pton(AF_INET, text.p, bytes) != 1) {
		if (inet_pton(AF_INET6, text.p, bytes) != 1)
			return OST_BADINPUT;
		if (memcmp(bytes, mapped, sizeof(mapped)) == 0)
			memcpy(bytes, bytes + sizeof(mapped), 4);
		else
			family = AF_INET6;
	}
	if (inet_ntop(family, bytes, canonical, sizeof(canonical)) == NULL)
		return OST_BADINPUT;
	return arena_copy(
		request->arena, span_of(canonical), &request->address);
}

/* The first error counts; what comes after it is filled in all the same. */
static void
keep_first(enum ost_err *first, enum ost_err err)
{
	if (*first == OST_OK)
		*first = err;
}

enum ost_err
request_parse(struct request *request, struct arena *arena,
	const char *const *params, bool is_cgi)
{
	struct scan scan = { 0 };
	enum ost_err err;

	*request = (struct request){ .arena = arena,
		.params = params,
		.is_cgi = is_cgi,
		.method = METHOD_OTHER };
	err = params_scan(params, &scan);
	request->transport = transport_of(&scan);
	keep_first(&err, face_of(&scan, &request->face));
	keep_first(
		&err, take_id(request, scan.value[PARAM_OSTIARY_REQUEST_ID]));
	keep_first(&err, take_address(request, scan.value[PARAM_REMOTE_ADDR]));
	keep_first(&err, take_target(request, &scan));
	keep_first(&err, take_path(request, &scan));
	keep_first(
		&err, take_length(request, scan.value[PARAM_CONTENT_LENGTH]));
	request->content_type = scan.value[PARAM_CONTENT_TYPE];
	request->authorization = scan.value[PARAM_HTTP_AUTHORIZATION];
	request->cookie = scan.value[PARAM_HTTP_COOKIE];
	request->origin = scan.value[PARAM_HTTP_ORIGIN];
	request->app_token = scan.value[PARAM_HTTP_X_APP_TOKEN];
	return err;
}

enum ost_err
request_param(
	const struct request *request, const char *name, struct span *value)
{
	struct span found = SPAN_ABSENT;

	if (param_count(request->params, span_of(name), &found) > 1)
		return OST_BADINPUT;
	if (found.n == 0)
		return OST_NOTFOUND;
	*value = found;
	return OST_OK;
}

enum ost_err
request_cookie(
	const struct request *request, const char *name, struct span *value)
{
	struct span rest = request->cookie, found = SPAN_ABSENT, pair, key;

	while (span_next(&rest, ';', &pair)) {
		pair = span_trim(pair);
		if (!span_cut(&pair, '=', &key) || !span_eq(key, span_of(name)))
			continue;
		if (!span_is_absent(found))
			return OST_NOTFOUND;
		found = pair;
	}
	if (found.n == 0 || has_control(found))
		return OST_NOTFOUND;
	*value = found;
	return OST_OK;
}

bool
request_is_form(const struct request *request)
{
	return content_type_is(request->content_type,
		SPAN("application/x-www-form-urlencoded"));
}

bool
request_is_json(const struct request *request)
{
	return content_type_is(request->content_type, SPAN("application/json"));
}

enum ost_err
request_address_key(const struct request *request, struct span *key)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	char network[INET6_ADDRSTRLEN];
	struct buf buf;

	if (span_is_absent(request->address))
		return OST_BADINPUT;
	if (inet_pton(AF_INET6, request->address.p, bytes) != 1) {
		*key = request->address;
		return OST_OK;
	}
	memset(bytes + 8, 0, sizeof(bytes) - 8);
	if (inet_ntop(AF_INET6, bytes, network, sizeof(network)) == NULL)
		return OST_BADINPUT;
	buf_init(&buf, request->arena);
	buf_text(&buf, network);
	buf_text(&buf, "/64");
	return buf_span(&buf, key);
}
