/* ostiary init: makes the state. */
#include "command.h"
#include "keyring_write.h"
#include "privilege.h"
#include "spool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = { "accounts", "grants", "activity",
	"keyring", "rates" };
#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

/* What was not there before. */
struct made {
	struct admin *admin;
	struct buf names; /* parted by one blank, for JSON */
};

static void
note(struct made *made, const char *name, const char *path)
{
	if (made->names.n > 0)
		buf_char(&made->names, ' ');
	buf_text(&made->names, name);
	output_say(&made->admin->out, "made %s", path);
}

/* The mode is set anew, for the umask took some of it; the group is that of
 * the state folder, also where that has no setgid bit. */
static bool
make_folder(const char *path, bool is_shared, gid_t group)
{
	if (mkdir(path, 0700) != 0)
		return false;
	return !is_shared ||
	       (chown(path, (uid_t)-1, group) == 0 && chmod(path, 02770) == 0);
}

static enum exit_status
make_spool(struct admin *admin, struct made *made, bool is_shared)
{
	const struct spool spool = { .state = admin->config->state_path,
		.is_shared = is_shared,
		.arena = admin->arena };
	bool was_made;
	enum ost_err err = spool_make(&spool, &was_made);
	char path[4096];

	if (err != OST_OK)
		return report_fail(err, "%s/mail", spool.state.p);
	snprintf(path, sizeof(path), "%s/mail", spool.state.p);
	if (was_made)
		note(made, "mail", path);
	return EXIT_DONE;
}

static enum exit_status
make_folders(struct admin *admin, struct made *made)
{
	const char *state = admin->config->state_path.p;
	struct stat st;

	if (mkdir(state, 0700) == 0)
		note(made, "state", state);
	else if (errno != EEXIST)
		return report_fail_system("%s: %s", state, strerror(errno));
	if (stat(state, &st) != 0)
		return report_fail_system("%s: %s", state, strerror(errno));
	for (size_t i = 0; i < FOLDERS; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", state, folders[i]);
		if (make_folder(path, (st.st_mode & S_IWGRP) != 0, st.st_gid))
			note(made, folders[i], path);
		else if (errno != EEXIST)
			return report_fail_system(
				"%s: %s", path, strerror(errno));
	}
	return make_spool(admin, made, (st.st_mode & S_IWGRP) != 0);
}

/* The keys of a state that is older than key pairs get theirs. */
static enum ost_err
complete_keyring(
	struct admin *admin, struct context *context, struct made *made)
{
	size_t added = 0;
	enum ost_err err =
		keyring_load(context->ring, context->keys, admin->arena);

	if (err == OST_OK)
		err = keyring_complete(context->ring, admin->arena, &added);
	if (err == OST_OK && added > 0)
		note(made, "key-pairs", "key pairs for the signing keys");
	return err;
}

static enum exit_status
make_keyring(struct admin *admin, struct made *made)
{
	struct context context;
	enum ost_err err = context_open(admin->config->file.p, NULL,
		CONTEXT_NO_RING, admin->arena, &context);

	if (err != OST_OK)
		return report_fail(err, "%.*s cannot be opened",
			SPAN_ARG(admin->config->state_path));
	err = keyring_create(context.keys, admin->arena);
	if (err == OST_OK)
		note(made, "signing-keys", "signing keys");
	if (err == OST_CONFLICT)
		err = complete_keyring(admin, &context, made);
	context_close(&context);
	return err == OST_OK ? EXIT_DONE : report_fail(err, "signing keys");
}

static enum exit_status
init(struct admin *admin)
{
	struct made made = { .admin = admin };
	enum exit_status status = privilege_drop(admin->config);

	buf_init(&made.names, admin->arena);
	if (status == EXIT_DONE)
		status = make_folders(admin, &made);
	if (status == EXIT_DONE)
		status = make_keyring(admin, &made);
	if (status != EXIT_DONE)
		return status;
	const struct field fields[] = {
		{ .name = "state", .text = admin->config->state_path },
		{ .name = "made",
			.kind = FIELD_WORDS,
			.text = { made.names.p, made.names.n } },
	};
	if (made.names.n == 0)
		output_say(&admin->out, "already initialised: %.*s",
			SPAN_ARG(admin->config->state_path));
	else if (geteuid() == 0)
		output_say(&admin->out,
			"It belongs to root: give it to the user that the "
			"programs run as.");
	output_object(&admin->out, fields, 2);
	return EXIT_DONE;
}

const struct command init_commands[] = {
	{ "init", "", 0, 0, NULL, "Make the state folder and the signing keys",
		"What is there already stays as it is; what an older state "
		"lacks is made.\nA folder that its group may write is shared: "
		"what is made in it then is too.\nRun by root, it acts as "
		"the owner of that folder, or of the one around it.",
		NEEDS_CONFIG, init },
	{ .name = NULL },
};
