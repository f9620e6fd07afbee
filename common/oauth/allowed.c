#include "allowed.h"
#include "activity.h"
#include "buf.h"
#include "clock.h"
#include "collect.h"
#include "grant.h"
#include "record.h"
#include "remembered.h"
#include "scope.h"

#include <stdlib.h>
#include <string.h>

#define SCRATCH_MAX ((size_t)1024 * 1024) /* of one application */
#define SCOPE_MAX   (4 * (size_t)SCOPE_LIST_MAX)

struct entry {
	struct allowed allowed;
	struct buf scope;
	int64_t app_epoch;
};

struct allowed_state {
	const struct context *context;
	struct arena *arena, *scratch;
	struct span only; /* one application; absent: every */
	struct user user;
	struct entry *entries;
	size_t n, size;
};

static struct entry *
entry_of(struct allowed_state *state, struct span client_id)
{
	for (size_t i = 0; i < state->n; i++)
		if (span_eq(state->entries[i].allowed.client_id, client_id))
			return &state->entries[i];
	return NULL;
}

static enum ost_err
grow(struct allowed_state *state)
{
	size_t size = state->size > 0 ? 2 * state->size : 16;
	struct entry *entries =
		arena_array(state->arena, size, sizeof(*entries));

	if (entries == NULL)
		return OST_NOMEM;
	if (state->n > 0)
		memcpy(entries, state->entries, state->n * sizeof(*entries));
	state->entries = entries;
	state->size = size;
	return OST_OK;
}

static enum ost_err
discover(struct allowed_state *state, struct span client_id)
{
	struct entry *entry;
	enum ost_err err = OST_OK;

	if ((!span_is_absent(state->only) &&
		    !span_eq(client_id, state->only)) ||
		entry_of(state, client_id) != NULL)
		return OST_OK;
	if (state->n == state->size)
		err = grow(state);
	if (err != OST_OK)
		return err;
	entry = &state->entries[state->n];
	*entry = (struct entry){ .app_epoch = 0 };
	buf_init(&entry->scope, state->arena);
	err = arena_copy(state->arena, client_id, &entry->allowed.client_id);
	state->n += err == OST_OK;
	return err;
}

static enum ost_err
discover_grant(
	void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct allowed_state *state = arg;
	struct grant grant;
	enum ost_err err;

	(void)key;
	(void)expires_ms;
	if (!record_says(value, "user", state->user.id))
		return OST_OK;
	err = grant_decode(state->scratch, value, &grant);
	if (err == OST_OK)
		err = discover(state, grant.client_id);
	arena_reset(state->scratch);
	return err;
}

static enum ost_err
discover_consent(
	void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct allowed_state *state = arg;
	struct span user_id, client_id;

	(void)value;
	(void)expires_ms;
	return remembered_split(key, &user_id, &client_id) &&
			       span_eq(user_id, state->user.id)
		       ? discover(state, client_id)
		       : OST_OK;
}

static void
add(struct entry *entry, struct span scope, int64_t created_ms, bool is_offline)
{
	struct allowed *allowed = &entry->allowed;
	struct span token;

	if (allowed->since_ms == 0 || created_ms < allowed->since_ms)
		allowed->since_ms = created_ms;
	allowed->is_offline = allowed->is_offline || is_offline;
	while (span_next(&scope, ' ', &token)) {
		struct span all = { entry->scope.p, entry->scope.n };

		if (token.n == 0 || all.n + token.n >= SCOPE_MAX ||
			(all.n > 0 && scope_is_within(token, all)))
			continue;
		if (all.n > 0)
			buf_char(&entry->scope, ' ');
		buf_add(&entry->scope, token);
	}
}

static enum ost_err
add_consent(
	struct allowed_state *state, struct entry *entry, const struct app *app)
{
	const struct context *c = state->context;
	struct remembered remembered;
	enum ost_err err = remembered_find(c->grants, state->scratch,
		state->user.id, entry->allowed.client_id, &remembered);

	if (err != OST_OK)
		return err == OST_NOTFOUND ? OST_OK : err;
	if (!entry->allowed.is_gone &&
		!remembered_covers(&remembered, &state->user, app,
			remembered.scope, remembered.callbacks,
			c->config->consent_lifetime_s * 1000, clock_wall_ms()))
		return OST_OK;
	entry->allowed.is_remembered = true;
	add(entry, remembered.scope, remembered.created_ms,
		remembered.is_offline);
	return OST_OK;
}

/* Its name, its epoch, and what is remembered of it. */
static enum ost_err
look_up(struct allowed_state *state, struct entry *entry)
{
	struct allowed *allowed = &entry->allowed;
	struct app app = { .epoch = 0 };
	enum ost_err err = app_by_id(state->context->accounts, state->scratch,
		allowed->client_id, &app);

	allowed->is_gone = err == OST_NOTFOUND;
	if (err == OST_OK) {
		entry->app_epoch = app.epoch;
		err = arena_copy(state->arena, app.name, &allowed->name);
	} else if (err == OST_NOTFOUND) {
		allowed->name = allowed->client_id;
		err = OST_OK;
	}
	if (err == OST_OK)
		err = add_consent(state, entry, &app);
	arena_reset(state->scratch);
	return err;
}

static enum ost_err
add_grant(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct allowed_state *state = arg;
	struct entry *entry;
	struct grant grant;
	bool is_live;
	enum ost_err err;

	(void)key;
	(void)expires_ms;
	if (!record_says(value, "user", state->user.id))
		return OST_OK;
	err = grant_decode(state->scratch, value, &grant);
	entry = err == OST_OK ? entry_of(state, grant.client_id) : NULL;
	if (entry != NULL) { /* else it began just now, or is not asked for */
		is_live = !entry->allowed.is_gone &&
			  grant.expires_ms > clock_wall_ms() &&
			  grant.user_epoch == state->user.epoch &&
			  grant.app_epoch == entry->app_epoch;
		entry->allowed.grants += is_live;
		if (is_live || entry->allowed.is_gone)
			add(entry, grant.scope, grant.created_ms,
				grant.ends_ms != 0);
	}
	arena_reset(state->scratch);
	return err;
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

static int
by_name(const void *a, const void *b)
{
	const struct allowed *left = a, *right = b;
	int order = span_order(left->name, right->name);

	return order != 0 ? order
			  : span_order(left->client_id, right->client_id);
}

/* What is dead is nothing that could be withdrawn. */
static enum ost_err
finish(struct allowed_state *state, struct allowed **list, size_t *n)
{
	struct allowed *kept =
		arena_array(state->arena, state->n + 1, sizeof(*kept));
	size_t kept_n = 0;
	enum ost_err err = kept != NULL ? OST_OK : OST_NOMEM;

	for (size_t i = 0; err == OST_OK && i < state->n; i++) {
		struct entry *entry = &state->entries[i];
		struct allowed *allowed = &kept[kept_n];

		*allowed = entry->allowed;
		if (allowed->grants == 0 && !allowed->is_remembered &&
			!allowed->is_gone)
			continue;
		kept_n++;
		err = buf_span(&entry->scope, &allowed->scope);
		if (err == OST_OK)
			err = last_use(state, allowed);
	}
	if (err != OST_OK)
		return err;
	if (kept_n > 0)
		qsort(kept, kept_n, sizeof(*kept), by_name);
	*list = kept;
	*n = kept_n;
	return OST_OK;
}

static enum ost_err
fill(struct allowed_state *state)
{
	struct store *grants = state->context->grants;
	enum ost_err err =
		store_each(grants, SPAN("grant:"), discover_grant, state);

	if (err == OST_OK)
		err = store_each(grants, SPAN(REMEMBERED_PREFIX),
			discover_consent, state);
	for (size_t i = 0; err == OST_OK && i < state->n; i++)
		err = look_up(state, &state->entries[i]);
	if (err == OST_OK && state->n > 0)
		err = store_each(grants, SPAN("grant:"), add_grant, state);
	return err;
}

static enum ost_err
find(const struct context *c, struct arena *arena, struct span user_id,
	struct span only, struct allowed **list, size_t *n)
{
	struct allowed_state state = {
		.context = c, .arena = arena, .only = only
	};
	enum ost_err err = user_by_id(c->accounts, arena, user_id, &state.user);

	if (err != OST_OK)
		return err;
	state.scratch = arena_new(SCRATCH_MAX);
	err = state.scratch != NULL ? fill(&state) : OST_NOMEM;
	arena_free(state.scratch);
	return err == OST_OK ? finish(&state, list, n) : err;
}

enum ost_err
allowed_list(const struct context *c, struct arena *arena, struct span user_id,
	struct allowed **list, size_t *n)
{
	return find(c, arena, user_id, SPAN_ABSENT, list, n);
}

enum ost_err
allowed_find(const struct context *c, struct arena *arena, struct span user_id,
	struct span client_id, struct allowed *allowed)
{
	struct allowed *list;
	size_t n;
	enum ost_err err;

	if (client_id.n == 0)
		return OST_NOTFOUND;
	err = find(c, arena, user_id, client_id, &list, &n);
	if (err == OST_OK && n == 0)
		err = OST_NOTFOUND;
	if (err == OST_OK)
		*allowed = list[0];
	return err;
}
