#ifndef OSTIARY_PAGE_H
#define OSTIARY_PAGE_H
#include "response.h"
/*
 * Pages for people. Templates are www/NAME.html, compiled in, each put into
 * www/layout.html. In a template:
 *	{{name}}		the variable, escaped for text and attributes
 *	{{?name}} ... {{/name}}	only when the variable is there and not empty
 *	{{!name}} ... {{/name}}	only when it is not
 *	{{#name}} ... {{.}} ... {{/name}}	once for each line of the
 *				variable, {{.}} being the line, escaped, and
 *				{{.label}} what stands before its first tab,
 *				which {{.}} then leaves out
 * There is no way to put raw HTML into a page.
 */
struct page_var {
	const char *name;
	struct span value;
};

/*
 * Answers with the page: text/html; charset=utf-8, no-store, and the headers
 * every page of ours bears (strict Content-Security-Policy with
 * frame-ancestors 'none', X-Frame-Options, Referrer-Policy: no-referrer,
 * X-Content-Type-Options). An unknown page or variable name in a template is
 * our own bug: it latches a failure in the body, so that the answer is 500.
 */
void response_page(struct response *response, int status, const char *reason,
	const char *page, const struct page_var *vars, size_t n);
#endif
