/* ostiary load: reads a dump from standard input. */
#include "clock.h"
#include "collect.h"
#include "dump.h"
#include "input.h"
#include "keyring_write.h"
#include "load.h"
#include "user.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_MAX 16

enum exit_status
load_fault(const struct load *load, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return report_refuse("bad_dump", "line %u: %s", load->line, text);
}

enum exit_status
load_add(struct load *load, unsigned int store, const struct store_item *item)
{
	if (item->expires_ms != 0 && item->expires_ms <= clock_wall_ms()) {
		load->expired++;
		return EXIT_DONE;
	}
	if (load->n == load->size) {
		size_t size = load->size > 0 ? 2 * load->size : 256;
		struct load_item *items =
			arena_array(load->arena, size, sizeof(*items));

		if (items == NULL)
			return report_fail(OST_NOMEM, "load");
		if (load->n > 0)
			memcpy(items, load->items, load->n * sizeof(*items));
		load->items = items;
		load->size = size;
	}
	load->items[load->n++] = (struct load_item){
		.line = load->line, .store = store, .item = *item
	};
	return EXIT_DONE;
}

static enum exit_status
read_dump(struct load *load)
{
	struct span rest, line;
	enum exit_status status = input_all(load->admin, &rest);

	while (status == EXIT_DONE && rest.n > 0) {
		if (!span_next(&rest, '\n', &line))
			break;
		load->line++;
		status = load_line(load, line);
	}
	if (status != EXIT_DONE)
		return status;
	if (!load->has_end) {
		load->line++;
		return load_fault(load, "the dump was cut short: its last line "
					"is missing");
	}
	return EXIT_DONE;
}

static int
item_order(const void *a, const void *b)
{
	const struct load_item *left = a, *right = b;

	if (left->store != right->store)
		return left->store < right->store ? -1 : 1;
	return span_order(left->item.key, right->item.key);
}

/* Sorts the items. */
static enum exit_status
refuse_doubles(struct load *load)
{
	if (load->n > 0)
		qsort(load->items, load->n, sizeof(*load->items), item_order);
	for (size_t i = 1; i < load->n; i++) {
		const struct load_item *a = &load->items[i - 1];
		const struct load_item *b = &load->items[i];

		if (item_order(a, b) != 0)
			continue;
		load->line = a->line > b->line ? a->line : b->line;
		return load_fault(load, "%.*s is there twice, in line %u too",
			SPAN_ARG(a->item.key),
			a->line > b->line ? b->line : a->line);
	}
	return EXIT_DONE;
}

static enum exit_status
check_signing_keys(struct load *load)
{
	size_t current = 0;

	for (size_t i = 0; i < load->signing_keys_n; i++)
		if (load->signing_keys[i].state == KEY_CURRENT)
			current++;
	if (load->has_seal_key && current != 1)
		return load_fault(
			load, "%zu signing keys are current, not one", current);
	return EXIT_DONE;
}

static enum ost_err
found_one(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	(void)arg;
	(void)key;
	(void)value;
	(void)expires_ms;
	return OST_CONFLICT;
}

static enum exit_status
refuse_filled_state(struct admin *admin)
{
	for (unsigned int i = 0; i < DUMP_STORES; i++) {
		enum ost_err err = store_each(dump_store(&admin->context, i),
			SPAN(""), found_one, NULL);

		if (err == OST_CONFLICT)
			return report_refuse("not_empty",
				"the state is not empty (%s); --force loads "
				"over what is there",
				dump_stores[i]);
		if (err != OST_OK)
			return report_fail(err, "store %s", dump_stores[i]);
	}
	return EXIT_DONE;
}

/* With --force: a name must not go from one user to another, nor a user to
 * another name, for what led there before would lead astray. */
static enum exit_status
refuse_other_owner(struct load *load, const struct load_item *loaded)
{
	struct store *accounts = load->admin->context.accounts;
	const struct store_item *item = &loaded->item;
	struct span id;
	struct user here, there;
	enum ost_err err = OST_NOTFOUND;

	load->line = loaded->line;
	if (dump_is_index(loaded->store, item->key)) {
		err = store_get(accounts, item->key, load->arena, &id);
		if (err == OST_OK && !span_eq(id, item->value))
			return load_fault(load,
				"%.*s belongs to somebody else here",
				SPAN_ARG(item->key));
	} else if (loaded->store == DUMP_ACCOUNTS &&
		   span_starts(item->key, SPAN("user:"))) {
		err = user_decode(load->arena, item->value, &there);
		if (err == OST_OK)
			err = user_by_id(
				accounts, load->arena, there.id, &here);
		if (err == OST_OK && !span_eq_nocase(here.name, there.name))
			return load_fault(load, "user %.*s is called %.*s here",
				SPAN_ARG(there.id), SPAN_ARG(here.name));
	}
	if (err == OST_OK || err == OST_NOTFOUND)
		return EXIT_DONE;
	return report_fail(err, "record %.*s", SPAN_ARG(item->key));
}

static enum exit_status
check_all(struct load *load, bool is_forced)
{
	enum exit_status status = refuse_doubles(load);

	if (status == EXIT_DONE)
		status = check_signing_keys(load);
	if (status == EXIT_DONE && !is_forced)
		return refuse_filled_state(load->admin);
	for (size_t i = 0; status == EXIT_DONE && i < load->n; i++)
		status = refuse_other_owner(load, &load->items[i]);
	return status;
}

/* Writes items from i on, as many as one batch takes; *n: how many. */
static enum ost_err
write_batch(const struct load *load, size_t i, bool is_forced, size_t *n)
{
	struct store_item batch[BATCH_MAX];
	unsigned int store = load->items[i].store;

	for (*n = 0; *n < BATCH_MAX && i + *n < load->n; ++*n) {
		if (load->items[i + *n].store != store)
			break;
		batch[*n] = load->items[i + *n].item;
		batch[*n].expect = is_forced ? STORE_ANY : STORE_ABSENT;
	}
	return store_batch(dump_store(&load->admin->context, store), batch, *n);
}

static enum exit_status
write_all(struct load *load, bool is_forced)
{
	struct context *context = &load->admin->context;
	enum ost_err err = OST_OK;
	size_t done = 0, n = 0, added;

	for (; done < load->n && err == OST_OK; done += n)
		err = write_batch(load, done, is_forced, &n);
	if (err == OST_OK && load->has_seal_key)
		err = keyring_replace(context->ring, load->signing_keys,
			load->pairs, load->signing_keys_n, load->arena);
	/* A dump of an older state has none. */
	if (err == OST_OK && load->has_seal_key)
		err = keyring_complete(context->ring, load->arena, &added);
	if (err == OST_OK)
		return EXIT_DONE;
	report_remark("load stopped half-way: begin again with a new state");
	return report_fail(err, "load");
}

/* Whether what the dump's keys signed is accepted here. */
static bool
has_current_key(const struct load *load)
{
	const struct keyring *ring = load->admin->context.ring;

	for (size_t i = 0; i < load->signing_keys_n; i++)
		for (size_t k = 0; k < ring->n; k++)
			if (load->signing_keys[i].state == KEY_CURRENT &&
				memcmp(load->signing_keys[i].kid,
					ring->keys[k].kid, KID_SIZE) == 0)
				return true;
	return false;
}

static void
say_result(const struct load *load)
{
	struct output *out = &load->admin->out;
	const char *keys = load->has_seal_key	   ? "loaded"
			   : has_current_key(load) ? "kept"
						   : "new";
	const struct field fields[] = {
		{ .name = "records",
			.kind = FIELD_COUNT,
			.number = load->records },
		{ .name = "expired",
			.kind = FIELD_COUNT,
			.number = (long)load->expired },
		{ .name = "signing_keys", .text = span_of(keys) },
	};

	output_say(out, "%lld records loaded", (long long)load->records);
	if (load->expired > 0)
		output_say(out, "%lld had expired and were left out",
			(long long)load->expired);
	if (span_eq(span_of(keys), SPAN("new")))
		output_say(out,
			"The signing keys were not loaded: tokens that "
			"were given out before the dump are dead here.");
	output_object(out, fields, 3);
}

static enum exit_status
load_dump(struct load *load)
{
	bool is_forced = argument_has(&load->admin->arguments, "force");
	enum exit_status status = read_dump(load);

	if (status == EXIT_DONE)
		status = check_all(load, is_forced);
	if (status == EXIT_DONE)
		status = write_all(load, is_forced);
	if (status == EXIT_DONE)
		say_result(load);
	return status;
}

static enum exit_status
run(struct admin *admin)
{
	struct load *load = arena_alloc(admin->arena, sizeof(*load));

	if (load == NULL)
		return report_fail(OST_NOMEM, "load");
	load->admin = admin;
	load->arena = admin->arena;
	return load_dump(load);
}

static const struct option options[] = {
	{ .name = "passphrase-file",
		.value = "FILE",
		.help = "its first line opens the signing keys" },
	{ .name = "new-signing-keys",
		.help = "leave the dump's signing keys out" },
	{ .name = "force",
		.help = "load over the records of a state that is not empty" },
	{ .name = NULL },
};

const struct command load_commands[] = {
	{ "load", "", 0, 0, options, "Read what dump wrote",
		"Into a state that `ostiary init` has made. Every line is "
		"checked before the\nfirst is written.",
		NEEDS_RING, run },
	{ .name = NULL },
};
