#include "rights.h"

/* What users_current tells any application, and the scope whose own sentence
 * says the same. */
static const struct {
	const char *scope, *what;
} known[] = {
	{ "profile", "user name, display name" },
	{ "email", "email" },
	{ "roles", "roles" },
};

/* Whether the page tells it with the sentence that is known here, not with one
 * of the configuration. */
static bool
is_told(const struct scope_registry *registry, struct span scope,
	struct span token)
{
	static const struct scope_registry none;

	return list_has(scope, token) &&
	       span_eq(scope_sentence(registry, token),
		       scope_sentence(&none, token));
}

static void
add_identity(struct buf *buf, const struct scope_registry *registry,
	struct span scope)
{
	const char *separator = "See who you are: ";

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (is_told(registry, scope, span_of(known[i].scope)))
			continue;
		buf_text(buf, separator);
		buf_text(buf, known[i].what);
		separator = ", ";
	}
	if (*separator == ',')
		buf_char(buf, '\n');
}

static void
add_scope(struct buf *buf, const struct scope_registry *registry,
	struct span token)
{
	struct span sentence = scope_sentence(registry, token);

	if (span_is_absent(sentence)) {
		buf_text(buf, "Permission: ");
		buf_add(buf, token);
	} else {
		buf_add(buf, token);
		buf_char(buf, '\t');
		buf_add(buf, sentence);
	}
	buf_char(buf, '\n');
}

enum ost_err
rights_text(struct arena *arena, const struct scope_registry *registry,
	struct span scope, struct span *text)
{
	struct span rest = scope, token;
	struct buf buf;

	buf_init(&buf, arena);
	add_identity(&buf, registry, scope);
	buf_text(&buf, "Use this site's data and services in your name\n");
	while (span_next(&rest, ' ', &token))
		if (token.n > 0)
			add_scope(&buf, registry, token);
	return buf_span(&buf, text);
}
