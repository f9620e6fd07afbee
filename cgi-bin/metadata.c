/*
 * metadata - what this server can do (RFC 8414, OpenID Connect Discovery 1.0)
 *
 *	GET /.well-known/oauth-authorization-server
 *	GET /.well-known/openid-configuration
 *
 *	200  one JSON object, the same at both: issuer, the endpoints, what
 *	     they take (RFC 8414 section 2, Discovery section 3), iss in
 *	     answers (RFC 9207), device_authorization_endpoint (RFC 8628). It
 *	     may be kept for five minutes
 *	403  not over https
 *	405  neither GET nor HEAD
 *
 * What is not listed is not there. Any origin may ask.
 *
 * Reads: the configuration, the folder of texts. Writes: nothing.
 */
#include "claims.h"
#include "endpoints.h"
#include "json.h"
#include "serve.h"

/* Words parted by blanks. */
static const struct {
	const char *name, *words;
} lists[] = {
	{ "response_types_supported", "code" },
	{ "response_modes_supported", "query" },
	{ "grant_types_supported",
		"authorization_code refresh_token client_credentials "
		"urn:ietf:params:oauth:grant-type:device_code" },
	{ "token_endpoint_auth_methods_supported",
		"client_secret_basic client_secret_post none" },
	{ "revocation_endpoint_auth_methods_supported",
		"client_secret_basic client_secret_post none" },
	{ "introspection_endpoint_auth_methods_supported",
		"client_secret_basic client_secret_post" },
	{ "code_challenge_methods_supported", "S256" },
	{ "prompt_values_supported", "none login consent select_account" },
	{ "subject_types_supported", "public" },
	{ "id_token_signing_alg_values_supported", "RS256 ES256" },
	{ "claim_types_supported", "normal" },
};

static const struct {
	const char *name;
	bool is_so;
} facts[] = {
	{ "authorization_response_iss_parameter_supported", true },
	{ "claims_parameter_supported", false },
	{ "request_parameter_supported", false },
	{ "request_uri_parameter_supported", false },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum ost_err
write_endpoints(struct json_writer *w, struct arena *arena, struct span issuer)
{
	const struct client_endpoint *endpoint;

	for (size_t i = 0; (endpoint = client_endpoint_at(i)) != NULL; i++) {
		struct span url;
		enum ost_err err =
			endpoint_url(arena, issuer, endpoint->path, &url);

		if (err != OST_OK)
			return err;
		json_string(w, endpoint->name, url);
	}
	return OST_OK;
}

static void
write_lists(struct json_writer *w)
{
	for (size_t i = 0; i < COUNT(lists); i++) {
		struct span rest = span_of(lists[i].words), word;

		json_open(w, lists[i].name, '[');
		while (span_next(&rest, ' ', &word))
			json_string(w, NULL, word);
		json_close(w);
	}
}

static void
write_names(struct json_writer *w, const struct scope_registry *scopes)
{
	json_open(w, "scopes_supported", '[');
	for (size_t i = 0; !span_is_absent(scope_supported(scopes, i)); i++)
		json_string(w, NULL, scope_supported(scopes, i));
	json_close(w);
	json_open(w, "claims_supported", '[');
	for (size_t i = 0; claims_name(i) != NULL; i++)
		json_string(w, NULL, span_of(claims_name(i)));
	json_close(w);
}

static void
write_languages(struct json_writer *w, const struct messages *messages)
{
	const struct language *language;

	json_open(w, "ui_locales_supported", '[');
	for (size_t i = 0; (language = messages_language(messages, i)) != NULL;
		i++)
		json_string(w, NULL, language_tag(language));
	json_close(w);
}

static enum ost_err
metadata(const struct context *ctx, const struct request *req,
	struct response *res)
{
	struct json_writer w;
	enum ost_err err;

	response_begin(res, 200, "ok", "application/json");
	json_begin(&w, &res->body);
	json_open(&w, NULL, '{');
	json_string(&w, "issuer", ctx->config->issuer);
	err = write_endpoints(&w, req->arena, ctx->config->issuer);
	if (err != OST_OK)
		return err;
	write_names(&w, &ctx->config->scopes);
	write_lists(&w);
	write_languages(&w, ctx->messages);
	for (size_t i = 0; i < COUNT(facts); i++)
		json_bool(&w, facts[i].name, facts[i].is_so);
	json_close(&w);
	buf_char(&res->body, '\n');
	response_header(res, "Cache-Control", SPAN("public, max-age=300"));
	response_header(res, "X-Content-Type-Options", SPAN("nosniff"));
	return OST_OK;
}

static const struct endpoint endpoint = {
	.name = "metadata",
	.methods = METHOD_GET,
	.is_open = true,
	.has_pages = true, /* it lists their languages */
	.handle = metadata,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
