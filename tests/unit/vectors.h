#ifndef OSTIARY_TESTS_VECTORS_H
#define OSTIARY_TESTS_VECTORS_H
/* cmocka and the files of tests/vectors, for the tests of the codec layer. */
#include "buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* Behind those above, which it needs. */
#include <cmocka.h>
#define json_bool json_c_bool /* json.h has a function of that name */
#include <json-c/json.h>
#undef json_bool

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* SPAN() for the tables: it initialises static data. */
#define LITERAL(lit)                                                           \
	{                                                                      \
		"" lit, sizeof(lit) - 1                                        \
	}
#define BLNS_COUNT 515
#define BYTES_SPAN(array)                                                      \
	((struct span){ (const char *)(array), sizeof(array) })

/* The file of that name below OSTIARY_VECTORS; json_object_put() it. */
static inline struct json_object *
vectors_read(const char *name)
{
	const char *folder = getenv("OSTIARY_VECTORS");
	struct json_object *root;
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s",
		folder != NULL ? folder : "tests/vectors", name);
	root = json_object_from_file(path);
	if (root == NULL)
		fail_msg("cannot read %s", path);
	return root;
}

static inline struct json_object *
vector_member(struct json_object *object, const char *name)
{
	struct json_object *member;

	if (!json_object_object_get_ex(object, name, &member))
		fail_msg("no %s in the vector", name);
	return member;
}

static inline struct span
vector_string(struct json_object *string)
{
	return (struct span){ json_object_get_string(string),
		(size_t)json_object_get_string_len(string) };
}

static inline struct span
vector_text(struct json_object *object, const char *name)
{
	return vector_string(vector_member(object, name));
}

/* A copy without a byte behind it, so that the address sanitizer sees one that
 * is read there. free() it. */
static inline char *
exact_copy(struct span s)
{
	char *copy = malloc(s.n > 0 ? s.n : 1);

	assert_non_null(copy);
	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	return copy;
}

static inline void
assert_span(struct span got, struct span want)
{
	if (!span_eq(got, want))
		fail_msg("got \"%.*s\", not \"%.*s\"", SPAN_ARG(got),
			SPAN_ARG(want));
}
#endif
