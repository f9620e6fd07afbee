#ifndef OSTIARY_TEMPLATE_H
#define OSTIARY_TEMPLATE_H
#include "buf.h"
#include "messages.h"
/*
 * What the pages are made with. In a template:
 *	{{name}}	the value, escaped for text and attributes
 *	{{@key}}	the text of that key (messages.h) in the page's
 *			language; a {name} in it is that value between <bdi>
 *			and </bdi>
 *	{{=key}}	the same without <bdi>, for attributes and titles
 *	{{@*name}}, {{=*name}}	the text whose key is that value; nothing when
 *			the value is absent or empty
 *	{{?name}} ... {{/name}}	only when the value is there and not empty, or
 *			the list has rows
 *	{{!name}} ... {{/name}}	only when it is not
 *	{{#name}} ... {{/name}}	once for each row of the list, whose values
 *			come before those around it; of a value: for each of
 *			its lines, {{.}} being the line, and {{.label}} what
 *			stands before its first tab, which {{.}} leaves out
 * There is no way to put raw HTML into a page.
 */

/* The values of a page, or of one row of a list in it. */
struct values;

/* Lives as long as the arena. A failure (no memory) is latched, and the page
 * is then none. Names are literals; values are borrowed. */
struct values *values_new(struct arena *arena);
/* A fixed table of them. */
struct page_var {
	const char *name;
	struct span value;
};
void values_set_all(
	struct values *values, const struct page_var *vars, size_t n);
void values_set(struct values *values, const char *name, struct span value);
/* "yes", or absent. */
void values_flag(struct values *values, const char *name, bool is_set);
void values_number(struct values *values, const char *name, int64_t number);
/* "2026-11-22 14:05 UTC"; absent for 0. */
void values_time(struct values *values, const char *name, int64_t wall_ms);
/* Whether it is there and not empty. */
bool values_have(const struct values *values, const char *name);
/* A new last row of that list. */
struct values *values_row(struct values *values, const char *list);

/* Fills in the template. An unknown name or key, and an unclosed section, are
 * bugs of ours: they latch a failure in out. values NULL: there are none. */
void template_render(struct buf *out, struct span text,
	const struct values *values, const struct language *language);
#endif
