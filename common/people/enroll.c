#include "enroll.h"
#include "codec.h"

/* No dot, percent escape or "//": nothing that somebody could read as another
 * place. */
static bool
is_plain_path(struct span path)
{
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/' ? i > 0 && path.p[i - 1] == '/'
				     : !char_is_alnum(path.p[i]) &&
					       !span_has(SPAN("-_"), path.p[i]))
			return false;
	return true;
}

bool
enroll_is_ours(struct span back)
{
	static const char *const paths[] = { "/oauth/authorize",
		"/oauth/authenticate", "/device", "/oauth/device", "/account" };
	struct span query = back, path;

	if (back.n == 0 || back.n > ENROLL_BACK_MAX)
		return false;
	for (size_t i = 0; i < back.n; i++)
		if (back.p[i] <= ' ' || back.p[i] > '~' ||
			span_has(SPAN("\\#"), back.p[i]))
			return false;
	if (!span_cut(&query, '?', &path))
		path = back;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (span_eq(path, span_of(paths[i])))
			return true;
	return span_starts(path, SPAN("/account/")) && is_plain_path(path);
}

enum ost_err
enroll_redirect(const struct request *request, struct response *response,
	const struct visitor *visitor)
{
	struct span back, location;
	struct buf from, to;
	enum ost_err err;

	buf_init(&from, request->arena);
	buf_add(&from, request->path);
	if (request->query.n > 0)
		buf_char(&from, '?');
	buf_add(&from, request->query);
	err = buf_span(&from, &back);
	buf_init(&to, request->arena);
	buf_text(&to, ENROLL_PATH);
	if (err == OST_OK && enroll_is_ours(back)) {
		buf_text(&to, "?return=");
		percent_encode(&to, back);
	}
	if (err == OST_OK)
		err = buf_span(&to, &location);
	if (err != OST_OK)
		return err;
	response->subject = visitor->user.name;
	response_redirect(response, location, "two_step_required");
	return OST_OK;
}
