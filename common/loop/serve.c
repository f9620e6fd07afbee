#include "serve.h"
#include "clock.h"
#include "crypto.h"
#include "face.h"
#include "gateway.h"
#include "limit.h"
#include "log.h"
#include "open_cors.h"
#include "process.h"
#include "refuse.h"
#include "verified.h"

#include <unistd.h>

#define REQUEST_MEMORY_MAX (8u << 20) /* bytes a request may take */

struct server {
	const struct endpoint *endpoint;
	struct arena *arena;
	struct context context;
	struct verified *verified;
	bool is_open;
	bool is_cgi;
};

/* The path by which errors choose their format and which the log shows. */
static struct span
shown_path(const struct endpoint *endpoint, const struct request *request)
{
	struct span path;

	if (!endpoint->guards)
		return request->path;
	if (face_path(request, &path) == OST_OK)
		return path;
	return SPAN_ABSENT;
}

/* FastCGI goes on when the state is not there, and looks again at each
 * request; until then every answer is 503. */
static enum ost_err
prepare(struct server *server)
{
	bool needs_policy =
		server->endpoint->guards || server->endpoint->needs_policy;
	enum ost_err err;

	if (server->is_open) {
		err = context_refresh(&server->context, server->arena);
	} else {
		err = context_open(config_path(), server->endpoint->name,
			(needs_policy ? CONTEXT_POLICY : 0) |
				(server->endpoint->shows_policy
						? CONTEXT_POLICY_IF_GOOD
						: 0) |
				(server->endpoint->has_pages ? CONTEXT_PAGES
							     : 0),
			server->arena, &server->context);
		server->is_open = err == OST_OK;
	}
	if (!server->is_open)
		return err == OST_NOMEM ? err : OST_STORE;
	server->context.verified = server->verified;
	return err;
}

/* How its pages look, and in which language, until it is known who asks. */
static void
set_look(const struct context *c, const struct request *request,
	struct response *response)
{
	struct look *look = &response->look;

	*look = (struct look){
		.site_name = c->config->site_name,
		.has_logo = !span_is_absent(c->config->logo),
		.has_style = !span_is_absent(c->config->style),
		.messages = c->messages,
	};
	if (request_param(request, "HTTP_ACCEPT_LANGUAGE",
		    &look->accept_language) != OST_OK)
		look->accept_language = SPAN_ABSENT;
	look->language = messages_pick(
		look->messages, SPAN_ABSENT, look->accept_language);
}

static enum ost_err
read_body(struct gateway *gateway, const struct endpoint *endpoint,
	struct request *request)
{
	char *bytes;
	enum ost_err err;

	if (endpoint->guards || !request->has_body)
		return OST_OK;
	if (request->content_length > endpoint->body_max)
		return OST_TOOBIG;
	bytes = arena_alloc(
		request->arena, (size_t)request->content_length + 1);
	if (bytes == NULL)
		return OST_NOMEM;
	err = gateway_read(gateway, bytes, (size_t)request->content_length);
	if (err == OST_OK)
		request->body =
			(struct span){ bytes, (size_t)request->content_length };
	return err;
}

static struct span
method_list(const struct endpoint *endpoint)
{
	static const char *const lists[] = {
		[METHOD_GET] = "GET, HEAD",
		[METHOD_POST] = "POST",
		[METHOD_GET | METHOD_POST] = "GET, HEAD, POST",
		[METHOD_DELETE] = "DELETE",
		[METHOD_GET | METHOD_DELETE] = "GET, HEAD, DELETE",
		[METHOD_POST | METHOD_DELETE] = "POST, DELETE",
		[METHOD_GET | METHOD_POST | METHOD_DELETE] =
			"GET, HEAD, POST, DELETE",
	};

	return span_of(lists[endpoint->methods & (METHOD_OTHER - 1)]);
}

static void
refuse_method(const struct server *server, const struct request *request,
	struct response *response)
{
	refuse_code(&server->context, response, request->path,
		CODE_METHOD_NOT_ALLOWED);
	response_header(response, "Allow", method_list(server->endpoint));
}

/* Everything between a parsed request and its answer. */
static enum ost_err
answer(struct server *server, struct gateway *gateway, struct request *request,
	enum ost_err parsed, struct response *response)
{
	const struct endpoint *endpoint = server->endpoint;
	enum ost_err err, body_err;

	response->subject = request->address;
	err = prepare(server);
	if (err != OST_OK)
		return err;
	if (parsed != OST_OK)
		return parsed;
	if (endpoint->has_pages)
		set_look(&server->context, request, response);
	body_err = read_body(gateway, endpoint, request);
	if (request->transport != TRANSPORT_HTTPS)
		return refuse_insecure(&server->context, request, response,
			shown_path(endpoint, request),
			endpoint->has_pages && !endpoint->is_open);
	if (endpoint->is_open &&
		open_cors_preflight(request, response, method_list(endpoint)))
		return OST_OK;
	if (!endpoint->guards && !(endpoint->methods & request->method)) {
		refuse_method(server, request, response);
		return OST_OK;
	}
	if (body_err != OST_OK)
		return body_err;
	return endpoint->handle(&server->context, request, response);
}

/* An error in place of an answer, and an answer that could not be written
 * down, close the door. */
static void
answer_error(const struct server *server, const struct request *request,
	struct response *response, enum ost_err err)
{
	enum api_code code = CODE_SERVER_ERROR;

	switch (err) {
	case OST_STORE:
	case OST_BUSY:
	case OST_CRYPTO:
	case OST_NOMEM:
	case OST_SYSTEM:
		code = CODE_UNAVAILABLE;
		break;
	case OST_BADINPUT:
		code = CODE_BAD_REQUEST;
		break;
	case OST_TOOBIG:
		code = CODE_TOO_LARGE;
		break;
	default:
		break;
	}
	if (response->file_fd > 0)
		close(response->file_fd);
	response->file_fd = 0;
	response_clear(response);
	response_error(response,
		format_of_path(shown_path(server->endpoint, request)), code,
		NULL);
	response->reason = err == OST_OK ? "server_error" : ost_err_name(err);
}

/* What nobody was charged for goes to the address: 4xx before the caller was
 * identified. A refusal stays what it is unless the address is over its
 * limit. */
static void
charge_address(const struct server *server, const struct request *request,
	struct response *response)
{
	enum ost_err err;

	if (!server->endpoint->is_limited || response->has_limit ||
		!server->is_open || server->context.rate == NULL ||
		span_is_absent(request->address))
		return;
	/* Neither our failure nor a 429 for another reason is counted. */
	if (response->status >= 500 || response->status == 429) {
		limit_show(&server->context, request, response);
		return;
	}
	err = limit_charge(&server->context, request, response, LIMIT_ADDRESS,
		SPAN_ABSENT, NULL);
	if (err == OST_LIMITED) {
		response_clear(response);
		response_error(response,
			format_of_path(shown_path(server->endpoint, request)),
			CODE_RATE_LIMITED, NULL);
	} else if (err != OST_OK) {
		answer_error(server, request, response, err);
	}
}

static void
finish(const struct server *server, const struct request *request,
	struct response *response, enum ost_err err)
{
	if (err == OST_OK && response->status == 0)
		err = OST_DENIED; /* forgotten: 500 */
	if (err != OST_OK || response->headers.is_failed ||
		response->body.is_failed)
		answer_error(server, request, response, err);
	charge_address(server, request, response);
	limit_headers(response);
	response_header(response, "X-Request-Id", request->id);
	if (server->endpoint->is_open)
		open_cors_headers(request, response);
	if (server->endpoint->guards)
		face_apply(request, response);
	if (response->headers.is_failed || response->body.is_failed)
		answer_error(server, request, response, OST_OK);
}

static void
send_file(struct gateway *gateway, struct arena *arena,
	const struct response *response)
{
	uint64_t left = response->file_size;
	char *part = arena_alloc(arena, 65536);

	while (part != NULL && left > 0) {
		ssize_t n = read(response->file_fd, part,
			left < 65536 ? (size_t)left : 65536);

		if (n <= 0 ||
			gateway_write(gateway,
				(struct span){ part, (size_t)n }) != OST_OK)
			break;
		left -= (uint64_t)n;
	}
}

static void
send(struct gateway *gateway, const struct request *request,
	struct response *response)
{
	uint64_t length = response->body.n + response->file_size;
	struct span text;
	struct buf out;

	buf_init(&out, request->arena);
	buf_printf(&out, "Status: %d\r\n", response->status);
	buf_add(&out,
		(struct span){ response->headers.p, response->headers.n });
	if (response->status != 204 && response->status != 304)
		buf_printf(&out, "Content-Length: %llu\r\n",
			(unsigned long long)length);
	buf_text(&out, "\r\n");
	if (!request->is_head)
		buf_add(&out,
			(struct span){ response->body.p, response->body.n });
	/* Never nothing: lighttpd takes a guard without an answer for a yes. */
	if (buf_span(&out, &text) != OST_OK) {
		text = SPAN("Status: 503\r\nContent-Length: 0\r\n"
			    "Cache-Control: no-store\r\n\r\n");
		response->status = 503;
		if (response->file_fd > 0)
			close(response->file_fd);
		response->file_fd = 0;
	}
	/* A peer that has gone is no error of ours. */
	if (gateway_write(gateway, text) == OST_OK && response->file_fd > 0 &&
		!request->is_head)
		send_file(gateway, request->arena, response);
	if (response->file_fd > 0)
		close(response->file_fd);
}

static void
write_log(const struct server *server, const struct request *request,
	const struct response *response, int status, int64_t began_ms)
{
	struct log_decision line = {
		.request_id = request->id,
		.subject = response->subject,
		.address = request->address,
		.method = request->method_name,
		.path = shown_path(server->endpoint, request),
		.status = status,
		.reason = response->reason ? response->reason : "ok",
		.ms = clock_monotonic_ms() - began_ms,
	};

	log_decision(&line);
	tally_note(server->context.tally, server->endpoint->name, &line);
}

static void
serve_one(void *arg, struct gateway *gateway, const char *const *params)
{
	struct server *server = arg;
	int64_t began_ms = clock_monotonic_ms();
	struct response response;
	struct request request;
	enum ost_err parsed, err;
	int status;

	response_init(&response, server->arena);
	response.is_oauth = server->endpoint->is_oauth;
	response.is_socrata = server->endpoint->is_socrata;
	parsed = request_parse(&request, server->arena, params, server->is_cgi);
	err = answer(server, gateway, &request, parsed, &response);
	finish(server, &request, &response, err);
	/* The true status, which a face may hide behind a 403. */
	status = response.true_status ? response.true_status : response.status;
	send(gateway, &request, &response);
	write_log(server, &request, &response, status, began_ms);
	arena_reset(server->arena);
}

static void
settle(void *arg)
{
	struct server *server = arg;

	if (server->is_open)
		context_settle(&server->context,
			server->is_cgi ? STORE_BRIEF : STORE_BETWEEN);
}

int
serve_main(int argc, char **argv, const struct endpoint *endpoint)
{
	struct server server = { .endpoint = endpoint };
	int status = process_arguments(argc, argv, endpoint->name);

	if (status >= 0)
		return status;
	process_harden();
	if (log_open("stderr", endpoint->name) != OST_OK)
		return 3;
	server.is_cgi = gateway_is_cgi();
	server.arena = arena_new(REQUEST_MEMORY_MAX);
	if (server.arena == NULL || crypto_init() != OST_OK) {
		log_message("error", "cannot start");
		return 3;
	}
	if (!server.is_cgi)
		server.verified = verified_new();
	status = gateway_run(serve_one, settle, &server);
	if (server.is_open)
		context_close(&server.context);
	verified_free(server.verified);
	arena_free(server.arena);
	return status;
}
