#include "page.h"

/* A page in its layout, as scripts/embed-pages writes it. */
struct page {
	const char *name;
	struct span text;
};
#include "pages.inc"

/*
 * RFC 9700 sections 4.2.4 and 4.16. No form-action: browsers apply it to the
 * redirect that answers a form too, and ours leads to the application.
 */
static void
add_headers(struct response *response)
{
	static const struct {
		const char *name, *value;
	} headers[] = {
		{ "Content-Security-Policy",
			"default-src 'none'; style-src 'self'; img-src 'self'; "
			"base-uri 'none'; frame-ancestors 'none'" },
		{ "X-Frame-Options", "DENY" },
		{ "Referrer-Policy", "no-referrer" },
		{ "X-Content-Type-Options", "nosniff" },
	};

	response_no_store(response);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		response_header(
			response, headers[i].name, span_of(headers[i].value));
}

struct values *
page_values(struct response *response)
{
	struct values *values = values_new(response->arena);

	values_set(values, "site_name", response->look.site_name);
	values_set(values, "language", language_tag(response->look.language));
	values_flag(values, "logo", response->look.has_logo);
	values_flag(values, "style", response->look.has_style);
	return values;
}

void
page_answer(struct response *response, int status, const char *reason,
	const char *page, struct values *values)
{
	struct span name = span_of(page);

	response_begin(response, status, reason, "text/html; charset=utf-8");
	add_headers(response);
	response_header(response, "Content-Language",
		language_tag(response->look.language));
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (values == NULL || !span_eq(span_of(pages[i].name), name))
			continue;
		template_render(&response->body, pages[i].text, values,
			response->look.language);
		return;
	}
	response->body.is_failed = true;
}

void
page_answer_vars(struct response *response, int status, const char *reason,
	const char *page, const struct page_var *vars, size_t n)
{
	struct values *values = page_values(response);

	values_set_all(values, vars, n);
	page_answer(response, status, reason, page, values);
}

struct span
page_text(const struct response *response, const char *key)
{
	struct span text;

	return language_text(response->look.language, span_of(key), &text)
		       ? text
		       : SPAN_ABSENT;
}
