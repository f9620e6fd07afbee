/* /account/apps/connect: what its developer puts into a client library. */
#include "apps.h"
#include "codec.h"
#include "endpoints.h"
#include "pages.h"
#include "rights.h"

/* Where it can be called back for certain; absent: nowhere. */
static struct span
first_callback(const struct app *app)
{
	struct span rest =
		app->redirect_uris.n > 0 ? app->redirect_uris : app->prefixes;
	struct span first;

	return rest.n > 0 && span_next(&rest, ' ', &first) ? first
							   : SPAN_ABSENT;
}

static enum ost_err
set_authorize_url(struct visit *visit, struct values *values,
	const struct app *app, struct span callback)
{
	struct span encoded, address;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, visit->arena);
	percent_encode(&buf, callback);
	err = buf_span(&buf, &encoded);
	if (err != OST_OK)
		return err;
	buf_init(&buf, visit->arena);
	buf_add(&buf, visit->context->config->issuer);
	buf_text(&buf, "/oauth/authorize?response_type=code&client_id=");
	buf_add(&buf, app->client_id);
	buf_text(&buf, "&redirect_uri=");
	buf_add(&buf, encoded);
	buf_text(&buf, "&state=STATE");
	if (app->is_public)
		buf_text(&buf,
			"&code_challenge=CHALLENGE&code_challenge_method=S256");
	err = buf_span(&buf, &address);
	values_set(values, "callback_encoded", encoded);
	values_set(values, "authorize_url", address);
	return err;
}

enum ost_err
app_connect_lines(struct visit *visit, struct values *values,
	const struct app *app, struct span secret)
{
	struct span callback = first_callback(app);

	values_set(values, "issuer", visit->context->config->issuer);
	values_set(values, "secret_or_word",
		span_is_absent(secret) ? SPAN("SECRET") : secret);
	values_set(values, "authorize_url", SPAN_ABSENT);
	return span_is_absent(callback)
		       ? OST_OK
		       : set_authorize_url(visit, values, app, callback);
}

/* A row each, named by the text "connect.NAME". */
static enum ost_err
add_address(struct visit *visit, struct values *values, const char *name,
	const char *path)
{
	struct values *row = values_row(values, "addresses");
	struct span key, url;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, visit->arena);
	buf_text(&buf, "connect.");
	buf_text(&buf, name);
	err = buf_span(&buf, &key);
	if (err == OST_OK)
		err = endpoint_url(visit->arena, visit->context->config->issuer,
			path, &url);
	if (err != OST_OK)
		return err;
	values_set(row, "label", key);
	values_set(row, "id", span_of(name));
	values_set(row, "url", url);
	return OST_OK;
}

/* Of no use to it: it would be refused there. */
static bool
is_closed(const struct app *app, const char *name)
{
	struct span endpoint = span_of(name);

	if (span_eq(endpoint, SPAN("introspection_endpoint")))
		return app->is_public;
	return app->no_device &&
	       span_eq(endpoint, SPAN("device_authorization_endpoint"));
}

static enum ost_err
add_addresses(struct visit *visit, struct values *values, const struct app *app)
{
	const struct client_endpoint *endpoint;
	enum ost_err err = OST_OK;

	for (size_t i = 0;
		err == OST_OK && (endpoint = client_endpoint_at(i)) != NULL;
		i++)
		if (!is_closed(app, endpoint->name))
			err = add_address(
				visit, values, endpoint->name, endpoint->path);
	return err;
}

static void
add_scopes(struct visit *visit, struct values *values)
{
	const struct scope_registry *scopes = &visit->context->config->scopes;
	struct span scope;

	for (size_t i = 0; !span_is_absent(scope = scope_supported(scopes, i));
		i++) {
		struct values *row = values_row(values, "scopes");

		values_set(row, "scope", scope);
		values_set(row, "sentence",
			rights_sentence(
				visit->response->look.language, scopes, scope));
	}
	values_flag(values, "is_any_scope", scopes->n == 0);
}

enum ost_err
app_connect_get(struct visit *visit)
{
	struct values *values;
	struct span discovery;
	struct app app;
	enum ost_err err = apps_own_here(visit, &app);

	if (err == OST_OK)
		err = portal_values(visit, "at_apps", &values);
	if (err == OST_OK)
		err = endpoint_url(visit->arena, visit->context->config->issuer,
			"/.well-known/openid-configuration", &discovery);
	if (err == OST_OK)
		err = add_addresses(visit, values, &app);
	if (err == OST_OK)
		err = app_connect_lines(visit, values, &app, SPAN_ABSENT);
	if (err == OST_OK)
		err = app_form_show_callbacks(visit, values, &app);
	if (err != OST_OK)
		return err;
	apps_values(values, &app);
	add_scopes(visit, values);
	values_set(values, "discovery", discovery);
	values_set(values, "own_scope", app.own_scope);
	values_set(values, "id_token_alg",
		app.has_es256_id ? SPAN("ES256") : SPAN("RS256"));
	values_flag(values, "has_refresh", app.has_refresh);
	values_flag(values, "may_introspect", app.may_introspect);
	portal_show(visit, "account_app_connect", "app_connect", values);
	return OST_OK;
}
