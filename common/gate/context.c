#include "context.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What tells one version of a file from another. */
struct stamp {
	struct timespec mtime, ctime; /* chmod changes the second alone */
	off_t size;
	ino_t ino;
	dev_t dev;
};

struct context_files {
	char path[4096];
	const char *program; /* whose log follows the configuration, or NULL */
	unsigned int flags;
	struct config *config;
	struct policy *policy;
	struct messages *messages;
	struct stamp config_stamp, policy_stamp, messages_stamp;
	bool has_seen_messages; /* as messages_stamp has them */
};

static void
report(void *arg, const char *line)
{
	(void)arg;
	log_message(
		strstr(line, ": warning: ") ? "warning" : "error", "%s", line);
}

/* A file that is not there has the stamp of zeros. */
static struct stamp
stamp_of(const char *path)
{
	struct stamp stamp;
	struct stat st;

	memset(&stamp, 0, sizeof(stamp));
	if (stat(path, &st) == 0) {
		stamp.mtime = st.st_mtim;
		stamp.ctime = st.st_ctim;
		stamp.size = st.st_size;
		stamp.ino = st.st_ino;
		stamp.dev = st.st_dev;
	}
	return stamp;
}

static bool
stamp_eq(const struct stamp *a, const struct stamp *b)
{
	return a->mtime.tv_sec == b->mtime.tv_sec &&
	       a->mtime.tv_nsec == b->mtime.tv_nsec &&
	       a->ctime.tv_sec == b->ctime.tv_sec &&
	       a->ctime.tv_nsec == b->ctime.tv_nsec && a->size == b->size &&
	       a->ino == b->ino && a->dev == b->dev;
}

static void
follow_log(const struct context_files *files)
{
	const char *where = files->config->log.p;

	if (files->program != NULL && log_open(where, files->program) != OST_OK)
		log_message("error", "%s cannot be written", where);
}

static void
close_state(struct context *c)
{
	store_close(c->accounts);
	store_close(c->grants);
	store_close(c->activity);
	store_close(c->keys);
	rate_close(c->rate);
	tally_close(c->tally);
	c->accounts = c->grants = c->activity = c->keys = NULL;
	c->rate = NULL;
	c->tally = NULL;
}

/* Programs count their answers where they can; no request waits for that. */
static void
open_tally(struct context *c)
{
	if (c->files->program != NULL &&
		tally_open(c->config->state_path, c->is_shared, &c->tally) !=
			OST_OK)
		log_message("warning", "answers are not counted");
}

static enum ost_err
open_state(struct context *c)
{
	const struct config *config = c->config;
	unsigned int flags = 0;
	struct stat st;
	enum ost_err err;

	if (stat(config->state_path.p, &st) != 0) {
		log_message("error", "%s: %s (`ostiary init` makes it)",
			config->state_path.p, strerror(errno));
		return OST_STORE;
	}
	/* A folder that its group may write has separate users. */
	c->is_shared = (st.st_mode & S_IWGRP) != 0;
	if (c->is_shared)
		flags = STORE_SHARED;
	err = store_open(config->state, "accounts", flags, &c->accounts);
	if (err == OST_OK)
		err = store_open(config->state, "grants", flags, &c->grants);
	if (err == OST_OK)
		err = store_open(config->state, "activity", flags | STORE_FAST,
			&c->activity);
	if (err == OST_OK)
		err = store_open(config->state, "keyring", flags, &c->keys);
	if (err == OST_OK)
		err = rate_open(config->state_path, c->is_shared, &c->rate);
	if (err == OST_OK)
		open_tally(c);
	else
		close_state(c);
	return err;
}

static enum ost_err
load_policy(struct context *c)
{
	struct context_files *files = c->files;
	struct policy *policy;
	struct stamp stamp;
	enum ost_err err;

	if (!(files->flags & (CONTEXT_POLICY | CONTEXT_POLICY_IF_GOOD)))
		return OST_OK;
	/* Stamped before it is read: a change meanwhile is seen next time. */
	stamp = stamp_of(c->config->policy.p);
	if (files->policy != NULL && stamp_eq(&stamp, &files->policy_stamp))
		return OST_OK;
	files->policy_stamp = stamp;
	err = policy_load(c->config->policy.p, report, NULL, &policy);
	/* What could not be read may be readable next time. */
	if (err != OST_OK && err != OST_BADINPUT)
		memset(&files->policy_stamp, 0, sizeof(files->policy_stamp));
	if (err != OST_OK)
		return err;
	policy_free(files->policy);
	c->policy = files->policy = policy;
	return OST_OK;
}

/* The folder, and every file of texts in it: one that is written in place
 * changes nothing of the folder. */
static struct stamp
stamp_of_messages(const struct messages *messages, struct span folder)
{
	struct stamp stamp = stamp_of(folder.p), one;
	const struct language *language;
	char path[4096];

	for (size_t i = 0; (language = messages_language(messages, i)) != NULL;
		i++) {
		snprintf(path, sizeof(path), "%s/%.*s.txt", folder.p,
			SPAN_ARG(language_tag(language)));
		one = stamp_of(path);
		stamp.size += one.size;
		stamp.ctime.tv_sec ^= one.ctime.tv_sec;
		stamp.ctime.tv_nsec ^= one.ctime.tv_nsec;
		stamp.ino ^= one.ino;
	}
	return stamp;
}

/* A fault in a text closes no door: it is reported once, and the texts of
 * before stay. */
static void
load_messages(struct context *c)
{
	struct context_files *files = c->files;
	struct span folder = c->config->messages;
	struct messages *messages;
	struct stamp stamp;

	if (!(files->flags & CONTEXT_PAGES) ||
		(span_is_absent(folder) && files->messages == NULL))
		return;
	if (span_is_absent(folder)) {
		messages_free(files->messages);
		c->messages = files->messages = NULL;
		files->has_seen_messages = false;
		return;
	}
	stamp = stamp_of_messages(files->messages, folder);
	/* A folder that was never there has a stamp too. */
	if (files->has_seen_messages &&
		stamp_eq(&stamp, &files->messages_stamp))
		return;
	files->has_seen_messages = true;
	files->messages_stamp = stamp;
	if (messages_load(folder, report, NULL, &messages) != OST_OK)
		return;
	messages_free(files->messages);
	c->messages = files->messages = messages;
	/* There may be more languages to look at now. */
	files->messages_stamp = stamp_of_messages(messages, folder);
}

enum ost_err
context_open(const char *path, const char *program, unsigned int flags,
	struct arena *scratch, struct context *c)
{
	struct context_files *files;
	enum ost_err err;

	memset(c, 0, sizeof(*c));
	files = c->files = calloc(1, sizeof(*files));
	if (files == NULL)
		return OST_NOMEM;
	files->program = program;
	files->flags = flags;
	err = OST_TOOBIG;
	if (strlen(path) >= sizeof(files->path))
		goto out;
	memcpy(files->path, path, strlen(path) + 1);
	files->config_stamp = stamp_of(path);
	err = config_load(path, report, NULL, &files->config);
	if (err != OST_OK)
		goto out;
	c->config = files->config;
	follow_log(files);
	err = open_state(c);
	if (err != OST_OK)
		goto out;
	err = load_policy(c);
	if (err != OST_OK && !(flags & CONTEXT_POLICY_IF_GOOD))
		goto out;
	load_messages(c);
	err = OST_NOMEM;
	c->ring = keyring_new();
	if (c->ring == NULL)
		goto out;
	err = OST_OK;
	if (!(flags & CONTEXT_NO_RING))
		err = keyring_load(c->ring, c->keys, scratch);
	if (err == OST_NOTFOUND)
		log_message("error", "%s has no keyring: run `ostiary init`",
			c->config->state_path.p);
out:
	if (err != OST_OK)
		context_close(c);
	return err;
}

/* A changed configuration; the stores stay open unless they moved. */
static enum ost_err
reload_config(struct context *c)
{
	struct context_files *files = c->files;
	struct stamp stamp = stamp_of(files->path);
	struct config *old = files->config, *config;
	bool has_moved;
	enum ost_err err;

	if (stamp_eq(&stamp, &files->config_stamp))
		return OST_OK;
	files->config_stamp = stamp;
	err = config_load(files->path, report, NULL, &config);
	if (err != OST_OK && err != OST_BADINPUT)
		memset(&files->config_stamp, 0, sizeof(files->config_stamp));
	if (err != OST_OK)
		return OST_OK; /* reported; the last good one stays */
	has_moved = !span_eq(config->state, old->state);
	c->config = files->config = config;
	/* The policy may be another file now, and so may the texts. */
	memset(&files->policy_stamp, 0, sizeof(files->policy_stamp));
	files->has_seen_messages = false;
	config_free(old);
	follow_log(files);
	if (!has_moved)
		return OST_OK;
	close_state(c);
	return open_state(c);
}

enum ost_err
context_refresh(struct context *c, struct arena *scratch)
{
	enum ost_err err = reload_config(c);

	/* A state that could not be opened last time may be back. */
	if (err == OST_OK && c->accounts == NULL)
		err = open_state(c);
	if (err == OST_OK && load_policy(c) != OST_OK && c->policy == NULL &&
		!(c->files->flags & CONTEXT_POLICY_IF_GOOD))
		err = OST_SYSTEM;
	load_messages(c);
	if (err == OST_OK && !(c->files->flags & CONTEXT_NO_RING))
		err = keyring_load(c->ring, c->keys, scratch);
	return err == OST_NOTFOUND ? OST_STORE : err;
}

void
context_settle(struct context *c, enum store_leisure leisure)
{
	struct store *const stores[] = { c->accounts, c->grants, c->activity,
		c->keys };

	/* What fails is logged, and tried again another time. */
	for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++)
		if (stores[i] != NULL)
			(void)store_settle(stores[i], leisure);
}

void
context_close(struct context *c)
{
	close_state(c);
	keyring_free(c->ring);
	if (c->files != NULL) {
		policy_free(c->files->policy);
		messages_free(c->files->messages);
		config_free(c->files->config);
		free(c->files);
	}
	memset(c, 0, sizeof(*c));
}
