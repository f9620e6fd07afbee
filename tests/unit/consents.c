#include "consents.h"
#include "clock.h"
#include "vectors.h"

struct consents consents;
const struct app consents_app = { .client_id = { "a1", 2 }, .epoch = 3 };
const struct user consents_user = {
	.id = { "u1", 2 }, .epoch = 4, .generation = 5
};

int
consents_open(void **state)
{
	(void)state;
	return records_open(&consents.arena, &consents.store);
}

int
consents_close(void **state)
{
	(void)state;
	return records_close(consents.arena, consents.store);
}

struct store_item
consents_item_of(const struct remembered_page *page)
{
	struct store_item item;

	assert_int_equal(
		remembered_item(consents.store, consents.arena, &consents_user,
			&consents_app, page, CONSENT_LIFETIME_MS, &item),
		OST_OK);
	return item;
}

struct store_item
consents_item(const char *scope, bool is_offline)
{
	return consents_item_of(
		&(struct remembered_page){ .scope = span_of(scope),
			.callback = HOST,
			.is_offline = is_offline });
}

void
consents_remember(const char *scope)
{
	struct store_item item = consents_item(scope, false);

	assert_int_equal(store_batch(consents.store, &item, 1), OST_OK);
}

struct remembered
consents_found(void)
{
	struct remembered remembered;

	assert_int_equal(
		remembered_find(consents.store, consents.arena,
			consents_user.id, consents_app.client_id, &remembered),
		OST_OK);
	return remembered;
}

bool
consents_cover(const struct app *asking, const char *scope)
{
	struct remembered remembered;
	enum ost_err err = remembered_find(consents.store, consents.arena,
		consents_user.id, asking->client_id, &remembered);

	return err == OST_OK && remembered_covers(&remembered, &consents_user,
					asking, span_of(scope), HOST,
					CONSENT_LIFETIME_MS, clock_wall_ms());
}
