#include "spool.h"
#include "buf.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "spool_name.h"
#include "statefile.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As `ostiary init` makes the others: with the group of the state folder. */
static enum ost_err
make_folder(const struct spool *spool, const char *name, bool *was_made)
{
	char path[PATH_MAX];
	struct stat state;
	enum ost_err err = spool_path(spool, name, NULL, path);

	if (err != OST_OK)
		return err;
	if (mkdir(path, 0700) != 0)
		return errno == EEXIST ? OST_OK
				       : spool_failed(path, "cannot make");
	*was_made = true;
	if (stat(spool->state.p, &state) != 0)
		return spool_failed(path, "cannot make");
	if (geteuid() == 0 && chown(path, state.st_uid, state.st_gid) != 0)
		return spool_failed(path, "cannot make");
	if (spool->is_shared && (chown(path, (uid_t)-1, state.st_gid) != 0 ||
					chmod(path, 02770) != 0))
		return spool_failed(path, "cannot make");
	return OST_OK;
}

enum ost_err
spool_make(const struct spool *spool, bool *was_made)
{
	enum ost_err err;

	*was_made = false;
	err = make_folder(spool, NULL, was_made);
	for (size_t i = 0; err == OST_OK && i < SPOOL_FOLDERS; i++)
		err = make_folder(spool, spool_folder_names[i], was_made);
	return err;
}

/* Without memory, for each program that writes a mail does it. */
static enum ost_err
count_files(const struct spool *spool, enum spool_folder folder, size_t *n)
{
	char path[PATH_MAX];
	DIR *dir;
	enum ost_err err =
		spool_path(spool, spool_folder_names[folder], NULL, path);

	if (err != OST_OK)
		return err;
	dir = opendir(path);
	if (dir == NULL)
		return spool_failed(path, "cannot read");
	while (readdir(dir) != NULL)
		++*n;
	closedir(dir);
	return OST_OK;
}

static enum ost_err
has_room(const struct spool *spool)
{
	size_t n = 0;
	enum ost_err err = count_files(spool, SPOOL_NEW, &n);

	if (err == OST_OK)
		err = count_files(spool, SPOOL_WAIT, &n);
	/* Each folder has "." and "..". */
	if (err != OST_OK || n < SPOOL_FILES_MAX + 4)
		return err;
	log_message("error",
		"%.*s/mail: %d mails wait already; does `ostiary mail send` "
		"run?",
		SPAN_ARG(spool->state), SPOOL_FILES_MAX);
	return OST_BUSY;
}

/* What the file holds, always of the same size. */
static enum ost_err
encode(struct arena *arena, const struct spool_message *message,
	struct span *bytes)
{
	char *p = arena_alloc(arena, SPOOL_FILE_SIZE);
	struct span head;
	struct buf buf;
	enum ost_err err;

	if (p == NULL)
		return OST_NOMEM;
	buf_init(&buf, arena);
	buf_text(&buf, SPOOL_MAGIC);
	buf_u64(&buf, message->text.n);
	buf_char(&buf, ' ');
	buf_add(&buf, message->address);
	buf_char(&buf, '\n');
	err = buf_span(&buf, &head);
	if (err != OST_OK)
		return err;
	if (head.n > SPOOL_FILE_SIZE ||
		message->text.n > SPOOL_FILE_SIZE - head.n)
		return OST_TOOBIG;
	memcpy(p, head.p, head.n);
	if (message->text.n > 0)
		memcpy(p + head.n, message->text.p, message->text.n);
	*bytes = (struct span){ p, SPOOL_FILE_SIZE };
	return OST_OK;
}

/* A new file that has only a draft's name. */
static enum ost_err
write_draft(const struct spool *spool, struct span bytes,
	char path[static PATH_MAX], int *fd)
{
	char random[CRYPTO_TEXT_SIZE],
		name[sizeof(SPOOL_DRAFT) + SPOOL_RANDOM_SIZE];
	enum ost_err err;
	int made;

	crypto_random_text(random);
	snprintf(name, sizeof(name), SPOOL_DRAFT "%.8s", random);
	err = spool_path(spool, name, NULL, path);
	if (err == OST_OK)
		err = statefile_new(path, spool->is_shared, &made);
	if (err != OST_OK)
		return err;
	if (!statefile_write(made, bytes, 0)) {
		err = spool_failed(path, "cannot write");
		close(made);
		unlink(path);
		return err;
	}
	*fd = made;
	return OST_OK;
}

/* Gives the draft its name, durably. */
static enum ost_err
publish(const struct spool *spool, const char *draft, int fd)
{
	char random[CRYPTO_TEXT_SIZE], path[PATH_MAX], folder[PATH_MAX];
	struct spooled file = { .created_ms = clock_wall_ms() };
	enum ost_err err;

	crypto_random_text(random);
	file.next_ms = file.created_ms;
	spool_name_write(&file, random);
	err = spool_path(spool, spool_folder_names[SPOOL_NEW], NULL, folder);
	if (err == OST_OK)
		err = spool_path(
			spool, spool_folder_names[SPOOL_NEW], file.name, path);
	if (err != OST_OK)
		return err;
	if (fsync(fd) != 0)
		return spool_failed(draft, "cannot write");
	if (rename(draft, path) != 0)
		return spool_failed(path, "cannot make");
	return statefile_sync_folder(folder);
}

enum ost_err
spool_put(const struct spool *spool, const struct spool_message *message)
{
	char draft[PATH_MAX];
	struct span bytes;
	bool was_made;
	int fd;
	enum ost_err err = encode(spool->arena, message, &bytes);

	if (err == OST_OK)
		err = spool_make(spool, &was_made);
	if (err == OST_OK)
		err = has_room(spool);
	if (err == OST_OK)
		err = write_draft(spool, bytes, draft, &fd);
	if (err != OST_OK)
		return err;
	err = publish(spool, draft, fd);
	close(fd);
	if (err != OST_OK)
		unlink(draft);
	return err;
}

enum ost_err
spool_open_text(const struct spool *spool, struct span text, int *fd)
{
	char draft[PATH_MAX];
	enum ost_err err = write_draft(spool, text, draft, fd);

	if (err == OST_OK)
		unlink(draft);
	return err;
}
