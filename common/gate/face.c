#include "face.h"
#include "path.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* SCRIPT_FILENAME less DOCUMENT_ROOT. */
static enum ost_err
physical_path(const struct request *request, struct span *path)
{
	struct span file, root;

	if (request_param(request, "SCRIPT_FILENAME", &file) != OST_OK ||
		request_param(request, "DOCUMENT_ROOT", &root) != OST_OK)
		return OST_DENIED;
	while (root.n > 0 && root.p[root.n - 1] == '/')
		root.n--;
	if (!span_starts(file, root))
		return OST_DENIED;
	*path = span_skip(file, root.n);
	return OST_OK;
}

static enum ost_err
authorizer_path(const struct request *request, struct span *path)
{
	struct span served, asked;
	enum ost_err err = request_param(request, "OSTIARY_PATH", &served);

	if (err == OST_NOTFOUND)
		err = physical_path(request, &served);
	if (err != OST_OK)
		return OST_DENIED;
	err = path_canonical(request->arena, request->uri, &asked);
	if (err == OST_NOMEM)
		return err;
	if (err != OST_OK || !span_eq(served, asked))
		return OST_DENIED;
	*path = served;
	return OST_OK;
}

enum ost_err
face_path(const struct request *request, struct span *path)
{
	struct span found = SPAN_ABSENT;
	enum ost_err err = OST_DENIED;

	switch (request->face) {
	case FACE_AUTHORIZER:
		err = authorizer_path(request, &found);
		break;
	case FACE_NGINX:
		err = request_param(request, "OSTIARY_PATH", &found);
		break;
	case FACE_FORWARD:
		err = path_canonical(request->arena, request->uri, &found);
		break;
	case FACE_SERVE:
		found = request->path_info;
		err = OST_OK;
		break;
	case FACE_NONE:
		break;
	}
	if (err == OST_NOMEM)
		return err;
	if (err != OST_OK || !path_is_canonical(found))
		return OST_DENIED;
	*path = found;
	return OST_OK;
}

enum ost_err
face_file_path(
	const struct request *request, struct span path, struct span *file)
{
	struct span name, tail;
	struct stat st;
	char *copy;
	size_t n;

	*file = path;
	if (request->face != FACE_AUTHORIZER ||
		request_param(request, "SCRIPT_FILENAME", &name) != OST_OK)
		return OST_OK;
	n = name.n;
	copy = arena_alloc(request->arena, n + 1);
	if (copy == NULL)
		return OST_NOMEM;
	memcpy(copy, name.p, n);
	/* The longest leading part that names a file. */
	while (n > 1 && stat(copy, &st) != 0 && errno == ENOTDIR) {
		do
			n--;
		while (n > 1 && copy[n] != '/');
		copy[n] = '\0';
	}
	tail = span_skip(name, n);
	if (tail.n > 0 && span_ends(path, tail))
		file->n = path.n - tail.n;
	return OST_OK;
}

struct rename {
	const char *from, *to;
};

/* What an authorizer's yes says to lighttpd and Apache: its headers are
 * dropped, its variables reach the backend and the lua. */
static const struct rename variables[] = {
	{ "X-Ostiary-User", "Variable-REMOTE_USER" },
	{ "X-Ostiary-User-Id", "Variable-OSTIARY_USER_ID" },
	{ "X-Ostiary-Roles", "Variable-OSTIARY_ROLES" },
	{ "X-Ostiary-App", "Variable-OSTIARY_APP" },
	{ "X-Ostiary-Scope", "Variable-OSTIARY_SCOPE" },
	{ "X-RateLimit-Limit", "Variable-OSTIARY_RL_LIMIT" },
	{ "X-RateLimit-Remaining", "Variable-OSTIARY_RL_REMAINING" },
	{ "X-RateLimit-Reset", "Variable-OSTIARY_RL_RESET" },
	{ "X-Request-Id", "Variable-OSTIARY_REQUEST_ID" },
	{ "Access-Control-Allow-Origin", "Variable-OSTIARY_CORS_ORIGIN" },
	{ "Access-Control-Expose-Headers", "Variable-OSTIARY_CORS_EXPOSE" },
	{ "Vary", "Variable-OSTIARY_VARY" },
	{ NULL, NULL },
};

/* nginx passes on a status of 403 only, and of its headers what the shipped
 * configuration asks for by these names. */
static const struct rename denials[] = {
	{ "WWW-Authenticate", "X-Ostiary-Challenge" },
	{ "Retry-After", "X-Ostiary-Retry-After" },
	{ "X-RateLimit-Limit", "X-RateLimit-Limit" },
	{ "X-RateLimit-Remaining", "X-RateLimit-Remaining" },
	{ "X-RateLimit-Reset", "X-RateLimit-Reset" },
	{ "Access-Control-Allow-Origin", "Access-Control-Allow-Origin" },
	{ "Access-Control-Expose-Headers", "Access-Control-Expose-Headers" },
	{ "Access-Control-Allow-Methods", "Access-Control-Allow-Methods" },
	{ "Access-Control-Allow-Headers", "Access-Control-Allow-Headers" },
	{ "Access-Control-Max-Age", "Access-Control-Max-Age" },
	{ "Vary", "Vary" },
	{ NULL, NULL },
};

/* Rebuilds the headers under the table's names; the others go. A second
 * challenge gets "-2" behind its name. */
static void
rename_headers(struct response *response, const struct rename *table)
{
	struct span rest = { response->headers.p, response->headers.n };
	bool is_failed = response->headers.is_failed;
	struct span line, name;
	unsigned int challenges = 0;

	buf_init(&response->headers, response->arena);
	response->headers.is_failed = is_failed;
	while (span_cut(&rest, '\n', &line)) {
		struct span value = span_trim(line);
		const struct rename *r = table;

		if (!span_cut(&value, ':', &name))
			continue;
		while (r->from != NULL && !span_eq(span_of(r->from), name))
			r++;
		if (r->from == NULL)
			continue;
		if (value.n > 0 && value.p[value.n - 1] == '\r')
			value.n--;
		value = span_trim(value);
		if (span_eq(name, SPAN("WWW-Authenticate")) &&
			challenges++ == 1)
			response_header(
				response, "X-Ostiary-Challenge-2", value);
		else
			response_header(response, r->to, value);
	}
}

static void
apply_nginx(struct response *response)
{
	struct span body = { response->body.p, response->body.n };
	struct buf line;
	struct span text;

	if (response->status == 200)
		return;
	/* Our own failure stays a 500: the server answers 503 itself. */
	if (response->status == 500)
		return;
	rename_headers(response, denials);
	response_header_u64(
		response, "X-Ostiary-Status", (uint64_t)response->status);
	buf_init(&line, response->arena);
	for (size_t i = 0; i < body.n; i++)
		if (body.p[i] != '\n' && body.p[i] != '\r')
			buf_char(&line, body.p[i]);
	if (buf_span(&line, &text) != OST_OK)
		response->headers.is_failed = true;
	else if (text.n > 0)
		response_header(response, "X-Ostiary-Body", text);
	response->true_status = response->status;
	response->status = 403;
	buf_clear(&response->body);
}

void
face_apply(const struct request *request, struct response *response)
{
	if (request->face == FACE_NGINX) {
		apply_nginx(response);
	} else if (request->face == FACE_AUTHORIZER &&
		   response->status == 200) {
		rename_headers(response, variables);
		response_header(response, "Variable-OSTIARY_OK", SPAN("1"));
		buf_clear(&response->body);
	}
}
