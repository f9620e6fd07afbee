#include "rights.h"
#include "user.h"

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
	bool is_rest = false, has_any = false;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (is_told(registry, scope, span_of(known[i].scope)))
			is_rest = true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (is_told(registry, scope, span_of(known[i].scope)))
			continue;
		buf_text(buf,
			has_any	  ? ", "
			: is_rest ? "See what else is known about you here: "
				  : "See who you are: ");
		buf_text(buf, known[i].what);
		has_any = true;
	}
	if (has_any)
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
add_part(struct buf *buf, const struct scope_registry *registry,
	struct span scope, unsigned int part)
{
	struct span rest = scope, token;

	while (span_next(&rest, ' ', &token))
		if (token.n > 0 && part_of(token) == part)
			add_scope(buf, registry, token);
}

enum ost_err
rights_text(struct arena *arena, const struct scope_registry *registry,
	struct span scope, bool is_offline, struct span *text)
{
	struct buf buf;

	buf_init(&buf, arena);
	add_part(&buf, registry, scope, 0);
	add_identity(&buf, registry, scope);
	buf_text(&buf, "Use this site's data and services in your name\n");
	add_part(&buf, registry, scope, 1);
	add_part(&buf, registry, scope, 2);
	if (is_offline && !list_has(scope, SPAN("offline_access"))) {
		buf_add(&buf, scope_sentence(registry, SPAN("offline_access")));
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
