#include "allowed.h"
#include "activity.h"
#include "clock.h"
#include "collect.h"
#include "grant.h"
#include "record.h"
#include "remembered.h"
#include "scope.h"

#include <stdlib.h>

struct allowed_state {
	const struct context *context;
	struct arena *arena;
	struct user user;
	struct allowed *list;
	struct app *apps; /* of each entry */
	size_t n;
};

static bool
is_grant_of(const void *arg, struct span key, struct span value)
{
	const struct span *user_id = arg;

	(void)key;
	return record_says(value, "user", *user_id);
}

static bool
is_consent_of(const void *arg, struct span key, struct span value)
{
	const struct span *user_id = arg;
	struct span owner, client_id;

	(void)value;
	return remembered_split(key, &owner, &client_id) &&
	       span_eq(owner, *user_id);
}

/* The entry of that application: the one that is there, else a new one. */
static enum ost_err
entry_of(struct allowed_state *state, struct span client_id, size_t *at)
{
	struct allowed *entry = &state->list[state->n];
	struct app *app = &state->apps[state->n];
	enum ost_err err;

	for (size_t i = 0; i < state->n; i++)
		if (span_eq(state->list[i].client_id, client_id)) {
			*at = i;
			return OST_OK;
		}
	*entry = (struct allowed){ .client_id = client_id, .scope = SPAN("") };
	err = app_by_id(state->context->accounts, state->arena, client_id, app);
	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	entry->is_gone = err == OST_NOTFOUND;
	entry->name = entry->is_gone ? client_id : app->name;
	*at = state->n++;
	return OST_OK;
}

static enum ost_err
add(struct allowed_state *state, struct allowed *entry, struct span scope,
	int64_t created_ms, bool is_offline)
{
	if (entry->since_ms == 0 || created_ms < entry->since_ms)
		entry->since_ms = created_ms;
	entry->is_offline = entry->is_offline || is_offline;
	return scope_union(state->arena, entry->scope, scope, &entry->scope);
}

static enum ost_err
add_grant(struct allowed_state *state, const struct collected *item)
{
	struct allowed *entry;
	struct grant grant;
	size_t at;
	bool is_live;
	enum ost_err err = grant_decode(state->arena, item->value, &grant);

	if (err == OST_OK)
		err = entry_of(state, grant.client_id, &at);
	if (err != OST_OK)
		return err;
	entry = &state->list[at];
	is_live = !entry->is_gone && grant.expires_ms > clock_wall_ms() &&
		  grant.user_epoch == state->user.epoch &&
		  grant.app_epoch == state->apps[at].epoch;
	entry->grants += is_live;
	return is_live || entry->is_gone
		       ? add(state, entry, grant.scope, grant.created_ms,
				 grant.ends_ms != 0)
		       : OST_OK;
}

static enum ost_err
add_consent(struct allowed_state *state, const struct collected *item)
{
	const struct config *config = state->context->config;
	struct remembered remembered;
	struct allowed *entry;
	struct span user_id, client_id;
	size_t at;
	enum ost_err err =
		remembered_decode(state->arena, item->value, &remembered);

	if (err == OST_OK && !remembered_split(item->key, &user_id, &client_id))
		err = OST_STORE;
	if (err == OST_OK)
		err = entry_of(state, client_id, &at);
	if (err != OST_OK)
		return err;
	entry = &state->list[at];
	if (!entry->is_gone &&
		!remembered_covers(&remembered, &state->user, &state->apps[at],
			remembered.scope, config->consent_lifetime_s * 1000,
			clock_wall_ms()))
		return OST_OK;
	entry->is_remembered = true;
	return add(state, entry, remembered.scope, remembered.created_ms,
		remembered.is_offline);
}

static enum ost_err
last_use(struct allowed_state *state, struct allowed *entry)
{
	struct span pair;
	enum ost_err err = activity_pair(
		state->arena, state->user.id, entry->client_id, &pair);

	if (err == OST_OK)
		err = activity_last(state->context->activity, state->arena,
			pair, &entry->used_ms);
	return err == OST_NOTFOUND ? OST_OK : err;
}

/* What is dead is nothing that could be withdrawn. */
static enum ost_err
finish(struct allowed_state *state)
{
	size_t kept = 0;
	enum ost_err err = OST_OK;

	for (size_t i = 0; err == OST_OK && i < state->n; i++) {
		struct allowed entry = state->list[i];

		if (entry.grants == 0 && !entry.is_remembered && !entry.is_gone)
			continue;
		err = last_use(state, &entry);
		state->list[kept++] = entry;
	}
	state->n = kept;
	return err;
}

static int
by_name(const void *a, const void *b)
{
	const struct allowed *left = a, *right = b;
	int order = span_order(left->name, right->name);

	return order != 0 ? order
			  : span_order(left->client_id, right->client_id);
}

enum ost_err
allowed_list(const struct context *c, struct arena *arena, struct span user_id,
	struct allowed **list, size_t *n)
{
	struct allowed_state state = { .context = c, .arena = arena };
	struct collection grants, consents;
	enum ost_err err = user_by_id(c->accounts, arena, user_id, &state.user);

	if (err == OST_OK)
		err = collect_where(c->grants, SPAN("grant:"), is_grant_of,
			&user_id, arena, &grants);
	if (err == OST_OK)
		err = collect_where(c->grants, SPAN(REMEMBERED_PREFIX),
			is_consent_of, &user_id, arena, &consents);
	if (err != OST_OK)
		return err;
	state.list = arena_array(
		arena, grants.n + consents.n + 1, sizeof(*state.list));
	state.apps = arena_array(
		arena, grants.n + consents.n + 1, sizeof(*state.apps));
	if (state.list == NULL || state.apps == NULL)
		return OST_NOMEM;
	for (size_t i = 0; err == OST_OK && i < grants.n; i++)
		err = add_grant(&state, &grants.items[i]);
	for (size_t i = 0; err == OST_OK && i < consents.n; i++)
		err = add_consent(&state, &consents.items[i]);
	if (err == OST_OK)
		err = finish(&state);
	if (err != OST_OK)
		return err;
	qsort(state.list, state.n, sizeof(*state.list), by_name);
	*list = state.list;
	*n = state.n;
	return OST_OK;
}
