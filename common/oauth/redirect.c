#include "redirect.h"

static enum uri_rule
parse(bool is_public, struct span text, struct uri *uri)
{
	return is_public ? uri_parse_native(text, uri) : uri_parse(text, uri);
}

enum uri_rule
redirect_uri_check(bool is_public, struct span uri)
{
	struct uri unused;

	return parse(is_public, uri, &unused);
}

bool
redirect_is_native(struct span uri)
{
	struct uri parsed;

	return uri_parse_native(uri, &parsed) == URI_OK &&
	       parsed.kind != URI_WEB;
}

struct span
redirect_target_text(struct span uri)
{
	struct uri parsed;

	if (uri_parse_native(uri, &parsed) != URI_OK)
		return SPAN_ABSENT;
	return parsed.kind == URI_PRIVATE ? parsed.scheme : parsed.authority;
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

/* Whether it is one of the exact ones but for its port. */
static bool
is_same_loopback(struct span registered, const struct uri *uri)
{
	struct span text;
	struct uri known;

	while (span_next(&registered, ' ', &text))
		if (uri_parse_native(text, &known) == URI_OK &&
			known.kind == URI_LOOPBACK &&
			span_eq(known.host, uri->host) &&
			span_eq(known.path, uri->path) &&
			span_is_absent(known.query) ==
				span_is_absent(uri->query) &&
			span_eq(known.query, uri->query))
			return true;
	return false;
}

static bool
is_below_prefix(struct span prefixes, const struct uri *uri)
{
	struct span text;
	struct uri prefix;

	/* A stored prefix is checked again: the record may be older than the
	 * rules. */
	while (span_next(&prefixes, ' ', &text))
		if (prefix_rule(text, &prefix) == URI_OK &&
			uri_is_below(uri, &prefix))
			return true;
	return false;
}

enum uri_rule
redirect_check(const struct app *app, struct span uri)
{
	struct uri parsed;
	enum uri_rule rule = parse(app->is_public, uri, &parsed);
	bool is_known;

	if (rule != URI_OK)
		return rule;
	if (parsed.kind == URI_LOOPBACK)
		is_known = is_same_loopback(app->redirect_uris, &parsed);
	else
		is_known = list_has(app->redirect_uris, uri) ||
			   (parsed.kind == URI_WEB &&
				   is_below_prefix(app->prefixes, &parsed));
	return is_known ? URI_OK : URI_NOT_REGISTERED;
}
