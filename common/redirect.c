#include "redirect.h"

enum uri_rule
redirect_uri_check(struct span uri)
{
	struct uri unused;

	return uri_parse(uri, &unused);
}

struct span
redirect_target_text(struct span uri)
{
	struct uri parsed;

	return uri_parse(uri, &parsed) == URI_OK ? parsed.authority
						 : SPAN_ABSENT;
}

static enum uri_rule
prefix_rule(struct span text, struct uri *prefix)
{
	enum uri_rule rule = uri_parse(text, prefix);

	if (rule == URI_RESERVED_QUERY)
		return URI_HAS_QUERY;
	if (rule != URI_OK)
		return rule;
	if (!span_is_absent(prefix->query))
		return URI_HAS_QUERY;
	if (span_has(prefix->path, '%'))
		return URI_BAD_CHARACTER;
	if (prefix->path.n <= 1 && !uri_is_loopback(prefix))
		return URI_ROOT_PREFIX;
	return URI_OK;
}

enum ost_err
redirect_prefix_check(struct arena *arena, struct span prefix,
	enum uri_rule *rule, struct span *stored)
{
	struct uri parsed;
	struct buf buf;

	*rule = prefix_rule(prefix, &parsed);
	if (*rule != URI_OK)
		return OST_BADINPUT;
	buf_init(&buf, arena);
	buf_text(&buf, "https://");
	for (size_t i = 0; i < parsed.authority.n; i++)
		buf_char(&buf, char_lower(parsed.authority.p[i]));
	buf_add(&buf, parsed.path.n > 0 ? parsed.path : SPAN("/"));
	return buf_span(&buf, stored);
}

enum uri_rule
redirect_check(const struct app *app, struct span uri)
{
	struct span prefixes = app->prefixes, text;
	struct uri parsed, prefix;
	enum uri_rule rule = uri_parse(uri, &parsed);

	if (rule != URI_OK)
		return rule;
	if (list_has(app->redirect_uris, uri))
		return URI_OK;
	/* A stored prefix is checked again: the record may be older than the
	 * rules. */
	while (span_next(&prefixes, ' ', &text))
		if (prefix_rule(text, &prefix) == URI_OK &&
			uri_is_below(&parsed, &prefix))
			return URI_OK;
	return URI_NOT_REGISTERED;
}
