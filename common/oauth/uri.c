#include "uri.h"
#include "origin.h"
#include "path.h"

#define HOST_MAX 255 /* a name of 253 bytes, or an address */

/* RFC 3986 section 3.1. */
static bool
is_scheme(struct span text)
{
	if (text.n == 0 || !char_is_alpha(text.p[0]))
		return false;
	for (size_t i = 1; i < text.n; i++)
		if (!char_is_alnum(text.p[i]) &&
			!span_has(SPAN("+-."), text.p[i]))
			return false;
	return true;
}

static bool
has_capital(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != char_lower(text.p[i]))
			return true;
	return false;
}

static enum uri_rule
read_scheme(struct span scheme, bool is_native, enum uri_kind *kind)
{
	*kind = URI_WEB;
	if (span_eq_nocase(scheme, SPAN("https")))
		return URI_OK;
	if (!is_native)
		return URI_NOT_HTTPS;
	*kind = URI_LOOPBACK;
	if (span_eq_nocase(scheme, SPAN("http")))
		return URI_OK;
	*kind = URI_PRIVATE;
	if (!span_has(scheme, '.') || scheme.p[scheme.n - 1] == '.')
		return URI_SCHEME_PLAIN;
	return has_capital(scheme) ? URI_SCHEME_CASE : URI_OK;
}

/* Cuts the scheme and, where an authority follows, the "//". */
static enum uri_rule
cut_scheme(
	struct span *text, bool is_native, struct uri *uri, bool *has_authority)
{
	struct span rest = *text;
	enum uri_rule rule;

	if (!span_cut(&rest, ':', &uri->scheme) || !is_scheme(uri->scheme))
		return URI_NOT_ABSOLUTE;
	rule = read_scheme(uri->scheme, is_native, &uri->kind);
	if (rule != URI_OK)
		return rule;
	*has_authority = span_starts(rest, SPAN("//"));
	if (!*has_authority &&
		(uri->kind != URI_PRIVATE || !span_starts(rest, SPAN("/"))))
		return URI_NOT_ABSOLUTE;
	*text = *has_authority ? span_skip(rest, 2) : rest;
	return URI_OK;
}

static int
hex_value(char c)
{
	if (char_is_digit(c))
		return c - '0';
	c = char_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that the escape at the start of text stands for; -1: none. */
static int
unescape(struct span text)
{
	int high, low;

	if (text.n < 3 || text.p[0] != '%')
		return -1;
	high = hex_value(text.p[1]);
	low = hex_value(text.p[2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool
has_bad_character(struct span text)
{
	for (; text.n > 0; text = span_skip(text, 1)) {
		char c = text.p[0];
		int byte;

		if (char_is_alnum(c) ||
			span_has(SPAN("-._~:/?#[]@!$&'()*+,;="), c))
			continue;
		byte = unescape(text);
		if (byte < 0 || char_is_control((char)byte) ||
			span_has(SPAN("/\\.%"), (char)byte))
			return true;
	}
	return false;
}

/* Splits "host[:port]" and checks both. */
static enum uri_rule
parse_authority(struct span authority, struct uri *uri)
{
	char origin[sizeof("https://") - 1 + HOST_MAX] = "https://";
	struct origin unused;
	uint64_t port = uri->kind == URI_WEB ? 443 : 80;
	size_t n = 0;

	if (span_has(authority, '@'))
		return URI_USERINFO;
	if (span_starts(authority, SPAN("[")))
		while (n < authority.n && authority.p[n] != ']')
			n++;
	while (n < authority.n && authority.p[n] != ':')
		n++;
	if (n == 0 || n > HOST_MAX)
		return URI_BAD_HOST;
	for (size_t i = 0; i < n; i++)
		origin[8 + i] = char_lower(authority.p[i]);
	if (origin_fault((struct span){ origin, 8 + n }, &unused) != NULL)
		return URI_BAD_HOST;
	if (n < authority.n && span_to_u64(span_skip(authority, n + 1), 1,
				       65535, &port) != OST_OK)
		return URI_BAD_PORT;
	uri->authority = authority;
	uri->host = (struct span){ authority.p, n };
	uri->port = (uint16_t)port;
	return URI_OK;
}

/* Of http: only the device itself, and as an address, for what a name leads to
 * is not ours to say (RFC 8252 section 8.3). */
static enum uri_rule
check_loopback(const struct uri *uri)
{
	if (span_eq(uri->host, SPAN("127.0.0.1")) ||
		span_eq(uri->host, SPAN("[::1]")))
		return URI_OK;
	return span_eq_nocase(uri->host, SPAN("localhost")) ? URI_LOCALHOST
							    : URI_NOT_LOOPBACK;
}

/* A word behind the "//" of a private scheme. It names nothing, and is only
 * ever compared. */
static enum uri_rule
check_private(struct span authority)
{
	if (span_has(authority, '@'))
		return URI_USERINFO;
	for (size_t i = 0; i < authority.n; i++)
		if (!char_is_alnum(authority.p[i]) &&
			!span_has(SPAN("-._:"), authority.p[i]))
			return URI_BAD_HOST;
	return URI_OK;
}

/* Cuts the authority from the start of text. */
static enum uri_rule
cut_authority(struct span *text, struct uri *uri)
{
	struct span authority = { text->p, 0 };
	enum uri_rule rule;

	while (authority.n < text->n &&
		!span_has(SPAN("/?#"), text->p[authority.n]))
		authority.n++;
	*text = span_skip(*text, authority.n);
	if (uri->kind == URI_PRIVATE) {
		uri->authority = authority;
		return check_private(authority);
	}
	rule = parse_authority(authority, uri);
	if (rule == URI_OK && uri->kind == URI_LOOPBACK)
		rule = check_loopback(uri);
	return rule;
}

static bool
is_good_path(struct span path)
{
	struct span rest = span_skip(path, 1), segment;

	/* Some servers drop what follows a ";" of a segment: "..;" is "..". */
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == ';' || unescape(span_skip(path, i)) == ';')
			return false;
	while (span_next(&rest, '/', &segment)) {
		bool is_last = span_is_absent(rest);

		if ((segment.n == 0 && !is_last) ||
			span_eq(segment, SPAN(".")) ||
			span_eq(segment, SPAN("..")))
			return false;
	}
	return true;
}

/* Whether name, as it stands escaped in a query, reads as word. To some
 * languages it does with blanks before it, too, and as a list, "word[]", and
 * they take that for the answer, or a part of it. */
static bool
name_is(struct span name, struct span word)
{
	while (span_starts(name, SPAN("+")) || unescape(name) == ' ')
		name = span_skip(name, name.p[0] == '+' ? 1 : 3);
	for (; word.n > 0; word = span_skip(word, 1)) {
		int byte = unescape(name);

		if (name.n == 0)
			return false;
		name = span_skip(name, byte < 0 ? 1 : 3);
		if (byte < 0)
			byte = (unsigned char)name.p[-1];
		if (char_lower((char)byte) != word.p[0])
			return false;
	}
	return name.n == 0 || name.p[0] == '[' || unescape(name) == '[';
}

static bool
is_reserved(struct span name)
{
	return name_is(name, SPAN("code")) || name_is(name, SPAN("state")) ||
	       name_is(name, SPAN("error")) || name_is(name, SPAN("iss")) ||
	       name_is(name, SPAN("error_description"));
}

/* Some servers part the fields at ";" too. */
static bool
has_reserved_name(struct span query)
{
	struct span fields = query, field;

	while (span_next(&fields, '&', &field)) {
		struct span parts = field, part;

		while (span_next(&parts, ';', &part)) {
			struct span name = part;

			(void)span_cut(&part, '=', &name);
			if (is_reserved(name))
				return true;
		}
	}
	return false;
}

/* Splits [path][?query]; no "#" is left in text. */
static enum uri_rule
parse_path(struct span text, struct uri *uri)
{
	struct span query = text, path = text;

	if (!span_cut(&query, '?', &path))
		query = SPAN_ABSENT;
	if (!is_good_path(path))
		return URI_BAD_PATH;
	if (has_reserved_name(query))
		return URI_RESERVED_QUERY;
	uri->path = path;
	uri->query = query;
	return URI_OK;
}

static enum uri_rule
parse(struct span text, bool is_native, struct uri *uri)
{
	struct uri found = { .authority = SPAN(""), .host = SPAN_ABSENT };
	struct span rest = text;
	bool has_authority;
	enum uri_rule rule;

	if (text.n == 0)
		return URI_MISSING;
	if (text.n > URI_SIZE_MAX)
		return URI_TOO_LONG;
	rule = cut_scheme(&rest, is_native, &found, &has_authority);
	if (rule != URI_OK)
		return rule;
	if (has_bad_character(rest))
		return URI_BAD_CHARACTER;
	if (has_authority)
		rule = cut_authority(&rest, &found);
	if (rule != URI_OK)
		return rule;
	if (span_has(rest, '#'))
		return URI_FRAGMENT;
	rule = parse_path(rest, &found);
	if (rule == URI_OK)
		*uri = found;
	return rule;
}

enum uri_rule
uri_parse(struct span text, struct uri *uri)
{
	return parse(text, false, uri);
}

enum uri_rule
uri_parse_native(struct span text, struct uri *uri)
{
	return parse(text, true, uri);
}

static struct span
path_or_root(struct span path)
{
	return path.n > 0 ? path : SPAN("/");
}

bool
uri_is_below(const struct uri *uri, const struct uri *prefix)
{
	return span_eq_nocase(uri->host, prefix->host) &&
	       uri->port == prefix->port &&
	       path_is_below(
		       path_or_root(uri->path), path_or_root(prefix->path));
}

bool
uri_is_loopback(const struct uri *uri)
{
	struct span host = uri->host;
	struct span last = span_skip(host, host.n > 10 ? host.n - 10 : 0);

	if (span_eq(host, SPAN("[::1]")) ||
		span_eq_nocase(host, SPAN("localhost")) ||
		span_eq_nocase(last, SPAN(".localhost")))
		return true;
	/* Only an address is made of nothing else: the host was checked. */
	for (size_t i = 0; i < host.n; i++)
		if (!char_is_digit(host.p[i]) && host.p[i] != '.')
			return false;
	return span_starts(host, SPAN("127."));
}
