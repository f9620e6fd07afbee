#ifndef OSTIARY_TEST_REPORTS_H
#define OSTIARY_TEST_REPORTS_H
/* A file of one folder of its own, and what a loader reports about it; for
 * the tests of config and policy. Include behind <cmocka.h>. */
#include "span.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORTS_MAX 16

struct reports {
	char folder[64];
	char path[128];
	char *lines[REPORTS_MAX];
	size_t n;
};

static inline int
reports_setup(void **state)
{
	struct reports *reports = calloc(1, sizeof(*reports));

	if (reports == NULL)
		return 1;
	snprintf(reports->folder, sizeof(reports->folder),
		"/tmp/ostiary-test-XXXXXX");
	if (mkdtemp(reports->folder) == NULL)
		return 1;
	snprintf(reports->path, sizeof(reports->path), "%s/file",
		reports->folder);
	*state = reports;
	return 0;
}

static inline void
reports_clear(struct reports *reports)
{
	for (size_t i = 0; i < reports->n; i++)
		free(reports->lines[i]);
	reports->n = 0;
}

static inline int
reports_teardown(void **state)
{
	struct reports *reports = *state;

	reports_clear(reports);
	unlink(reports->path);
	rmdir(reports->folder);
	free(reports);
	return 0;
}

/* What config_load() and policy_load() call. */
static inline void
reports_add(void *arg, const char *line)
{
	struct reports *reports = arg;

	assert_true(reports->n < REPORTS_MAX);
	reports->lines[reports->n] = strdup(line);
	assert_non_null(reports->lines[reports->n++]);
}

static inline void
reports_write(struct reports *reports, struct span text)
{
	FILE *file = fopen(reports->path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
	assert_int_equal(fclose(file), 0);
	reports_clear(reports);
}

/* want: what each report begins with behind the path, one a line; "" for
 * none. name says which case it was. */
static inline void
reports_check(const struct reports *reports, const char *name, const char *want)
{
	struct span rest = span_of(want), one;
	size_t n = 0, path_n = strlen(reports->path);

	while (rest.n > 0 && span_next(&rest, '\n', &one)) {
		const char *got = n < reports->n ? reports->lines[n] : "";

		if (strncmp(got, reports->path, path_n) != 0 ||
			!span_starts(span_of(got + path_n), one))
			fail_msg("%s: wanted FILE%.*s, got %s", name,
				SPAN_ARG(one), got);
		n++;
	}
	if (n != reports->n)
		fail_msg("%s: %zu reports instead of %zu, the next is %s", name,
			reports->n, n, reports->lines[n]);
}
#endif
