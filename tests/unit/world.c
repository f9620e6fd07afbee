#include "world.h"
#include "clock.h"
#include "keyring_write.h"
#include "log.h"
#include "records.h"
#include "store_memory.h"
#include "vectors.h"
#include "workshop.h"

#include <stdlib.h>

struct world world;
static char *rates; /* its folder */

static enum ost_err
faulty_batch(void *handle, const struct store_item *items, size_t n)
{
	void (*before)(void) = world.before;
	enum ost_err err;

	if (before != NULL) {
		world.before = NULL;
		before();
	}
	if (++world.batches != world.fail_at)
		return store_memory.batch(handle, items, n);
	err = world.is_written ? store_memory.batch(handle, items, n) : OST_OK;
	return err == OST_OK ? OST_STORE : err;
}

static enum ost_err
open_stores(void)
{
	struct store_backend faulty = store_memory;
	struct context *c = &world.context;
	enum ost_err err = store_open_with(
		&store_memory, SPAN("/memory"), "accounts", 0, &c->accounts);

	faulty.batch = faulty_batch;
	if (err == OST_OK) {
		static struct store_backend kept;

		kept = faulty;
		err = store_open_with(
			&kept, SPAN("/memory"), "grants", 0, &c->grants);
	}
	if (err == OST_OK)
		err = store_open_with(&store_memory, SPAN("/memory"),
			"activity", 0, &c->activity);
	if (err == OST_OK)
		err = store_open_with(
			&store_memory, SPAN("/memory"), "keyring", 0, &c->keys);
	return err;
}

static void
swallow(const char *level, const char *message)
{
	(void)level;
	(void)message;
}

int
world_open(void **state)
{
	struct context *c = &world.context;

	(void)state;
	memset(&world, 0, sizeof(world));
	log_divert(swallow);
	clock_fake(NOW_MS);
	world.config = (struct config){
		.issuer = SPAN("https://i.example"),
		.access_token_lifetime_s = 3600,
		.refresh_token_idle_s = 24 * 3600,
		.refresh_token_lifetime_s = 72 * 3600,
		.refresh_grace_s = 30,
		.limit_app = { 300, 900 },
	};
	c->config = &world.config;
	world.arena = arena_new(16u << 20);
	c->ring = keyring_new();
	assert_non_null(world.arena);
	assert_non_null(c->ring);
	assert_int_equal(open_stores(), OST_OK);
	rates = workshop_open("rates", NULL);
	world.config.state_path = span_of(rates);
	assert_int_equal(rate_open(span_of(rates), false, &c->rate), OST_OK);
	assert_int_equal(keyring_create(c->keys, world.arena), OST_OK);
	assert_int_equal(keyring_load(c->ring, c->keys, world.arena), OST_OK);
	world.user = (struct user){ .name = SPAN("joe"),
		.display_name = SPAN("Joe") };
	assert_int_equal(
		user_create(c->accounts, world.arena, &world.user), OST_OK);
	world.app =
		(struct app){ .name = SPAN("App"), .owner_id = world.user.id };
	assert_int_equal(
		app_create(c->accounts, world.arena, &world.app), OST_OK);
	return 0;
}

int
world_close(void **state)
{
	struct context *c = &world.context;

	(void)state;
	keyring_free(c->ring);
	rate_close(c->rate);
	workshop_close(rates);
	store_close(c->accounts);
	store_close(c->grants);
	store_close(c->activity);
	store_close(c->keys);
	store_memory_forget();
	arena_free(world.arena);
	clock_fake(0);
	log_divert(NULL);
	return 0;
}

void
world_save_app(void)
{
	struct store *accounts = world.context.accounts;

	assert_int_equal(app_save(accounts, world.arena, &world.app), OST_OK);
	assert_int_equal(app_by_id(accounts, world.arena, world.app.client_id,
				 &world.app),
		OST_OK);
}

void
world_save_user(void)
{
	struct store *accounts = world.context.accounts;

	assert_int_equal(user_save(accounts, world.arena, &world.user), OST_OK);
	assert_int_equal(
		user_by_id(accounts, world.arena, world.user.id, &world.user),
		OST_OK);
}

enum ost_err
world_ask(issue_grant *grant, const char *text, struct issue *issue)
{
	struct request request = { .arena = world.arena };
	struct form *form;

	*issue = (struct issue){ .app = world.app };
	assert_int_equal(form_parse(world.arena, span_of(text), &form), OST_OK);
	return grant(&world.context, &request, form, issue);
}

void
assert_denies(issue_grant *grant, const char *form, enum oauth_error error,
	const char *why)
{
	struct issue issue;

	assert_int_equal(world_ask(grant, form, &issue), OST_DENIED);
	assert_string_equal(issue.why, why);
	assert_int_equal(issue.error, error);
	assert_true(span_is_absent(issue.refresh_token));
}

const char *
world_joined(const char *a, struct span b)
{
	struct span joined;
	struct buf buf;

	buf_init(&buf, world.arena);
	buf_text(&buf, a);
	buf_add(&buf, b);
	assert_int_equal(buf_span(&buf, &joined), OST_OK);
	return joined.p;
}
