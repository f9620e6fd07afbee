#include "scope.h"

static const struct {
	const char *name, *sentence;
} standard[] = {
	{ "openid", "Know that it is you who signs in" },
	{ "profile", "See your user name and display name" },
	{ "email", "See your email address" },
	{ "roles", "See the roles that you have here" },
	{ "offline_access", "Go on doing so when you are not here" },
};

bool
scope_token_is_valid(struct span token)
{
	for (size_t i = 0; i < token.n; i++)
		if (token.p[i] < 0x21 || token.p[i] > 0x7e ||
			token.p[i] == '"' || token.p[i] == '\\')
			return false;
	return token.n > 0 && token.n <= SCOPE_LIST_MAX;
}

bool
scope_is_valid(struct span scope)
{
	struct span rest = scope, token;

	if (scope.n == 0 || scope.n > SCOPE_LIST_MAX)
		return false;
	while (span_next(&rest, ' ', &token))
		if (!scope_token_is_valid(token) || list_has(rest, token))
			return false;
	return true;
}

static const struct scope_entry *
find(const struct scope_registry *registry, struct span token)
{
	for (size_t i = 0; i < registry->n; i++)
		if (span_eq(registry->entries[i].name, token))
			return &registry->entries[i];
	return NULL;
}

static const char *
standard_sentence(struct span token)
{
	for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++)
		if (span_eq(token, span_of(standard[i].name)))
			return standard[i].sentence;
	return NULL;
}

bool
scope_is_known(const struct scope_registry *registry, struct span scope)
{
	struct span rest = scope, token;

	if (registry->n == 0)
		return true;
	while (span_next(&rest, ' ', &token))
		if (token.n > 0 && find(registry, token) == NULL &&
			standard_sentence(token) == NULL)
			return false;
	return true;
}

struct span
scope_sentence(const struct scope_registry *registry, struct span token)
{
	const struct scope_entry *entry = find(registry, token);

	return entry != NULL ? entry->sentence
			     : span_of(standard_sentence(token));
}

struct span
scope_supported(const struct scope_registry *registry, size_t i)
{
	size_t standard_n = sizeof(standard) / sizeof(standard[0]);

	if (i < standard_n)
		return span_of(standard[i].name);
	/* An entry for one of the five only changes its sentence. */
	for (size_t j = 0, at = standard_n; j < registry->n; j++)
		if (standard_sentence(registry->entries[j].name) == NULL &&
			at++ == i)
			return registry->entries[j].name;
	return SPAN_ABSENT;
}

bool
scope_is_within(struct span narrow, struct span wide)
{
	struct span rest = narrow, token;

	while (span_next(&rest, ' ', &token))
		if (token.n > 0 && !list_has(wide, token))
			return false;
	return true;
}

enum ost_err
scope_union(
	struct arena *arena, struct span a, struct span b, struct span *both)
{
	struct span rest = b, token;
	struct buf buf;

	buf_init(&buf, arena);
	buf_add(&buf, a);
	while (span_next(&rest, ' ', &token)) {
		if (token.n == 0 || list_has(a, token))
			continue;
		if (buf.n > 0)
			buf_char(&buf, ' ');
		buf_add(&buf, token);
	}
	return buf_span(&buf, both);
}
