/* All that was allowed to an application ends. */
#include "clock.h"
#include "code.h"
#include "device.h"
#include "records.h"
#include "remembered.h"
#include "vectors.h"
#include "withdraw.h"
#include "workshop.h"
#include "world.h"

int test_withdraw(void);

#define MINUTE_MS (60 * SECOND_MS)

static const struct grant_terms terms = {
	.access_ms = HOUR_MS, .total_ms = 72 * HOUR_MS, .idle_ms = 24 * HOUR_MS
};

static struct code
code_of(const char *user_id, const char *client_id)
{
	return (struct code){ .client_id = span_of(client_id),
		.user_id = span_of(user_id),
		.redirect_uri = SPAN("https://c.example/cb"),
		.scope = SPAN("read") };
}

static struct span
new_code(struct store *grants, struct arena *arena, const char *user_id,
	const char *client_id)
{
	struct code code = code_of(user_id, client_id);
	struct span text;

	assert_int_equal(code_create(grants, arena, &code, MINUTE_MS,
				 SPAN_ABSENT, NULL, &text),
		OST_OK);
	return text;
}

static enum ost_err
redeem(struct store *grants, struct arena *arena, struct span text)
{
	struct grant grant = { 0 };
	struct code code;
	enum ost_err err = code_find(grants, arena, text, &code);

	if (err != OST_OK)
		return err;
	grant.user_id = code.user_id;
	grant.client_id = code.client_id;
	grant.scope = code.scope;
	return code_redeem(grants, arena, text, &code, &terms, &grant);
}

static struct span
new_device(struct store *grants, struct arena *arena, const char *user_id,
	const char *client_id)
{
	struct device device = { .client_id = span_of(client_id),
		.scope = SPAN("read") };
	struct span text;

	assert_int_equal(
		device_create(grants, arena, &device, MINUTE_MS, &text),
		OST_OK);
	assert_int_equal(device_find(grants, arena, text, &device), OST_OK);
	if (user_id != NULL) {
		device.user_id = span_of(user_id);
		assert_int_equal(device_decide(grants, arena, &device), OST_OK);
	}
	return text;
}

static enum ost_err
use_device(struct store *grants, struct arena *arena, struct span text)
{
	struct grant grant = { 0 };
	struct store_item items[GRANT_ITEMS];
	struct device device;
	size_t n;
	enum ost_err err = device_find(grants, arena, text, &device);

	if (err != OST_OK)
		return err;
	grant.user_id = device.user_id;
	grant.client_id = device.client_id;
	grant.scope = device.scope;
	err = grant_begin(arena, &terms, &grant, items, &n);
	return err == OST_OK ? device_use(grants, arena, &device, grant.id,
				       items, n, NOW_MS + HOUR_MS)
			     : err;
}

static void
remember(const char *user_id, const char *client_id)
{
	struct user user = { .id = span_of(user_id) };
	struct app app = { .client_id = span_of(client_id) };
	const struct remembered_page page = { .scope = SPAN("read"),
		.callback = SPAN("app.example") };
	struct store_item item;

	assert_int_equal(remembered_item(world.context.grants, world.arena,
				 &user, &app, &page, 24 * HOUR_MS, &item),
		OST_OK);
	assert_int_equal(store_batch(world.context.grants, &item, 1), OST_OK);
}

/* For each: a consent, a code, a used code with its grant, an allowed device.
 */
static void
allow_all(const char *user_id, const char *client_id)
{
	struct store *grants = world.context.grants;

	remember(user_id, client_id);
	new_code(grants, world.arena, user_id, client_id);
	assert_int_equal(
		redeem(grants, world.arena,
			new_code(grants, world.arena, user_id, client_id)),
		OST_OK);
	new_device(grants, world.arena, user_id, client_id);
}

static void
assert_left(size_t consents, size_t codes, size_t devices, size_t grants)
{
	struct store *store = world.context.grants;

	assert_int_equal(records_count(store, "consent:"), consents);
	assert_int_equal(records_count(store, "code:"), codes);
	assert_int_equal(records_count(store, "device:"), devices);
	assert_int_equal(records_count(store, "grant:"), grants);
}

static struct withdrawn
withdrawn(struct span user_id, struct span client_id)
{
	struct withdrawn ended;

	assert_int_equal(
		withdraw(&world.context, user_id, client_id, &ended), OST_OK);
	return ended;
}

static void
only_what_is_theirs_ends(void **state)
{
	struct withdrawn ended;

	(void)state;
	allow_all("u1", "a1");
	allow_all("u1", "a2");
	allow_all("u2", "a1");
	allow_all("u11", "a11");
	assert_left(4, 8, 4, 4);
	ended = withdrawn(SPAN("u1"), SPAN("a1"));
	assert_int_equal(ended.consents, 1);
	assert_int_equal(ended.grants, 1);
	/* The used code stays, to be recognised. */
	assert_left(3, 7, 3, 3);
	ended = withdrawn(SPAN("u1"), SPAN("a1"));
	assert_int_equal(ended.consents + ended.grants, 0);
	ended = withdrawn(SPAN("u1"), SPAN_ABSENT);
	assert_int_equal(ended.grants, 1);
	ended = withdrawn(SPAN_ABSENT, SPAN("a1"));
	assert_int_equal(ended.grants, 1);
	assert_left(1, 5, 1, 1);
}

/* A used code stays for months, and one that waits for minutes. */
static void
many_codes_are_not_in_the_way(void **state)
{
	struct store *grants = world.context.grants;
	struct withdrawn ended;

	(void)state;
	for (int i = 0; i < 300; i++) {
		new_code(grants, world.arena, "u1", "a1");
		assert_int_equal(
			redeem(grants, world.arena,
				new_code(grants, world.arena, "u1", "a1")),
			OST_OK);
	}
	assert_int_equal(
		withdraw(&world.context, SPAN("u1"), SPAN("a1"), &ended),
		OST_OK);
	assert_int_equal(ended.grants, 300);
	assert_left(0, 300, 0, 0);
}

static struct span racing;

static void
redeem_it(void)
{
	assert_int_equal(
		redeem(world.context.grants, world.arena, racing), OST_OK);
}

static void
allow_it(void)
{
	struct device device;

	assert_int_equal(
		device_find(world.context.grants, world.arena, racing, &device),
		OST_OK);
	device.user_id = SPAN("u1");
	assert_int_equal(
		device_decide(world.context.grants, world.arena, &device),
		OST_OK);
}

static void
what_is_redeemed_meanwhile_ends_too(void **state)
{
	(void)state;
	racing = new_code(world.context.grants, world.arena, "u1", "a1");
	world.before = redeem_it;
	assert_int_equal(withdrawn(SPAN("u1"), SPAN("a1")).grants, 1);
	assert_left(0, 0, 0, 0);
}

/* Of an application that goes, also devices that nobody has allowed yet. */
static void
a_device_that_is_allowed_meanwhile_ends_too(void **state)
{
	(void)state;
	racing = new_device(world.context.grants, world.arena, NULL, "a1");
	world.before = allow_it;
	withdrawn(SPAN_ABSENT, SPAN("a1"));
	assert_left(0, 0, 0, 0);
}

static void
a_store_that_fails_is_no_success(void **state)
{
	struct withdrawn ended;

	(void)state;
	for (int at = 1; at <= 4; at++) {
		allow_all("u1", "a1");
		world.batches = 0;
		world.fail_at = at;
		assert_int_equal(withdraw(&world.context, SPAN("u1"),
					 SPAN("a1"), &ended),
			OST_STORE);
		world.fail_at = 0;
		withdrawn(SPAN("u1"), SPAN("a1"));
		assert_int_equal(
			records_count(world.context.grants, "grant:"), 0);
	}
}

#define CODES	192
#define DEVICES 32
#define WORKERS 6

static struct {
	const char *url;
	struct span codes[CODES], devices[DEVICES];
	atomic_int *redeemed;
} race;

static enum ost_err
race_open(struct store **grants)
{
	return store_open(span_of(race.url), "grants", STORE_FAST, grants);
}

/* The first withdraws in the midst of it, the others redeem. */
static bool
race_work(void *arg, int i)
{
	struct context c = { 0 };
	struct arena *arena = arena_new(8u << 20);
	struct withdrawn ended;
	bool is_good = race_open(&c.grants) == OST_OK;

	(void)arg;
	if (i == 0) {
		while (atomic_load(race.redeemed) < CODES / 8)
			;
		is_good = is_good && withdraw(&c, SPAN("u1"), SPAN("a1"),
					     &ended) == OST_OK;
	}
	for (int k = i - 1; is_good && i > 0 && k < CODES; k += WORKERS - 1) {
		enum ost_err err = redeem(c.grants, arena, race.codes[k]);

		/* Gone or changed, but never a store that does not answer. */
		is_good = err == OST_OK || err == OST_NOTFOUND ||
			  err == OST_CONFLICT;
		atomic_fetch_add(race.redeemed, 1);
		if (!is_good || k >= DEVICES)
			continue;
		err = use_device(c.grants, arena, race.devices[k]);
		is_good = err == OST_OK || err == OST_NOTFOUND ||
			  err == OST_CONFLICT;
	}
	store_close(c.grants);
	arena_free(arena);
	return is_good;
}

static void
no_grant_lives_that_was_redeemed_meanwhile(void **state)
{
	char *folder = workshop_open("grants", NULL);
	struct store *grants;

	(void)state;
	race.url = world_joined("gdbm:", span_of(folder));
	race.redeemed = workshop_share(sizeof(*race.redeemed));
	assert_int_equal(race_open(&grants), OST_OK);
	for (int i = 0; i < CODES; i++)
		race.codes[i] = new_code(grants, world.arena, "u1", "a1");
	for (int i = 0; i < DEVICES; i++)
		race.devices[i] = new_device(grants, world.arena, "u1", "a1");
	assert_int_equal(redeem(grants, world.arena,
				 new_code(grants, world.arena, "u1", "a2")),
		OST_OK);
	store_close(grants);
	assert_true(workshop_run(WORKERS, race_work, NULL));
	assert_int_equal(race_open(&grants), OST_OK);
	/* That of the other application. */
	assert_int_equal(records_count(grants, "grant:"), 1);
	store_close(grants);
	workshop_unshare(race.redeemed, sizeof(*race.redeemed));
	workshop_close(folder);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, world_open, world_close)

int
test_withdraw(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_is_theirs_ends),
		TEST(many_codes_are_not_in_the_way),
		TEST(what_is_redeemed_meanwhile_ends_too),
		TEST(a_device_that_is_allowed_meanwhile_ends_too),
		TEST(a_store_that_fails_is_no_success),
		TEST(no_grant_lives_that_was_redeemed_meanwhile),
	};

	return cmocka_run_group_tests_name("withdraw", tests, NULL, NULL);
}
