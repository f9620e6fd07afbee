#include "path.h"

#include "codec.h"

#include <string.h>

/* Bytes that no path of ours holds, decoded or not. */
static bool
is_clean(struct span path)
{
	for (size_t i = 0; i < path.n; i++)
		if (char_is_control(path.p[i]) || path.p[i] == '\\')
			return false;
	return utf8_is_valid(path);
}

/* The path of an origin-form or absolute-form target (RFC 9112 section 3.2),
 * without its query. */
static enum ost_err
target_path(struct span target, struct span *path)
{
	struct span query = target, authority;

	if (!span_cut(&query, '?', &target))
		target = query;
	/* No target has a fragment. Web servers cut it off or keep it, each
	 * after its own fashion. */
	if (!is_clean(target) || span_has(target, '#'))
		return OST_BADINPUT;
	if (span_starts(target, SPAN("/"))) {
		*path = target;
		return OST_OK;
	}
	if (!span_cut(&target, ':', &authority) ||
		(!span_eq_nocase(authority, SPAN("http")) &&
			!span_eq_nocase(authority, SPAN("https"))) ||
		!span_starts(target, SPAN("//")))
		return OST_BADINPUT;
	target = span_skip(target, 2);
	if (target.n == 0 || target.p[0] == '/')
		return OST_BADINPUT;
	/* The slash that ends the authority begins the path. */
	*path = span_cut(&target, '/', &authority)
			? (struct span){ target.p - 1, target.n + 1 }
			: SPAN("/");
	return OST_OK;
}

/* Cuts the last segment off the n bytes of path, which end in a slash. False
 * at the root. */
static bool
pop_segment(const char *path, size_t *n)
{
	if (*n == 1)
		return false;
	do
		(*n)--;
	while (path[*n - 1] != '/');
	return true;
}

/* out has room for as many bytes as path, which begins with a slash. Before
 * each segment out[] ends in one. */
static enum ost_err
remove_dots(struct span path, char *out, size_t *out_n)
{
	struct span rest = span_skip(path, 1), segment;
	size_t n = 0;

	out[n++] = '/';
	while (span_next(&rest, '/', &segment)) {
		if (segment.n == 0 || span_eq(segment, SPAN(".")))
			continue;
		if (span_eq(segment, SPAN(".."))) {
			if (!pop_segment(out, &n))
				return OST_BADINPUT;
			continue;
		}
		memcpy(out + n, segment.p, segment.n);
		n += segment.n;
		if (!span_is_absent(rest))
			out[n++] = '/';
	}
	*out_n = n;
	return OST_OK;
}

enum ost_err
path_canonical(struct arena *arena, struct span target, struct span *path)
{
	struct span raw, decoded;
	enum ost_err err;
	char *out;
	size_t n;

	err = target_path(target, &raw);
	if (err != OST_OK)
		return err;
	err = percent_decode(arena, raw, &decoded);
	if (err != OST_OK)
		return err;
	if (!is_clean(decoded))
		return OST_BADINPUT;
	out = arena_alloc(arena, decoded.n + 1);
	if (out == NULL)
		return OST_NOMEM;
	err = remove_dots(decoded, out, &n);
	if (err != OST_OK)
		return err;
	*path = (struct span){ out, n };
	return OST_OK;
}

bool
path_is_canonical(struct span path)
{
	struct span rest = path, segment;

	if (!span_starts(path, SPAN("/")) || !is_clean(path))
		return false;
	rest = span_skip(rest, 1);
	while (span_next(&rest, '/', &segment)) {
		/* Only the last segment may be empty: "/" and "/folder/". */
		if (segment.n == 0 && !span_is_absent(rest))
			return false;
		if (span_eq(segment, SPAN(".")) || span_eq(segment, SPAN("..")))
			return false;
	}
	return true;
}

bool
path_is_below(struct span path, struct span prefix)
{
	if (prefix.n == 0 || !span_starts(path, prefix))
		return false;
	return path.n == prefix.n || prefix.p[prefix.n - 1] == '/' ||
	       path.p[prefix.n] == '/';
}
