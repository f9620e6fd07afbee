#include "mailed.h"
#include "crypto.h"
#include "mail.h"
#include "vectors.h"
#include "workshop.h"

struct mailed mailed;
static char *folder;

int
mailed_open(void **state)
{
	if (world_open(state) != 0)
		return 1;
	folder = workshop_open("rates", NULL);
	world.config.state_path = span_of(folder);
	world.config.signup = SIGNUP_OPEN;
	world.config.site_name = SPAN("Trees");
	world.config.mail_from.address = SPAN("no-reply@trees.example");
	world.config.ticket_lifetime_s = 24 * 3600;
	world.config.password_cost = (struct password_cost){ 10, 1, 1 };
	world.user.email = SPAN("Joe@Example.org");
	world.user.generation = 3;
	world_save_user();
	mailed = (struct mailed){ .request = { .arena = world.arena,
					  .address = SPAN("192.0.2.1") } };
	return 0;
}

int
mailed_close(void **state)
{
	workshop_close(folder);
	return world_close(state);
}

struct spooled *
mailed_list(size_t *n)
{
	struct spool spool = mail_spool(&world.context, world.arena);
	struct spooled *files;
	size_t strangers;

	assert_int_equal(
		spool_list(&spool, SPOOL_NEW, &files, n, &strangers), OST_OK);
	return files;
}

struct span
mailed_take(struct spool_message *message)
{
	struct spool spool = mail_spool(&world.context, world.arena);
	struct span ticket = SPAN_ABSENT;
	struct spooled *files;
	const char *link;
	size_t n;

	files = mailed_list(&n);
	assert_int_equal(n, 1);
	assert_int_equal(spool_read(&spool, &files[0], message), OST_OK);
	assert_int_equal(spool_remove(&spool, &files[0]), OST_OK);
	link = strstr(message->text.p, "?ticket=");
	if (link != NULL)
		ticket = (struct span){ link + 8, CRYPTO_TEXT_SIZE };
	return ticket;
}

void
mailed_ask(mailed_start *start, const char *who)
{
	int64_t wait_s;

	assert_int_equal(start(&world.context, &mailed.request, span_of(who),
				 SPAN("en-GB"), &wait_s),
		OST_OK);
}

struct span
mailed_link(mailed_start *start, const char *who)
{
	struct spool_message message;

	mailed_ask(start, who);
	return mailed_take(&message);
}

enum ost_err
mailed_finish(struct span ticket, const char *name)
{
	const struct signup_form form = { .name = span_of(name),
		.password = PASSWORD };

	return signup_finish(&world.context, world.arena, ticket, &form,
		&mailed.problem, &mailed.made);
}

enum ost_err
mailed_reset(struct span ticket)
{
	return reset_finish(&world.context, world.arena, ticket, PASSWORD,
		&mailed.problem, &mailed.made);
}
