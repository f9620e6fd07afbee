#include "form.h"

#include "codec.h"

#define FIELDS_MAX 100

struct field {
	struct span name, value;
};

struct form {
	struct field *fields;
	size_t n;
};

/* A piece without '=' is a name without value. */
static enum ost_err
field_decode(struct arena *arena, struct span piece, struct field *field)
{
	struct span name;
	enum ost_err err;

	if (!span_cut(&piece, '=', &name)) {
		name = piece;
		piece = SPAN("");
	}
	err = form_decode(arena, name, &field->name);
	if (err != OST_OK)
		return err;
	return form_decode(arena, piece, &field->value);
}

enum ost_err
form_parse(struct arena *arena, struct span text, struct form **form)
{
	struct span rest = text, piece;
	struct form *parsed;
	enum ost_err err;
	size_t n = 0;

	while (span_next(&rest, '&', &piece))
		if (piece.n > 0 && ++n > FIELDS_MAX)
			return OST_TOOBIG;
	parsed = arena_alloc(arena, sizeof(*parsed));
	if (parsed == NULL)
		return OST_NOMEM;
	parsed->fields = arena_array(arena, n, sizeof(*parsed->fields));
	if (parsed->fields == NULL)
		return OST_NOMEM;
	rest = text;
	while (span_next(&rest, '&', &piece)) {
		if (piece.n == 0)
			continue;
		err = field_decode(arena, piece, &parsed->fields[parsed->n]);
		if (err != OST_OK)
			return err;
		parsed->n++;
	}
	*form = parsed;
	return OST_OK;
}

enum ost_err
form_get(const struct form *form, const char *name, struct span *value)
{
	const struct field *found = NULL;

	for (size_t i = 0; i < form->n; i++) {
		if (!span_eq(form->fields[i].name, span_of(name)))
			continue;
		if (found != NULL)
			return OST_BADINPUT;
		found = &form->fields[i];
	}
	if (found == NULL || found->value.n == 0)
		return OST_NOTFOUND;
	*value = found->value;
	return OST_OK;
}

bool
form_has(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->n; i++)
		if (span_eq(form->fields[i].name, span_of(name)))
			return true;
	return false;
}

bool
form_has_duplicate(const struct form *form)
{
	for (size_t i = 1; i < form->n; i++)
		for (size_t j = 0; j < i; j++)
			if (span_eq(form->fields[i].name, form->fields[j].name))
				return true;
	return false;
}

bool
form_field(const struct form *form, size_t i, struct span *name,
	struct span *value)
{
	if (i >= form->n)
		return false;
	*name = form->fields[i].name;
	*value = form->fields[i].value;
	return true;
}
