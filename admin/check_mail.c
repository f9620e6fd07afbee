#include "check.h"
#include "clock.h"
#include "spool.h"

#define OLD_MS (INT64_C(2) * 60 * 60 * 1000)

/* A mail that came and that nobody has looked at since. */
static void
check_age(struct check *check, const struct spooled *files, size_t n)
{
	if (n > 0 && clock_wall_ms() - files[0].created_ms > OLD_MS)
		(void)check_add(check, CHECK_MAIL, false, SPAN_ABSENT,
			"%zu mails are new, one for over two hours: does "
			"`ostiary mail send` run?",
			n);
}

static enum ost_err
check_file(struct check *check, const struct spool *spool,
	const struct spooled *file)
{
	struct spool_message message;
	enum ost_err err = spool_read(spool, file, &message);

	/* Sent just now. */
	if (err == OST_NOTFOUND)
		return OST_OK;
	if (err == OST_BADINPUT) {
		struct span name;

		err = arena_copy(check->arena, span_of(file->name), &name);
		if (err == OST_OK)
			(void)check_add(check, CHECK_MAIL, false, name,
				"is no mail of ours: `ostiary mail send` puts "
				"it aside");
	}
	return err;
}

enum ost_err
check_mail(struct check *check)
{
	const struct spool spool = {
		.state = check->admin->config->state_path,
		.arena = check->arena,
	};
	enum ost_err err = OST_OK;

	for (unsigned int i = 0; err == OST_OK && i < SPOOL_FOLDERS; i++) {
		struct spooled *files;
		size_t n = 0, strangers;

		err = spool_list(&spool, i, &files, &n, &strangers);
		if (err != OST_OK)
			break;
		if (i == SPOOL_NEW)
			check_age(check, files, n);
		if (i == SPOOL_FAILED && n > 0)
			(void)check_add(check, CHECK_MAIL, false, SPAN_ABSENT,
				"%zu mails were given up: they are in "
				"mail/failed",
				n);
		if (strangers > 0)
			(void)check_add(check, CHECK_MAIL, false, SPAN_ABSENT,
				"%zu files are called what no mail is",
				strangers);
		for (size_t k = 0; err == OST_OK && k < n; k++)
			err = check_file(check, &spool, &files[k]);
	}
	return err;
}
