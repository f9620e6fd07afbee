#include "endpoints.h"

static const struct client_endpoint endpoints[] = {
	{ "authorization_endpoint", "/oauth/authorize" },
	{ "token_endpoint", "/oauth/token" },
	{ "revocation_endpoint", "/oauth/revoke" },
	{ "introspection_endpoint", "/oauth/introspect" },
	{ "device_authorization_endpoint", "/oauth/device_authorization" },
	{ "userinfo_endpoint", "/oauth/userinfo" },
	{ "jwks_uri", "/oauth/jwks" },
};

const struct client_endpoint *
client_endpoint_at(size_t i)
{
	return i < sizeof(endpoints) / sizeof(endpoints[0]) ? &endpoints[i]
							    : NULL;
}

enum ost_err
endpoint_url(struct arena *arena, struct span issuer, const char *path,
	struct span *url)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_add(&buf, issuer);
	buf_text(&buf, path);
	return buf_span(&buf, url);
}
