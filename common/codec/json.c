#include "json.h"
#include "json_scan.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#define json_bool json_c_bool /* its type has the name of our function */
#include <json-c/json.h>
#undef json_bool

/* json-c counts a level for the scalars inside, and one that it keeps. */
#define TOKENER_DEPTH(levels) ((levels) + 2)
#define WHOLE_MAX	      15 /* digits of a number that it keeps as it is */

static const struct json_object *
inner(const struct json *value)
{
	return (const struct json_object *)(const void *)value;
}

static struct span
string_span(struct json_object *string)
{
	return (struct span){ json_object_get_string(string),
		(size_t)json_object_get_string_len(string) };
}

/* Adds what is really in the tree. */
static void
tree_count(struct json_object *value, struct json_census *census)
{
	struct json_object_iter member;

	census->values++;
	switch (json_object_get_type(value)) {
	case json_type_object:
		json_object_object_foreachC(value, member)
		{
			census->bytes += span_of(member.key).n;
			tree_count(member.val, census);
		}
		break;
	case json_type_array:
		for (size_t i = 0; i < json_object_array_length(value); i++)
			tree_count(json_object_array_get_idx(value, i), census);
		break;
	case json_type_string:
		census->bytes += string_span(value).n;
		break;
	case json_type_null:
	case json_type_boolean:
	case json_type_int:
	case json_type_double:
		break;
	}
}

/* json-c's part, after the scanner said yes: what it refuses now, it refuses
 * for want of memory. */
static enum ost_err
tree_build(struct span text, int levels_max, struct json_object **tree)
{
	struct json_tokener *tokener =
		json_tokener_new_ex(TOKENER_DEPTH(levels_max));
	struct json_object *value;
	enum ost_err err = OST_NOMEM;

	if (tokener == NULL)
		return OST_NOMEM;
	json_tokener_set_flags(
		tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	value = json_tokener_parse_ex(tokener, text.p, (int)text.n);
	/* Only the NUL tells it that a number at the root is over. */
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		value = json_tokener_parse_ex(tokener, "", 1);
	if (json_tokener_get_error(tokener) == json_tokener_success) {
		*tree = value;
		err = OST_OK;
	}
	json_tokener_free(tokener);
	return err;
}

/* The tree of a text that the scanner took and that holds that much. */
static enum ost_err
tree_make(struct span text, int levels_max, const struct json_census *wanted,
	struct json **root)
{
	struct json_census found = { 0, 0 };
	struct json_object *tree = NULL;
	enum ost_err err = tree_build(text, levels_max, &tree);

	if (err != OST_OK)
		return err;
	tree_count(tree, &found);
	if (found.values != wanted->values)
		err = OST_BADINPUT; /* a name that is there twice */
	else if (found.bytes != wanted->bytes)
		err = OST_NOMEM; /* json-c 0.16 cuts a string then */
	if (err != OST_OK) {
		json_object_put(tree);
		return err;
	}
	*root = (struct json *)(void *)tree;
	return OST_OK;
}

enum ost_err
json_parse(struct span text, size_t size_max, struct json **root)
{
	struct json_census wanted;
	enum ost_err err;

	if (text.n > size_max || text.n > INT_MAX)
		return OST_TOOBIG;
	err = json_scan(text, &wanted);
	if (err != OST_OK)
		return err;
	return tree_make(text, JSON_LEVELS_MAX, &wanted, root);
}

/* json-c keeps the text of a number that has an exponent. What it would make
 * another number of gets one that changes nothing: -0, and many digits. */
static size_t
widen_number(char *to, struct span number)
{
	memcpy(to, number.p, number.n);
	if (number.n <= WHOLE_MAX && !span_eq(number, SPAN("-0")))
		return number.n;
	memcpy(to + number.n, "e+00", 4);
	return number.n + 4;
}

/* Copies a text that the scanner took to memory of three times its size: what
 * grows has two bytes at least and one behind it, unless it is all. */
static struct span
widen_numbers(char *to, struct span text)
{
	struct span copy = { to, 0 };
	bool is_string = false, is_whole = false;

	for (size_t i = 0; i < text.n;) {
		struct span rest = span_skip(text, i);
		size_t n = is_string ? 0 : json_number_length(rest, &is_whole);

		if (n > 0 && is_whole) {
			copy.n += widen_number(
				to + copy.n, (struct span){ rest.p, n });
			i += n;
			continue;
		}
		if (n == 0)
			n = is_string && rest.p[0] == '\\' ? 2 : 1;
		is_string ^= rest.p[0] == '"';
		memcpy(to + copy.n, rest.p, n);
		copy.n += n;
		i += n;
	}
	return copy;
}

enum ost_err
json_parse_data(struct span text, size_t size_max, struct json **root)
{
	struct json_census wanted;
	char *wide;
	enum ost_err err;

	if (text.n > size_max || text.n > INT_MAX / 4)
		return OST_TOOBIG;
	err = json_scan_data(text, &wanted);
	if (err != OST_OK)
		return err;
	wide = malloc(3 * text.n);
	if (wide == NULL)
		return OST_NOMEM;
	err = tree_make(
		widen_numbers(wide, text), JSON_DATA_LEVELS_MAX, &wanted, root);
	free(wide);
	return err;
}

void
json_free(struct json *root)
{
	json_object_put((struct json_object *)(void *)root);
}

bool
json_is_object(const struct json *value)
{
	return json_object_is_type(inner(value), json_type_object) != 0;
}

bool
json_is_array(const struct json *value)
{
	return json_object_is_type(inner(value), json_type_array) != 0;
}

static enum ost_err
member_get(const struct json *object, const char *name, enum json_type type,
	struct json_object **value)
{
	if (!json_is_object(object))
		return OST_BADINPUT;
	if (!json_object_object_get_ex(inner(object), name, value) ||
		*value == NULL)
		return OST_NOTFOUND;
	if (!json_object_is_type(*value, type))
		return OST_BADINPUT;
	return OST_OK;
}

enum ost_err
json_get_string(const struct json *object, const char *name, struct span *value)
{
	struct json_object *member;
	enum ost_err err = member_get(object, name, json_type_string, &member);

	if (err == OST_OK)
		*value = string_span(member);
	return err;
}

enum ost_err
json_get_i64(const struct json *object, const char *name, int64_t *value)
{
	struct json_object *member;
	enum ost_err err = member_get(object, name, json_type_int, &member);

	if (err == OST_OK)
		*value = json_object_get_int64(member);
	return err;
}

enum ost_err
json_get_bool(const struct json *object, const char *name, bool *value)
{
	struct json_object *member;
	enum ost_err err = member_get(object, name, json_type_boolean, &member);

	if (err == OST_OK)
		*value = json_object_get_boolean(member) != 0;
	return err;
}

enum ost_err
json_each_string(const struct json *object, const char *name,
	enum ost_err (*each)(void *arg, struct span text), void *arg)
{
	struct json_object *array;
	enum ost_err err = member_get(object, name, json_type_array, &array);

	if (err != OST_OK)
		return err;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (!json_object_is_type(item, json_type_string))
			return OST_BADINPUT;
		err = each(arg, string_span(item));
		if (err != OST_OK)
			return err;
	}
	return OST_OK;
}

enum ost_err
json_each_member(const struct json *object,
	enum ost_err (*each)(void *arg, struct span name, struct span text),
	void *arg)
{
	struct json_object_iter member;

	if (!json_is_object(object))
		return OST_BADINPUT;
	json_object_object_foreachC(inner(object), member)
	{
		enum ost_err err;

		if (!json_object_is_type(member.val, json_type_string))
			return OST_BADINPUT;
		err = each(arg, span_of(member.key), string_span(member.val));
		if (err != OST_OK)
			return err;
	}
	return OST_OK;
}

enum ost_err
json_each_item(const struct json *array,
	enum ost_err (*each)(void *arg, const struct json *item), void *arg)
{
	const struct json_object *items = inner(array);

	if (!json_is_array(array))
		return OST_BADINPUT;
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		struct json_object *item = json_object_array_get_idx(items, i);
		enum ost_err err =
			each(arg, (const struct json *)(const void *)item);

		if (err != OST_OK)
			return err;
	}
	return OST_OK;
}

static struct json_value
value_of(struct json_object *value)
{
	struct json_value found = { JSON_NESTED, SPAN_ABSENT };

	switch (json_object_get_type(value)) {
	case json_type_null:
		found.kind = JSON_NULL;
		break;
	case json_type_boolean:
		found.kind = JSON_BOOL;
		found.text = json_object_get_boolean(value) ? SPAN("true")
							    : SPAN("false");
		break;
	case json_type_int:
	case json_type_double:
		found.kind = JSON_NUMBER;
		found.text = span_of(json_object_get_string(value));
		if (span_ends(found.text, SPAN("e+00")))
			found.text.n -= 4; /* of widen_number() */
		break;
	case json_type_string:
		found.kind = JSON_TEXT;
		found.text = string_span(value);
		break;
	case json_type_object:
	case json_type_array:
		break;
	}
	return found;
}

enum ost_err
json_each_value(const struct json *object,
	enum ost_err (*each)(
		void *arg, struct span name, const struct json_value *value),
	void *arg)
{
	struct json_object_iter member;

	if (!json_is_object(object))
		return OST_BADINPUT;
	json_object_object_foreachC(inner(object), member)
	{
		struct json_value value = value_of(member.val);
		enum ost_err err = each(arg, span_of(member.key), &value);

		if (err != OST_OK)
			return err;
	}
	return OST_OK;
}

enum ost_err
json_get_value(
	const struct json *object, const char *name, struct json_value *value)
{
	struct json_object *member;

	if (!json_is_object(object))
		return OST_BADINPUT;
	if (!json_object_object_get_ex(inner(object), name, &member))
		return OST_NOTFOUND;
	*value = value_of(member);
	return OST_OK;
}
