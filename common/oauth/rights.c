#include "rights.h"
#include "user.h"

#include <stdio.h>

/* What users_current tells any application, and the scope whose own sentence
 * says the same. */
static const struct {
	const char *scope, *what; /* the key of a text */
} known[] = {
	{ "profile", "rights.profile" },
	{ "email", "rights.email" },
	{ "roles", "rights.roles" },
};

static void
add_text(struct buf *buf, const struct language *language, struct span key)
{
	struct span text = SPAN("");

	if (!language_text(language, key, &text))
		buf->is_failed = true; /* a bug of ours */
	buf_add(buf, text);
}

struct span
rights_sentence(const struct language *language,
	const struct scope_registry *registry, struct span token)
{
	static const struct scope_registry none;
	struct span sentence = scope_sentence(registry, token), text;
	char key[64];
	int n = snprintf(key, sizeof(key), "scope.%.*s",
		(int)(token.n > 40 ? 40 : token.n), token.p);

	if (span_is_absent(sentence) ||
		!span_eq(sentence, scope_sentence(&none, token)))
		return sentence;
	return language_text(language, (struct span){ key, (size_t)n }, &text)
		       ? text
		       : sentence;
}

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
add_identity(struct buf *buf, const struct language *language,
	const struct scope_registry *registry, struct span scope)
{
	bool is_rest = false, has_any = false;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (is_told(registry, scope, span_of(known[i].scope)))
			is_rest = true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (is_told(registry, scope, span_of(known[i].scope)))
			continue;
		if (has_any)
			buf_text(buf, ", ");
		else
			add_text(buf, language,
				is_rest ? SPAN("rights.rest")
					: SPAN("rights.who"));
		if (!has_any)
			buf_char(buf, ' ');
		add_text(buf, language, span_of(known[i].what));
		has_any = true;
	}
	if (has_any)
		buf_char(buf, '\n');
}

static void
add_scope(struct buf *buf, const struct language *language,
	const struct scope_registry *registry, struct span token)
{
	struct span sentence = rights_sentence(language, registry, token);

	if (span_is_absent(sentence)) {
		add_text(buf, language, SPAN("rights.permission"));
		buf_char(buf, ' ');
		buf_add(buf, token);
	} else {
		buf_add(buf, token);
		buf_char(buf, '\t');
		buf_add(buf, sentence);
	}
	buf_char(buf, '\n');
}

/* First who they are, then what is done in their name, and last that it goes
 * on: its sentence refers to what stands before. */
static unsigned int
part_of(struct span token)
{
	if (span_eq(token, SPAN("offline_access")))
		return 2;
	return list_has(SPAN("openid profile email roles"), token) ? 0 : 1;
}

static void
add_part(struct buf *buf, const struct language *language,
	const struct scope_registry *registry, struct span scope,
	unsigned int part)
{
	struct span rest = scope, token;

	while (span_next(&rest, ' ', &token))
		if (token.n > 0 && part_of(token) == part)
			add_scope(buf, language, registry, token);
}

enum ost_err
rights_text(struct arena *arena, const struct language *language,
	const struct scope_registry *registry, struct span scope,
	bool is_offline, struct span *text)
{
	struct buf buf;

	buf_init(&buf, arena);
	add_part(&buf, language, registry, scope, 0);
	add_identity(&buf, language, registry, scope);
	add_text(&buf, language, SPAN("rights.in_your_name"));
	buf_char(&buf, '\n');
	add_part(&buf, language, registry, scope, 1);
	add_part(&buf, language, registry, scope, 2);
	if (is_offline && !list_has(scope, SPAN("offline_access"))) {
		buf_add(&buf, rights_sentence(language, registry,
				      SPAN("offline_access")));
		buf_char(&buf, '\n');
	}
	return buf_span(&buf, text);
}

enum ost_err
app_owner_name(struct store *accounts, struct arena *arena,
	const struct app *app, struct span *name)
{
	struct user owner;
	enum ost_err err = user_by_id(accounts, arena, app->owner_id, &owner);

	*name = SPAN("an account that no longer exists");
	if (err == OST_NOTFOUND)
		return OST_OK;
	if (err == OST_OK)
		*name = owner.name;
	return err;
}
