#include "logfile.h"
#include "bytes.h"
#include "crypto.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MAGIC	    SPAN("OSTLOG1\n")
#define AT_EPOCH    8
#define AT_SALT	    16
#define AT_SIZE	    24
#define AT_BASE_CRC 32
#define AT_PREV_END 40
#define AT_BIRTH    48
#define AT_CRC	    60
#define PIECE_SIZE  16384

static enum ost_err
failed(const char *what)
{
	log_message("error", "log of a store: %s: %s", what, strerror(errno));
	return OST_STORE;
}

static void
head_put(char head[static LOGFILE_HEAD], const struct logfile *log)
{
	memset(head, 0, LOGFILE_HEAD);
	memcpy(head, MAGIC.p, MAGIC.n);
	bytes_put(head + AT_EPOCH, 8, log->epoch);
	bytes_put(head + AT_SALT, 8, log->salt);
	bytes_put(head + AT_SIZE, 8, log->base.size);
	bytes_put(head + AT_BASE_CRC, 4, log->base.crc);
	bytes_put(head + AT_PREV_END, 8, log->prev_end);
	bytes_put(head + AT_BIRTH, 8, log->birth);
	bytes_put(
		head + AT_CRC, 4, crypto_crc32((struct span){ head, AT_CRC }));
}

static bool
head_get(const char head[static LOGFILE_HEAD], struct logfile *log)
{
	if (memcmp(head, MAGIC.p, MAGIC.n) != 0 ||
		bytes_get(head + AT_CRC, 4) !=
			crypto_crc32((struct span){ head, AT_CRC }))
		return false;
	log->epoch = bytes_get(head + AT_EPOCH, 8);
	log->salt = bytes_get(head + AT_SALT, 8);
	log->base.size = bytes_get(head + AT_SIZE, 8);
	log->base.crc = (uint32_t)bytes_get(head + AT_BASE_CRC, 4);
	log->prev_end = bytes_get(head + AT_PREV_END, 8);
	log->birth = bytes_get(head + AT_BIRTH, 8);
	return log->epoch <= BASEFILE_EPOCH_MAX;
}

enum ost_err
logfile_open(const char *path, bool may_write, struct logfile *log)
{
	struct logfile opened = {
		.fd = statefile_open_there(path, may_write),
	};
	char head[LOGFILE_HEAD];

	if (opened.fd < 0) {
		if (errno == ENOENT)
			return OST_NOTFOUND;
		return statefile_failure(path);
	}
	if (!statefile_id_of(opened.fd, &opened.id) ||
		!statefile_read(opened.fd, head, sizeof(head), 0) ||
		!head_get(head, &opened)) {
		log_message("error", "%s: no log, or damaged", path);
		close(opened.fd);
		return OST_STORE;
	}
	opened.room = opened.id.size;
	*log = opened;
	return OST_OK;
}

bool
logfile_is_same(const struct logfile *log)
{
	struct logfile found;
	char head[LOGFILE_HEAD];

	return statefile_read(log->fd, head, sizeof(head), 0) &&
	       head_get(head, &found) && found.salt == log->salt &&
	       found.epoch == log->epoch;
}

void
logfile_close(struct logfile *log)
{
	if (log->fd >= 0)
		close(log->fd);
	log->fd = -1;
}

static bool
zeros_put(int fd, uint64_t from, uint64_t to)
{
	static const char zeros[PIECE_SIZE];

	while (from < to) {
		uint64_t n = to - from < PIECE_SIZE ? to - from : PIECE_SIZE;

		if (!statefile_write(fd, (struct span){ zeros, n }, from))
			return false;
		from += n;
	}
	return true;
}

/* So that offsets to end are in blocks of the file's own. */
static enum ost_err
make_room(struct logfile *log, uint64_t end)
{
	uint64_t room = (end + LOGFILE_STEP - 1) & ~(LOGFILE_STEP - 1);
	struct fileid id;

	if (end <= log->room)
		return OST_OK;
	/* Another process may have made it. */
	if (!statefile_id_of(log->fd, &id))
		return failed("cannot be read");
	log->room = id.size;
	if (end <= log->room)
		return OST_OK;
	/* What a full disk leaves of it is used the next time. */
	errno = posix_fallocate(
		log->fd, (off_t)log->room, (off_t)(room - log->room));
	if (errno != 0 || !zeros_put(log->fd, log->room, room))
		return failed("no room");
	log->room = room;
	return OST_OK;
}

enum ost_err
logfile_make(const char *draft, bool is_shared, uint64_t epoch,
	struct basesum base, uint64_t end, struct logfile *log)
{
	struct logfile made = { .epoch = epoch, .base = base };
	char head[LOGFILE_HEAD];
	enum ost_err err;

	crypto_random(&made.salt, sizeof(made.salt));
	err = statefile_new(draft, is_shared, &made.fd);
	if (err != OST_OK)
		return err;
	if (!birth_of(made.fd, &made.birth))
		err = failed("cannot be read");
	head_put(head, &made);
	if (err == OST_OK)
		err = make_room(&made, end);
	if (err == OST_OK)
		err = logfile_write(
			&made, (struct span){ head, sizeof(head) }, 0);
	if (err == OST_OK && fsync(made.fd) != 0)
		err = failed("cannot sync");
	if (err == OST_OK && !statefile_id_of(made.fd, &made.id))
		err = failed("cannot be read");
	if (err != OST_OK) {
		logfile_close(&made);
		unlink(draft);
		return err;
	}
	*log = made;
	return OST_OK;
}

enum ost_err
logfile_set_prev_end(struct logfile *log, uint64_t prev_end)
{
	char head[LOGFILE_HEAD];

	log->prev_end = prev_end;
	head_put(head, log);
	return logfile_write(log, (struct span){ head, sizeof(head) }, 0);
}

enum ost_err
logfile_write(struct logfile *log, struct span bytes, uint64_t offset)
{
	enum ost_err err = make_room(log, offset + bytes.n);

	if (err == OST_OK && !statefile_write(log->fd, bytes, offset))
		err = failed("cannot write");
	return err;
}

void
logfile_spoil(const struct logfile *log, uint64_t offset)
{
	static const char zeros[16];

	(void)statefile_write(
		log->fd, (struct span){ zeros, sizeof(zeros) }, offset);
}

enum ost_err
logfile_read(const struct logfile *log, char *p, size_t n, uint64_t offset)
{
	if (!statefile_read(log->fd, p, n, offset))
		return failed("cannot read");
	return OST_OK;
}

static bool
is_zero(struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] != '\0')
			return false;
	return true;
}

bool
logfile_is_empty(const struct logfile *log)
{
	char piece[4096];

	for (uint64_t at = LOGFILE_HEAD; at < log->room;) {
		uint64_t n = log->room - at < sizeof(piece) ? log->room - at
							    : sizeof(piece);

		if (!statefile_read(log->fd, piece, n, at) ||
			!is_zero((struct span){ piece, n }))
			return false;
		at += n;
	}
	return true;
}

enum ost_err
logfile_clear(struct logfile *log, uint64_t offset)
{
	char piece[4096];

	while (offset < log->room) {
		uint64_t n = log->room - offset < sizeof(piece)
				     ? log->room - offset
				     : sizeof(piece);

		if (!statefile_read(log->fd, piece, n, offset))
			return failed("cannot read");
		if (!is_zero((struct span){ piece, n }) &&
			!zeros_put(log->fd, offset, offset + n))
			return failed("cannot write");
		offset += n;
	}
	return OST_OK;
}

enum ost_err
logfile_sync(const struct logfile *log)
{
	if (fdatasync(log->fd) != 0)
		return failed("cannot sync");
	return OST_OK;
}
