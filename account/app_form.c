/* The fields of an application, and the check of its callbacks that explains
 * itself. */
#include "apps.h"
#include "uri.h"

/* A text of several lines as one. */
static struct span
joined_lines(struct visit *visit, struct span text)
{
	struct span line, joined = SPAN("");
	struct buf buf;

	buf_init(&buf, visit->arena);
	while (span_next(&text, '\n', &line)) {
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		line = span_trim(line);
		if (line.n > 0 && buf.n > 0)
			buf_char(&buf, ' ');
		buf_add(&buf, line);
	}
	if (buf_span(&buf, &joined) != OST_OK)
		visit->response->headers.is_failed = true;
	return joined;
}

void
app_form_texts(struct visit *visit, struct values *values, struct app *app)
{
	static const char *const names[] = { "name", "description", "website",
		NULL };

	portal_keep(visit, values, names);
	app->name = portal_field(visit, "name");
	app->description =
		joined_lines(visit, portal_field(visit, "description"));
	app->website = portal_field(visit, "website");
	if (app->name.n == 0)
		portal_wrong(visit, values, "error_name", "apps.name_missing");
	else if (!app_name_is_valid(app->name))
		portal_wrong(visit, values, "error_name", "apps.name_wrong");
	if (!app_description_is_valid(app->description))
		portal_wrong(visit, values, "error_description",
			"apps.description_wrong");
	if (app->website.n > 0 && !app_website_is_valid(app->website))
		portal_wrong(
			visit, values, "error_website", "apps.website_wrong");
	if (app->description.n == 0)
		app->description = SPAN_ABSENT;
	if (app->website.n == 0)
		app->website = SPAN_ABSENT;
}

void
app_form_show(struct values *values, const struct app *app)
{
	values_set(values, "name", app->name);
	values_set(values, "description", app->description);
	values_set(values, "website", app->website);
}

static struct span
joined(struct visit *visit, struct span a, const char *b)
{
	struct span both = SPAN("");
	struct buf buf;

	buf_init(&buf, visit->arena);
	buf_add(&buf, a);
	buf_text(&buf, b);
	if (buf_span(&buf, &both) != OST_OK)
		visit->response->headers.is_failed = true;
	return both;
}

/* What a good prefix covers, and the nearest thing that it does not. */
static void
say_cover(struct visit *visit, struct values *row, struct span stored)
{
	bool is_folder = span_ends(stored, SPAN("/"));
	struct span without = { stored.p, stored.n - is_folder };

	values_flag(row, "is_folder", is_folder);
	values_flag(row, "is_path", !is_folder);
	values_set(
		row, "below", is_folder ? stored : joined(visit, stored, "/"));
	values_set(row, "beside",
		is_folder ? without : joined(visit, stored, "2"));
}

static void
say_check(struct visit *visit, struct values *values,
	const struct callback *callback)
{
	struct values *row = values_row(values, "checks");

	values_set(row, "line", callback->typed);
	if (callback->rule != URI_OK) {
		values_set(row, "rule", span_of(uri_rule_name(callback->rule)));
		return;
	}
	values_set(row, "stored", callback->stored);
	values_flag(row, "is_respelled",
		!span_eq(callback->stored, callback->typed));
	values_flag(row, "is_exact", !callback->is_prefix);
	if (callback->is_prefix)
		say_cover(visit, row, callback->stored);
}

/* What the lines of one field come to. */
struct reading {
	struct buf list; /* the good ones, parted by one blank */
	size_t n, bad;
};

static enum ost_err
read_line(struct visit *visit, struct values *values, bool is_public,
	struct callback *callback, struct reading *reading)
{
	enum ost_err err = callback_check(visit->arena, is_public, callback);

	if (err != OST_OK)
		return err;
	say_check(visit, values, callback);
	if (callback->rule != URI_OK) {
		reading->bad++;
		return OST_OK;
	}
	if (list_has((struct span){ reading->list.p, reading->list.n },
		    callback->stored))
		return OST_OK;
	if (reading->n++ > 0)
		buf_char(&reading->list, ' ');
	buf_add(&reading->list, callback->stored);
	return OST_OK;
}

static enum ost_err
read_lines(struct visit *visit, struct values *values, bool is_public,
	bool is_prefix, const char *error_field, bool is_strict,
	struct span *list)
{
	struct span text = portal_field(
			    visit, is_prefix ? "prefixes" : "redirect_uris"),
		    line;
	struct reading reading = { 0 };
	enum ost_err err = OST_OK;

	buf_init(&reading.list, visit->arena);
	buf_text(&reading.list, "");
	while (err == OST_OK && span_next(&text, '\n', &line)) {
		struct callback callback = { .is_prefix = is_prefix };

		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		callback.typed = span_trim(line);
		if (callback.typed.n == 0)
			continue;
		if (reading.n + reading.bad == APP_CALLBACKS_MAX) {
			portal_wrong(visit, values, error_field,
				"apps.callbacks_many");
			break;
		}
		err = read_line(visit, values, is_public, &callback, &reading);
	}
	if (is_strict && reading.bad > 0)
		portal_wrong(
			visit, values, error_field, "apps.callbacks_wrong");
	return err == OST_OK ? buf_span(&reading.list, list) : err;
}

/* Whether the application could be called back at the URL that was typed. */
static void
try_sample(struct visit *visit, struct values *values, const struct app *app)
{
	struct span sample = portal_field(visit, "sample");
	enum uri_rule rule;

	if (sample.n == 0)
		return;
	rule = redirect_check(app, sample);
	values_flag(values, "sample_tried", true);
	values_flag(values, "sample_good", rule == URI_OK);
	values_set(values, "sample_rule", span_of(uri_rule_name(rule)));
}

enum ost_err
app_form_callbacks(struct visit *visit, struct values *values, bool is_strict,
	struct app *app)
{
	static const char *const names[] = { "prefixes", "redirect_uris",
		"sample", NULL };
	enum ost_err err;

	portal_keep(visit, values, names);
	err = read_lines(visit, values, app->is_public, true, "error_prefixes",
		is_strict, &app->prefixes);
	if (err == OST_OK)
		err = read_lines(visit, values, app->is_public, false,
			"error_redirect_uris", is_strict, &app->redirect_uris);
	if (err != OST_OK)
		return err;
	if (is_strict && !app_has_callbacks(app) &&
		!values_have(values, "error_prefixes") &&
		!values_have(values, "error_redirect_uris"))
		portal_wrong(visit, values, "error_prefixes",
			"apps.callbacks_missing");
	try_sample(visit, values, app);
	return OST_OK;
}

static enum ost_err
set_lines(struct visit *visit, struct values *values, const char *name,
	struct span list)
{
	struct span item, lines;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, visit->arena);
	buf_text(&buf, "");
	while (span_next(&list, ' ', &item)) {
		buf_add(&buf, item);
		buf_char(&buf, '\n');
	}
	err = buf_span(&buf, &lines);
	if (err == OST_OK)
		values_set(values, name, lines);
	return err;
}

enum ost_err
app_form_show_callbacks(
	struct visit *visit, struct values *values, const struct app *app)
{
	enum ost_err err = set_lines(visit, values, "prefixes", app->prefixes);

	values_set(values, "sample", SPAN(""));
	return err == OST_OK ? set_lines(visit, values, "redirect_uris",
				       app->redirect_uris)
			     : err;
}
