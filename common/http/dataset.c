#include "dataset.h"
#include "json.h"
#include "textfile.h"

#define NAMES_MAX 64  /* columns that are looked through for the bars */
#define TEXT_MAX  120 /* bytes of a text that is shown */

struct reading {
	struct arena *arena;
	struct dataset *data;
	const struct json *objects[DATASET_OBJECTS_MAX];
	struct span names[NAMES_MAX]; /* the json's, each ends in a NUL */
	size_t n_names;
};

/* A copy that is not longer than one looks at, of whole characters. */
static enum ost_err
copy_shown(struct reading *r, struct span text, struct span *copy)
{
	struct buf buf;
	size_t n = TEXT_MAX;

	if (text.n <= TEXT_MAX)
		return arena_copy(r->arena, text, copy);
	while (n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	buf_init(&buf, r->arena);
	buf_add(&buf, (struct span){ text.p, n });
	buf_text(&buf, "\xe2\x80\xa6");
	return buf_span(&buf, copy);
}

static enum ost_err
take_object(void *arg, const struct json *item)
{
	struct reading *r = arg;

	if (!json_is_object(item))
		return OST_BADINPUT;
	if (r->data->n_objects < DATASET_OBJECTS_MAX)
		r->objects[r->data->n_objects] = item;
	r->data->n_objects++;
	return OST_OK;
}

static enum ost_err
take_name(void *arg, struct span name, const struct json_value *value)
{
	struct reading *r = arg;

	(void)value;
	if (r->n_names < NAMES_MAX)
		r->names[r->n_names++] = name;
	return OST_OK;
}

static struct json_value
value_at(const struct reading *r, size_t object, size_t name)
{
	struct json_value value;

	if (json_get_value(r->objects[object], r->names[name].p, &value) !=
		OST_OK)
		value = (struct json_value){ JSON_NULL, SPAN_ABSENT };
	return value;
}

static enum ost_err
read_column(struct reading *r, size_t column)
{
	struct dataset *data = r->data;
	size_t numbers = 0, others = 0;
	enum ost_err err =
		copy_shown(r, r->names[column], &data->columns[column]);

	for (size_t row = 0; row < data->n_rows && err == OST_OK; row++) {
		struct json_value value = value_at(r, row, column);

		numbers += value.kind == JSON_NUMBER;
		others += value.kind != JSON_NUMBER && value.kind != JSON_NULL;
		err = copy_shown(r, value.text, &data->cells[row][column]);
	}
	data->is_number[column] = numbers > 0 && others == 0;
	return err;
}

/* Counts one; false: that is one text too many. */
static bool
count_text(struct dataset *data, struct span text)
{
	size_t i = 0;

	while (i < data->n_bars && !span_eq(data->labels[i], text))
		i++;
	if (i == DATASET_BARS_MAX)
		return false;
	if (i == data->n_bars) {
		data->labels[i] = text;
		data->counts[i] = 0;
		data->n_bars++;
	}
	data->counts[i]++;
	return true;
}

/* Whether the column has texts that are worth to be counted, and their counts
 * if so. */
static bool
count_column(struct reading *r, size_t column)
{
	struct dataset *data = r->data;
	size_t texts = 0;

	data->n_bars = 0;
	for (size_t i = 0; i < data->n_counted; i++) {
		struct json_value value = value_at(r, i, column);

		if (value.kind == JSON_NULL)
			continue;
		if (value.kind != JSON_TEXT || !count_text(data, value.text))
			return false;
		texts++;
	}
	return data->n_bars >= 2 && data->n_bars < texts;
}

static void
sort_bars(struct dataset *data)
{
	for (size_t i = 1; i < data->n_bars; i++) {
		struct span label = data->labels[i];
		uint64_t count = data->counts[i];
		size_t at = i;

		for (; at > 0 && data->counts[at - 1] < count; at--) {
			data->labels[at] = data->labels[at - 1];
			data->counts[at] = data->counts[at - 1];
		}
		data->labels[at] = label;
		data->counts[at] = count;
	}
}

static enum ost_err
read_bars(struct reading *r)
{
	struct dataset *data = r->data;
	size_t column = 0;
	enum ost_err err;

	while (column < r->n_names && !count_column(r, column))
		column++;
	if (column == r->n_names) {
		data->n_bars = 0;
		return OST_OK;
	}
	sort_bars(data);
	err = copy_shown(r, r->names[column], &data->bars_of);
	for (size_t i = 0; i < data->n_bars && err == OST_OK; i++)
		err = copy_shown(r, data->labels[i], &data->labels[i]);
	return err;
}

static enum ost_err
read_objects(struct reading *r)
{
	struct dataset *data = r->data;
	enum ost_err err;

	if (data->n_objects == 0)
		return OST_OK;
	err = json_each_value(r->objects[0], take_name, r);
	if (err != OST_OK)
		return err;
	data->n_columns = r->n_names < DATASET_COLUMNS_MAX
				  ? r->n_names
				  : DATASET_COLUMNS_MAX;
	data->n_rows = data->n_objects < DATASET_ROWS_MAX ? data->n_objects
							  : DATASET_ROWS_MAX;
	data->n_counted = data->n_objects < DATASET_OBJECTS_MAX
				  ? data->n_objects
				  : DATASET_OBJECTS_MAX;
	for (size_t i = 0; i < data->n_columns && err == OST_OK; i++)
		err = read_column(r, i);
	return err == OST_OK ? read_bars(r) : err;
}

enum ost_err
dataset_read(struct arena *arena, const char *path,
	void (*report)(void *arg, const char *line), void *arg,
	struct dataset *data)
{
	struct dataset found = { 0 };
	struct reading *r = arena_alloc(arena, sizeof(*r));
	struct json *root = NULL;
	struct textfile file;
	enum ost_err err;

	if (r == NULL)
		return OST_NOMEM;
	err = textfile_open(&file, arena, path, DATASET_FILE_MAX, report, arg);
	if (err != OST_OK)
		return err;
	r->arena = arena;
	r->data = &found;
	err = file.errors > 0
		      ? OST_BADINPUT
		      : json_parse_data(file.rest, DATASET_FILE_MAX, &root);
	if (err == OST_OK)
		err = json_each_item(root, take_object, r);
	if (err == OST_BADINPUT && file.errors == 0)
		textfile_error(&file, "is not a JSON array of objects");
	if (err == OST_OK)
		err = read_objects(r);
	json_free(root);
	if (err == OST_OK)
		*data = found;
	return err;
}
