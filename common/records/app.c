#include "app.h"
#include "clock.h"
#include "plain.h"

#define CLIENT_ID_MAX 64
#define CHARACTER_MAX 4 /* bytes of UTF-8 */

bool
app_name_is_valid(struct span name)
{
	if (!text_is_plain(name, APP_NAME_MAX * CHARACTER_MAX) || name.n == 0 ||
		text_length(name) > APP_NAME_MAX || span_trim(name).n != name.n)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (span_starts(span_skip(name, i), SPAN("\xef\xbf\xbe")) ||
			span_starts(span_skip(name, i), SPAN("\xef\xbf\xbf")))
			return false;
	return true;
}

static bool
id_is_possible(struct span id)
{
	if (id.n == 0 || id.n > CLIENT_ID_MAX)
		return false;
	for (size_t i = 0; i < id.n; i++)
		if (!char_is_alnum(id.p[i]))
			return false;
	return true;
}

enum ost_err
app_decode(struct arena *arena, struct span value, struct app *app)
{
	struct record *record;
	enum ost_err err = record_parse(arena, value, &record);

	if (err != OST_OK)
		return err;
	*app = (struct app){
		.client_id = record_get(record, "client_id"),
		.name = record_get(record, "name"),
		.description = record_get(record, "description"),
		.website = record_get(record, "website"),
		.owner_id = record_get(record, "owner"),
		.prefixes = record_get(record, "prefixes"),
		.redirect_uris = record_get(record, "redirect_uris"),
		.own_scope = record_get(record, "own_scope"),
		.has_refresh = record_get_i64(record, "refresh") != 0,
		.may_introspect = record_get_i64(record, "introspect") > 0,
		.has_es256_id = record_get_i64(record, "es256_id") != 0,
		.no_device = record_get_i64(record, "no_device") != 0,
		.is_public = record_get_i64(record, "public") != 0,
		.is_disabled = record_get_i64(record, "disabled") != 0,
		.epoch = record_get_i64(record, "epoch"),
		.created_ms = record_get_i64(record, "created"),
		.raw = value,
	};
	secret_read(record, &app->secret);
	return app->client_id.n > 0 && app->owner_id.n > 0 ? OST_OK : OST_STORE;
}

static enum ost_err
encode(struct arena *arena, const struct app *app, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "client_id", app->client_id);
	record_add(&buf, "name", app->name);
	record_add(&buf, "description", app->description);
	record_add(&buf, "website", app->website);
	record_add(&buf, "owner", app->owner_id);
	record_add(&buf, "prefixes", app->prefixes);
	record_add(&buf, "redirect_uris", app->redirect_uris);
	secret_write(&buf, &app->secret);
	record_add(&buf, "own_scope", app->own_scope);
	record_add_i64(&buf, "refresh", app->has_refresh);
	record_add_i64(&buf, "introspect", app->may_introspect);
	record_add_i64(&buf, "es256_id", app->has_es256_id);
	record_add_i64(&buf, "no_device", app->no_device);
	record_add_i64(&buf, "public", app->is_public);
	record_add_i64(&buf, "disabled", app->is_disabled);
	record_add_i64(&buf, "epoch", app->epoch);
	record_add_i64(&buf, "created", app->created_ms);
	return buf_span(&buf, value);
}

enum ost_err
app_by_id(struct store *accounts, struct arena *arena, struct span client_id,
	struct app *app)
{
	struct span key, value;
	enum ost_err err;

	if (!id_is_possible(client_id))
		return OST_NOTFOUND;
	err = record_key(arena, "app:", client_id, &key);
	if (err == OST_OK)
		err = store_get(accounts, key, arena, &value);
	return err == OST_OK ? app_decode(arena, value, app) : err;
}

enum ost_err
app_create_with(struct store *accounts, struct arena *arena, struct app *app,
	const struct store_item *also)
{
	struct store_item items[2] = {
		{ .action = STORE_PUT, .expect = STORE_ABSENT },
	};
	enum ost_err err = OST_OK;

	if (app->created_ms == 0)
		app->created_ms = clock_wall_ms();
	if (app->client_id.n == 0)
		err = record_new_id(arena, 'a', &app->client_id);
	else if (!id_is_possible(app->client_id))
		return OST_BADINPUT;
	if (err == OST_OK)
		err = record_key(arena, "app:", app->client_id, &items[0].key);
	if (err == OST_OK)
		err = encode(arena, app, &items[0].value);
	if (also != NULL)
		items[1] = *also;
	if (err == OST_OK)
		err = store_batch(accounts, items, also != NULL ? 2 : 1);
	if (err == OST_OK)
		app->raw = items[0].value;
	return err;
}

enum ost_err
app_create(struct store *accounts, struct arena *arena, struct app *app)
{
	return app_create_with(accounts, arena, app, NULL);
}

enum ost_err
app_save(struct store *accounts, struct arena *arena, const struct app *app)
{
	struct span key, value;
	enum ost_err err = record_key(arena, "app:", app->client_id, &key);

	if (err == OST_OK)
		err = encode(arena, app, &value);
	if (err == OST_OK)
		err = store_swap(accounts, key, app->raw, value, 0);
	return err;
}

enum ost_err
app_delete(struct store *accounts, struct arena *arena, const struct app *app)
{
	struct store_item item = { .action = STORE_DELETE };
	enum ost_err err = record_key(arena, "app:", app->client_id, &item.key);

	return err == OST_OK ? store_batch(accounts, &item, 1) : err;
}

bool
app_is_offline(const struct app *app, struct span scope)
{
	return app->has_refresh || list_has(scope, SPAN("offline_access"));
}
