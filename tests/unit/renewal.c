#include "renewal.h"
#include "vectors.h"

struct grant renewal_grant;

/* A grant with its first refresh token. */
struct span
renewal_begin_for(struct span scope)
{
	struct grant_terms terms =
		issue_terms(&world.config, &world.app, scope, true);
	struct store_item items[GRANT_ITEMS];
	size_t n;

	renewal_grant = (struct grant){ .user_id = world.user.id,
		.client_id = world.app.client_id,
		.scope = scope,
		.user_epoch = world.user.epoch,
		.app_epoch = world.app.epoch };
	assert_int_equal(
		grant_begin(world.arena, &terms, &renewal_grant, items, &n),
		OST_OK);
	assert_int_equal(n, 2);
	assert_int_equal(store_batch(world.context.grants, items, n), OST_OK);
	world.batches = 0;
	return renewal_grant.refresh_token;
}

struct span
renewal_begin(void)
{
	return renewal_begin_for(SPAN("read write offline_access"));
}

const char *
renewal_form(struct span token)
{
	return world_joined("refresh_token=", token);
}

struct span
renewed(struct span token)
{
	struct issue issue;

	assert_int_equal(world_ask(renew, renewal_form(token), &issue), OST_OK);
	return issue.refresh_token;
}

void
assert_refused(struct span token, const char *why)
{
	assert_denies(renew, renewal_form(token), OAUTH_INVALID_GRANT, why);
}

bool
renewal_is_alive(void)
{
	struct grant found;
	enum ost_err err = grant_find(
		world.context.grants, world.arena, renewal_grant.id, &found);

	assert_true(err == OST_OK || err == OST_NOTFOUND);
	return err == OST_OK;
}

struct grant
renewal_stored(void)
{
	struct grant found;

	assert_int_equal(grant_find(world.context.grants, world.arena,
				 renewal_grant.id, &found),
		OST_OK);
	return found;
}
