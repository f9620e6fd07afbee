#include "file.h"
#include "codec.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *suffix, *type;
} types[] = {
	{ ".json", "application/json" },
	{ ".geojson", "application/geo+json" },
	{ ".html", "text/html; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".csv", "text/csv; charset=utf-8" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".xml", "application/xml" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".pdf", "application/pdf" },
	{ ".gz", "application/gzip" },
	{ ".zip", "application/zip" },
};

static const char *
type_of(struct span name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_ends(name, span_of(types[i].suffix)))
			return types[i].type;
	return "application/octet-stream";
}

/* Opens below the folder; the kernel refuses any way out of it. */
static int
open_below(int folder, const char *name)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, folder, name, &how, sizeof(how));
}

static bool
has_dot_name(struct span path)
{
	struct span rest = path, piece;

	while (span_next(&rest, '/', &piece))
		if (piece.n > 0 && piece.p[0] == '.')
			return true;
	return false;
}

static void
respond_error(struct response *response, struct span path, enum api_code code)
{
	bool is_xml = path.n >= 4 &&
		      span_eq_nocase(span_skip(path, path.n - 4), SPAN(".xml"));

	response_error(response, is_xml ? FORMAT_XML : FORMAT_JSON, code, NULL);
}

static void
respond_file(const struct request *request, struct response *response, int fd,
	const struct stat *st, struct span name)
{
	struct span etag, known;
	struct buf buf;

	buf_init(&buf, request->arena);
	buf_printf(&buf, "\"%llx-%llx\"",
		(unsigned long long)st->st_mtim.tv_sec * 1000000000u +
			(unsigned long long)st->st_mtim.tv_nsec,
		(unsigned long long)st->st_size);
	if (buf_span(&buf, &etag) == OST_OK)
		response_header(response, "ETag", etag);
	if (request_param(request, "HTTP_IF_NONE_MATCH", &known) == OST_OK &&
		span_eq(known, etag)) {
		response_begin(response, 304, "ok", NULL);
		close(fd);
		return;
	}
	response_begin(response, 200, "ok", type_of(name));
	response_header(response, "X-Content-Type-Options", SPAN("nosniff"));
	response->file_fd = fd;
	response->file_size = (uint64_t)st->st_size;
}

/* A relative reference to the path's last segment with a slash: a target
 * such as "//host/x" cannot turn it into another host. */
static void
redirect_to_folder(struct response *response, struct span path)
{
	struct span rest = path, piece, location;
	struct buf buf;

	while (span_next(&rest, '/', &piece))
		continue;
	buf_init(&buf, response->arena);
	buf_text(&buf, "./");
	percent_encode(&buf, piece);
	buf_char(&buf, '/');
	response_begin(response, 301, "folder", NULL);
	if (buf_span(&buf, &location) == OST_OK)
		response_header(response, "Location", location);
	else
		response->headers.is_failed = true;
}

static void
respond_folder(const struct request *request, struct response *response,
	int folder, struct span path)
{
	static const char *const names[] = { "index.json", "index.html" };

	if (path.p[path.n - 1] != '/') {
		redirect_to_folder(response, path);
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		int fd = open_below(folder, names[i]);
		struct stat st;

		if (fd < 0)
			continue;
		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
			respond_file(
				request, response, fd, &st, span_of(names[i]));
			return;
		}
		close(fd);
	}
	respond_error(response, path, CODE_NOT_FOUND);
}

enum ost_err
file_respond(const struct request *request, struct response *response,
	struct span root, struct span path)
{
	struct span name;
	struct stat st;
	int folder, fd;

	if (request->method != METHOD_GET) {
		respond_error(response, path, CODE_METHOD_NOT_ALLOWED);
		response_header(response, "Allow", SPAN("GET, HEAD"));
		return OST_OK;
	}
	if (arena_copy(request->arena, span_skip(path, 1), &name) != OST_OK)
		return OST_NOMEM;
	folder = open(root.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) {
		log_message("error", "protect_root %s: %s", root.p,
			strerror(errno));
		return OST_SYSTEM;
	}
	fd = has_dot_name(path) ? -1
				: open_below(folder, name.n ? name.p : ".");
	close(folder);
	if (fd < 0 || fstat(fd, &st) != 0) {
		respond_error(response, path, CODE_NOT_FOUND);
		if (fd >= 0)
			close(fd);
		return OST_OK;
	}
	if (S_ISDIR(st.st_mode)) {
		respond_folder(request, response, fd, path);
		close(fd);
	} else if (S_ISREG(st.st_mode)) {
		respond_file(request, response, fd, &st, path);
	} else {
		respond_error(response, path, CODE_NOT_FOUND);
		close(fd);
	}
	return OST_OK;
}
