/* /account/admin: how the doors are doing, at a glance. */
#include "admin.h"
#include "clock.h"
#include "mail.h"
#include "pages.h"
#include "session.h"

#define SCRATCH_MAX ((size_t)1024 * 1024) /* of one record */
#define GLANCE	    10			  /* of those who were turned away */
#define PAGE	    50

struct count {
	struct arena *scratch;
	int64_t now_ms;
	bool are_keys; /* of which only the live ones count */
	int64_t n;
};

static enum ost_err
count_one(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct count *count = arg;
	struct key found;
	enum ost_err err = OST_OK;

	(void)key;
	(void)expires_ms;
	if (count->are_keys)
		err = key_decode(count->scratch, value, &found);
	if (err == OST_OK &&
		(!count->are_keys || key_is_live(&found, count->now_ms)))
		count->n++;
	arena_reset(count->scratch);
	return err;
}

static enum ost_err
add_counts(struct visit *visit, struct values *values)
{
	static const struct {
		const char *name, *prefix;
	} counted[] = {
		{ "users_n", "user:" },
		{ "apps_n", "app:" },
		{ "keys_n", "key:" },
	};
	const struct config *config = visit->context->config;
	struct arena *scratch = arena_new(SCRATCH_MAX);
	size_t sessions_n;
	enum ost_err err = scratch != NULL ? OST_OK : OST_NOMEM;

	for (size_t i = 0; err == OST_OK && i < 3; i++) {
		struct count count = { .scratch = scratch,
			.now_ms = clock_wall_ms(),
			.are_keys = i == 2 };

		err = store_each(visit->context->accounts,
			span_of(counted[i].prefix), count_one, &count);
		values_number(values, counted[i].name, count.n);
	}
	arena_free(scratch);
	if (err == OST_OK)
		err = session_count(visit->context->grants, NULL,
			config->session_lifetime_s * 1000,
			config->session_idle_s * 1000, &sessions_n);
	if (err == OST_OK)
		values_number(values, "sessions_n", (int64_t)sessions_n);
	return err;
}

static void
add_signing_keys(struct visit *visit, struct values *values)
{
	static const char *const states[] = { "admin.ring.next",
		"admin.ring.current", "admin.ring.old" };
	const struct keyring *ring = visit->context->ring;

	for (size_t i = 0; i < ring->n; i++) {
		const struct signing_key *key = &ring->keys[i];
		struct values *row = values_row(values, "ring");
		int64_t age_ms = clock_wall_ms() - key->created_ms;

		values_set(row, "kid", signing_key_kid(key));
		values_set(row, "state", span_of(states[key->state]));
		values_time(row, "created", key->created_ms);
		values_number(row, "days", age_ms / 86400000);
	}
}

/* How many mails wait and how many were given up. */
static enum ost_err
add_mail(struct visit *visit, struct values *values)
{
	struct spool spool = mail_spool(visit->context, visit->arena);
	size_t n[SPOOL_FOLDERS] = { 0 }, strangers;
	struct spooled *files;
	enum ost_err err = OST_OK;

	if (span_is_absent(visit->context->config->mail_from.address))
		return OST_OK;
	for (int i = 0; err == OST_OK && i < SPOOL_FOLDERS; i++)
		err = spool_list(&spool, (enum spool_folder)i, &files, &n[i],
			&strangers);
	if (err != OST_OK)
		return err;
	values_flag(values, "has_mail", true);
	values_number(values, "mail_waiting",
		(int64_t)(n[SPOOL_NEW] + n[SPOOL_WAIT]));
	values_number(values, "mail_failed", (int64_t)n[SPOOL_FAILED]);
	return OST_OK;
}

enum ost_err
admin_get(struct visit *visit)
{
	bool more_limited = false, more_failed = false;
	struct values *values;
	enum ost_err err = portal_values(visit, "at_admin", &values);

	if (err == OST_OK)
		err = add_counts(visit, values);
	if (err == OST_OK)
		err = admin_rates(visit, values);
	if (err == OST_OK)
		err = admin_refusals(visit, true, 0, GLANCE, values, "limited",
			&more_limited);
	if (err == OST_OK)
		err = admin_refusals(visit, false, 0, GLANCE, values, "failed",
			&more_failed);
	if (err == OST_OK)
		err = add_mail(visit, values);
	if (err != OST_OK)
		return err;
	add_signing_keys(visit, values);
	values_flag(values, "more_limited", more_limited);
	values_flag(values, "more_failed", more_failed);
	portal_show(visit, "account", "admin", values);
	return OST_OK;
}

/* /account/admin/refused?who=limited|failed */
enum ost_err
admin_refused_get(struct visit *visit)
{
	bool is_limited = span_eq(portal_query(visit, "who"), SPAN("limited"));
	bool has_more = false;
	struct values *values;
	uint64_t page;
	enum ost_err err = portal_values(visit, "at_admin", &values);

	if (span_to_u64(portal_query(visit, "page"), 1, TALLY_REFUSALS,
		    &page) != OST_OK)
		page = 1;
	if (err == OST_OK)
		err = admin_refusals(visit, is_limited,
			((size_t)page - 1) * PAGE, PAGE, values, "rows",
			&has_more);
	if (err != OST_OK)
		return err;
	values_flag(values, "is_limited", is_limited);
	values_set(values, "list_path", SPAN("/account/admin/refused"));
	values_set(values, "heading",
		is_limited ? SPAN("admin.limited") : SPAN("admin.failed"));
	values_set(values, "who_filter",
		is_limited ? SPAN("limited") : SPAN("failed"));
	admin_pager(values, (size_t)page, has_more);
	portal_show(visit, "account", "admin_refused", values);
	return OST_OK;
}
