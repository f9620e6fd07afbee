#ifndef OSTIARY_TESTS_PAGES_H
#define OSTIARY_TESTS_PAGES_H
#include "page.h"
/* What the tests of the pages share: all of them, each with whatever its
 * template asks for. */

/* As in page.c. */
struct page {
	const char *name;
	struct span text;
};
extern const struct page *const pages_all;
extern const size_t pages_count;

/* For cmocka's setup and teardown: the state is an arena. */
int pages_open(void **state);
int pages_close(void **state);
bool pages_contains(struct span s, const char *part);
/* What a page asks for: all of it is there, and is value. */
struct values *pages_filled(
	struct response *response, const struct page *page, struct span value);
/* The page with it, as long as the arena's memory lives. */
struct span pages_rendered(
	struct arena *arena, const struct page *page, struct span value);
#endif
