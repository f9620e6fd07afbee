#include "front_page.h"
#include "clock.h"
#include "codec.h"
#include "dataset.h"
#include "key_issue.h"
#include "log.h"
#include "page.h"
#include "registration.h"

#define BAR_WIDTH 1000 /* of the longest bar, in units of the picture */

static void
report(void *arg, const char *line)
{
	(void)arg;
	log_message("error", "%s", line);
}

static void
set_table(struct values *values, const struct dataset *data)
{
	for (size_t i = 0; i < data->n_columns; i++) {
		struct values *column = values_row(values, "columns");

		values_set(column, "name", data->columns[i]);
		values_flag(column, "is_number", data->is_number[i]);
	}
	for (size_t i = 0; i < data->n_rows; i++) {
		struct values *row = values_row(values, "rows");

		values_set(row, "first", data->cells[i][0]);
		for (size_t j = 1; j < data->n_columns; j++) {
			struct values *cell = values_row(row, "cells");

			values_set(cell, "text", data->cells[i][j]);
			values_flag(cell, "is_number", data->is_number[j]);
		}
	}
	values_number(values, "shown", (int64_t)data->n_rows);
	values_number(values, "total", (int64_t)data->n_objects);
	values_flag(values, "is_cut", data->n_objects > data->n_rows);
}

static void
set_bars(struct values *values, const struct dataset *data)
{
	if (data->n_bars == 0)
		return;
	values_set(values, "bars_of", data->bars_of);
	values_number(values, "counted", (int64_t)data->n_counted);
	values_flag(values, "is_part", data->n_counted < data->n_objects);
	for (size_t i = 0; i < data->n_bars; i++) {
		struct values *bar = values_row(values, "bars");
		uint64_t width = data->counts[i] * BAR_WIDTH / data->counts[0];

		values_set(bar, "label", data->labels[i]);
		values_number(bar, "count", (int64_t)data->counts[i]);
		values_number(bar, "width", width > 0 ? (int64_t)width : 1);
	}
}

static enum ost_err
set_data(
	const struct config *config, struct arena *arena, struct values *values)
{
	struct dataset *data = arena_alloc(arena, sizeof(*data));
	enum ost_err err;

	if (span_is_absent(config->front_data))
		return OST_OK;
	if (data == NULL)
		return OST_NOMEM;
	err = dataset_read(arena, config->front_data.p, report, NULL, data);
	if (err == OST_BADINPUT || err == OST_SYSTEM || err == OST_TOOBIG)
		return OST_OK;
	if (err != OST_OK)
		return err;
	set_table(values, data);
	set_bars(values, data);
	return OST_OK;
}

/* The first live key; "KEY_ID" when there is none. */
static enum ost_err
set_key(const struct context *c, struct arena *arena,
	const struct visitor *visitor, struct values *values)
{
	struct key *keys;
	size_t n, i = 0;
	enum ost_err err;

	values_set(values, "key_id", SPAN("KEY_ID"));
	if (!visitor->is_signed_in)
		return OST_OK;
	err = keys_of_user(c->accounts, arena, visitor->user.id, &keys, &n);
	if (err != OST_OK)
		return err;
	while (i < n && !key_is_live(&keys[i], clock_wall_ms()))
		i++;
	if (i == n)
		return OST_OK;
	values_set(values, "key_id", keys[i].id);
	values_set(values, "key_name", keys[i].name);
	return OST_OK;
}

/* The visitor's newest application that is not disabled. */
static enum ost_err
find_app(const struct context *c, struct arena *arena,
	const struct visitor *visitor, struct app *app)
{
	struct app *apps;
	size_t n, i = 0;
	enum ost_err err;

	if (!visitor->is_signed_in)
		return OST_NOTFOUND;
	err = registration_list(
		c->accounts, arena, visitor->user.id, &apps, &n);
	if (err != OST_OK)
		return err;
	while (i < n && apps[i].is_disabled)
		i++;
	if (i == n)
		return OST_NOTFOUND;
	*app = apps[i];
	return OST_OK;
}

static enum ost_err
set_app(const struct context *c, struct arena *arena,
	const struct visitor *visitor, struct values *values)
{
	struct span client_id = SPAN("CLIENT_ID"), uris, uri, text;
	struct app app = { 0 };
	struct buf buf;
	enum ost_err err = find_app(c, arena, visitor, &app);

	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	if (err == OST_OK) {
		client_id = app.client_id;
		values_set(values, "app_name", app.name);
	}
	values_set(values, "client_id", client_id);
	buf_init(&buf, arena);
	buf_add(&buf, c->config->issuer);
	buf_text(&buf, "/oauth/authorize?response_type=code&client_id=");
	percent_encode(&buf, client_id);
	buf_text(&buf, "&redirect_uri=");
	uris = app.redirect_uris;
	if (span_next(&uris, ' ', &uri) && uri.n > 0)
		percent_encode(&buf, uri);
	else
		buf_text(&buf, "REDIRECT_URI");
	buf_text(&buf, "&state=STATE");
	err = buf_span(&buf, &text);
	values_set(values, "authorize_url", text);
	return err;
}

enum ost_err
front_page(const struct context *c, const struct request *request,
	struct response *response, const struct visitor *visitor)
{
	struct arena *arena = request->arena;
	struct values *values = page_values(response);
	struct span path = c->config->front_path;
	enum ost_err err = set_data(c->config, arena, values);

	if (err == OST_OK)
		err = set_key(c, arena, visitor, values);
	if (err == OST_OK)
		err = set_app(c, arena, visitor, values);
	if (err != OST_OK)
		return err;
	values_set(values, "user_name",
		visitor->is_signed_in ? visitor->user.name : SPAN_ABSENT);
	values_set(values, "issuer", c->config->issuer);
	values_flag(values, "is_local", c->config->is_issuer_local);
	values_flag(values, "has_path", !span_is_absent(path));
	values_set(values, "path",
		span_is_absent(path) ? SPAN("/users/current.json") : path);
	page_answer(response, 200, "front", "front", values);
	return OST_OK;
}
