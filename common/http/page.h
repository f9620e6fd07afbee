#ifndef OSTIARY_PAGE_H
#define OSTIARY_PAGE_H
#include "response.h"
#include "template.h"
/*
 * Pages for people. Their templates (template.h) are www/NAME.html, compiled
 * in, each put into the layout that it names. Every page has by itself the
 * values site_name, language, logo and style of response->look.
 */

/*
 * Answers with the page: text/html; charset=utf-8, no-store, and the headers
 * every page of ours bears (strict Content-Security-Policy with
 * frame-ancestors 'none', X-Frame-Options, Referrer-Policy: no-referrer,
 * X-Content-Type-Options, Content-Language). values come from page_values() of
 * this response. A bug in a template latches a failure in the body, so that
 * the answer is 500.
 */
void page_answer(struct response *response, int status, const char *reason,
	const char *page, struct values *values);
/* The same for values that are a fixed table. */
void page_answer_vars(struct response *response, int status, const char *reason,
	const char *page, const struct page_var *vars, size_t n);
/* The values of a page to be. NULL: no memory; all that takes it says so. */
struct values *page_values(struct response *response);
/* The text of that key, plain, for what is no page (a mail); it may hold
 * {values}. Absent: there is none. */
struct span page_text(const struct response *response, const char *key);
#endif
