#include "check.h"
#include "clock.h"
#include "record.h"
#include "record_check.h"

/* Every repair is one batch that expects what was seen: what the programs have
 * changed since makes it a conflict. */
static enum ost_err
repair(struct check *check, struct problem *problem,
	const struct store_item *items, size_t n, const char *done)
{
	enum ost_err err = OST_OK;

	if (!check->is_repairing || problem == NULL)
		return OST_OK;
	if (check->accounts == NULL)
		err = check_open(check, DUMP_ACCOUNTS, &check->accounts);
	if (err == OST_OK)
		err = store_batch(check->accounts, items, n);
	if (err == OST_OK)
		problem_note(check, problem, true, done);
	else if (err == OST_CONFLICT)
		problem_note(check, problem, false,
			"not repaired: it was changed meanwhile");
	else if (err == OST_STORE)
		problem_note(check, problem, false,
			"not repaired: the store does not take it");
	else
		return err;
	return OST_OK;
}

/* The record that an index leads to: NULL when it is not there. *is_its: that
 * it is one that has such an index, or cannot be read. */
static enum ost_err
index_follow(struct check *check, const struct collected *index,
	const struct collected **target, bool *is_its)
{
	bool is_name = span_starts(index->key, SPAN("username:"));
	struct checked checked;
	enum ost_err err;

	*is_its = false;
	*target = check_find(check, DUMP_ACCOUNTS,
		is_name ? "user:" : "key:", index->value, &err);
	if (err != OST_OK || *target == NULL)
		return err;
	err = record_check(check->arena, DUMP_ACCOUNTS, (*target)->key,
		(*target)->value, &checked);
	if (err != OST_OK)
		return err;
	*is_its = checked.fault != NULL;
	for (size_t i = 0; i < checked.indexes_n; i++)
		if (span_eq(checked.indexes[i].key, index->key))
			*is_its = true;
	return OST_OK;
}

static enum ost_err
check_index(struct check *check, const struct collected *index)
{
	struct store_item items[] = {
		{ .action = STORE_DELETE,
			.expect = STORE_EQUALS,
			.key = index->key,
			.expected = index->value },
		{ .action = STORE_CHECK, .expect = STORE_ABSENT },
	};
	const struct collected *target;
	struct problem *problem;
	size_t n = 2;
	bool is_its;
	enum ost_err err = index_follow(check, index, &target, &is_its);

	if (err != OST_OK || is_its)
		return err;
	if (target != NULL) {
		items[1].expect = STORE_EQUALS;
		items[1].key = target->key;
		items[1].expected = target->value;
		problem = check_add(check, DUMP_ACCOUNTS, true, index->key,
			"leads to %.*s, which does not belong to it",
			SPAN_ARG(target->key));
	} else {
		problem = check_add(check, DUMP_ACCOUNTS, true, index->key,
			"leads nowhere: what it names is not there");
		err = record_key(check->arena,
			span_starts(index->key, SPAN("username:")) ? "user:"
								   : "key:",
			index->value, &items[1].key);
		/* What is no key of a store cannot be there. */
		if (index->value.n == 0 || items[1].key.n > 512)
			n = 1;
	}
	return err == OST_OK ? repair(check, problem, items, n, "deleted")
			     : err;
}

/* That the indexes of a record lead to it. */
static enum ost_err
check_indexes_of(struct check *check, const struct collected *record,
	const struct checked *checked)
{
	enum ost_err err = OST_OK;

	for (size_t i = 0; i < checked->indexes_n && err == OST_OK; i++) {
		const struct store_item *wanted = &checked->indexes[i];
		const struct collected *index = collection_find(
			&check->stores[DUMP_ACCOUNTS].found, wanted->key);
		const struct collected *target;
		struct store_item items[] = {
			{ .action = STORE_CHECK,
				.expect = STORE_EQUALS,
				.key = record->key,
				.expected = record->value },
			*wanted,
		};
		bool is_its = false;

		if (wanted->expires_ms != 0 &&
			wanted->expires_ms <= clock_wall_ms())
			continue;
		if (index != NULL && span_eq(index->value, wanted->value))
			continue;
		if (index != NULL)
			err = index_follow(check, index, &target, &is_its);
		if (err == OST_OK && is_its) {
			(void)check_add(check, DUMP_ACCOUNTS, true, record->key,
				"%.*s leads to another, %.*s",
				SPAN_ARG(wanted->key), SPAN_ARG(target->key));
			continue;
		}
		items[1].expect = STORE_ABSENT;
		if (err == OST_OK)
			err = repair(check,
				check_add(check, DUMP_ACCOUNTS, true,
					wanted->key,
					"is missing: it has to lead to %.*s",
					SPAN_ARG(record->key)),
				items, 2, "written again");
	}
	return err;
}

static enum ost_err
check_record(
	struct check *check, unsigned int store, const struct collected *record)
{
	struct checked checked;
	enum ost_err err = record_check(
		check->arena, store, record->key, record->value, &checked);

	if (err != OST_OK)
		return err;
	if (checked.fault != NULL) {
		struct problem *problem = check_add(
			check, store, true, record->key, "%s", checked.fault);

		if (check->is_repairing)
			problem_note(check, problem, false,
				"not repaired: restore it from a dump or a "
				"backup");
		return OST_OK;
	}
	/* What was not read would seem to be missing. */
	if (!check->stores[DUMP_ACCOUNTS].is_sound)
		return OST_OK;
	if (store == DUMP_ACCOUNTS)
		err = check_indexes_of(check, record, &checked);
	return err == OST_OK ? check_owners(check, store, record) : err;
}

/* Indexes first: one that leads astray may be in the way of the right one. */
static enum ost_err
check_store(struct check *check, unsigned int store)
{
	const struct collection *found = &check->stores[store].found;
	enum ost_err err = OST_OK;

	for (size_t i = 0; i < found->n && err == OST_OK; i++)
		if (dump_is_index(store, found->items[i].key) &&
			check->stores[store].is_sound)
			err = check_index(check, &found->items[i]);
	for (size_t i = 0; i < found->n && err == OST_OK; i++)
		if (!dump_is_index(store, found->items[i].key))
			err = check_record(check, store, &found->items[i]);
	return err;
}

/* Each key has its pairs, and they are whole. */
static enum ost_err
check_pair_of(struct check *check, struct span kid)
{
	const struct collection *found = &check->stores[CHECK_KEYRING].found;
	const struct collected *record;
	struct pair pair = { NULL, NULL };
	struct span name;
	enum ost_err err = pair_name(check->arena, kid, &name);

	if (err != OST_OK)
		return err;
	record = collection_find(found, name);
	if (record == NULL) {
		if (check->stores[CHECK_KEYRING].is_sound)
			(void)check_add(check, CHECK_KEYRING, true, name,
				"is missing: `ostiary init` makes it");
		return OST_OK;
	}
	err = pair_decode(check->arena, record->value, &pair);
	if (err == OST_OK)
		err = pair_check(&pair, check->arena);
	pair_release(&pair);
	if (err != OST_STORE && err != OST_DENIED)
		return err;
	(void)check_add(check, CHECK_KEYRING, true, name,
		"are no key pairs that belong together: restore them from a "
		"backup");
	return OST_OK;
}

/* And there are none but those. */
static enum ost_err
check_pairs(struct check *check, const struct keyring *ring)
{
	const struct collection *found = &check->stores[CHECK_KEYRING].found;
	enum ost_err err = OST_OK;

	for (size_t i = 0; i < ring->n && err == OST_OK; i++)
		err = check_pair_of(check, signing_key_kid(&ring->keys[i]));
	for (size_t i = 0; i < found->n && err == OST_OK; i++) {
		struct span key = found->items[i].key, prefix;
		bool is_known = false;

		if (!span_starts(key, SPAN("pair:")) ||
			!span_cut(&key, ':', &prefix))
			continue;
		for (size_t k = 0; k < ring->n; k++)
			is_known |=
				span_eq(key, signing_key_kid(&ring->keys[k]));
		if (!is_known)
			(void)check_add(check, CHECK_KEYRING, false,
				found->items[i].key,
				"belongs to no signing key");
	}
	return err;
}

static enum ost_err
check_ring(struct check *check)
{
	const struct collected *record = collection_find(
		&check->stores[CHECK_KEYRING].found, SPAN("ring"));
	struct keyring *ring = keyring_new();
	enum ost_err err = OST_OK;

	if (ring == NULL)
		return OST_NOMEM;
	if (record != NULL)
		err = keyring_decode(ring, record->value);
	else if (check->stores[CHECK_KEYRING].is_sound)
		(void)check_add(check, CHECK_KEYRING, true, SPAN("ring"),
			"there are no signing keys: `ostiary init` makes them");
	if (err == OST_STORE) {
		(void)check_add(check, CHECK_KEYRING, true, SPAN("ring"),
			"is no ring of whole keys, one of them current and at "
			"most one next: restore it from a backup");
		err = OST_OK;
	}
	if (err == OST_OK && ring->n > 0)
		err = check_pairs(check, ring);
	keyring_free(ring);
	return err;
}

enum ost_err
check_records(struct check *check)
{
	enum ost_err err = OST_OK;

	for (unsigned int i = 0; i < DUMP_STORES && err == OST_OK; i++)
		err = check_store(check, i);
	return err == OST_OK ? check_ring(check) : err;
}
