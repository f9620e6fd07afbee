#include "check.h"

#include <sys/stat.h>

struct looking {
	struct check *check;
	unsigned int store;
};

static void
note(void *arg, bool is_error, struct span key, const char *message)
{
	const struct looking *looking = arg;
	struct check *check = looking->check;
	struct span copy = SPAN_ABSENT;

	if (is_error)
		check->stores[looking->store].is_sound = false;
	if (check->is_silent)
		return;
	if (arena_copy(check->arena, key, &copy) != OST_OK)
		check->has_failed = true;
	(void)check_add(check, looking->store, is_error, copy, "%s", message);
}

static enum ost_err
collect_one(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	const struct looking *looking = arg;

	return collection_add(&looking->check->stores[looking->store].found,
		key, value, expires_ms);
}

enum ost_err
check_files(struct check *check, unsigned int store)
{
	struct looking looking = { check, store };
	const struct store_checker checker = { note, collect_one, &looking };
	struct collection *found = &check->stores[store].found;
	enum ost_err err;

	*found = (struct collection){ .arena = check->arena };
	check->stores[store].is_sound = true;
	err = store_check(check->admin->config->state, check_store_name(store),
		&checker, &check->stores[store].size);
	if (err == OST_OK)
		collection_sort(found);
	return err;
}

enum ost_err
check_open(struct check *check, unsigned int store, struct store **opened)
{
	const struct config *config = check->admin->config;
	unsigned int flags = store == DUMP_ACTIVITY ? STORE_FAST : 0;
	struct stat st;

	/* As context.c has it. */
	if (stat(config->state_path.p, &st) != 0)
		return OST_STORE;
	if ((st.st_mode & S_IWGRP) != 0)
		flags |= STORE_SHARED;
	return store_open(
		config->state, check_store_name(store), flags, opened);
}

/* Who opens a store mends what he notices; a base that only its checksum tells
 * from a sound one is noticed by who folds. */
static enum ost_err
open_and_look(struct check *check, unsigned int store, bool is_folding)
{
	struct store *opened;
	enum ost_err err = check_open(check, store, &opened);

	if (err == OST_OK) {
		if (is_folding)
			(void)store_settle(opened, STORE_AT_ALL_COSTS);
		store_close(opened);
	}
	check->is_silent = true;
	err = check_files(check, store);
	check->is_silent = false;
	return err;
}

enum ost_err
check_mend(struct check *check, unsigned int store)
{
	enum ost_err err = open_and_look(check, store, false);
	bool is_sound;

	if (err == OST_OK && !check->stores[store].is_sound)
		err = open_and_look(check, store, true);
	is_sound = check->stores[store].is_sound;
	for (struct problem *p = check->first; p != NULL; p = p->next)
		if (p->store == store && p->is_error)
			problem_note(check, p, is_sound,
				is_sound ? "made anew of the base before and "
					   "the logs since"
					 : "not repaired: there is no whole "
					   "copy of it; restore a backup");
	return err;
}
