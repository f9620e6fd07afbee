/* In which language and words a mail of signing up is. */
#include "mail.h"
#include "messages.h"
#include "signup.h"
#include "vectors.h"
#include "workshop.h"
#include "world.h"

int test_signup_mail(void);

static char *folder;
static struct messages *german;
static struct request request;

/* The operator's German, with a subject that no mail can hold. */
static void
write_german(void)
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof(path), "%s/de.txt", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file,
		"mail.reset.subject = Passwort\n"
		"mail.known.subject = Konto\n"
		"mail.signup.subject = %0600d\n",
		0);
	assert_int_equal(fclose(file), 0);
}

static int
setup(void **state)
{
	if (world_open(state) != 0)
		return 1;
	folder = workshop_open("rates", NULL);
	write_german();
	assert_int_equal(
		messages_load(span_of(folder), NULL, NULL, &german), OST_OK);
	world.context.messages = german;
	world.config.state_path = span_of(folder);
	world.config.signup = SIGNUP_OPEN;
	world.config.site_name = SPAN("Trees");
	world.config.mail_from.address = SPAN("no-reply@trees.example");
	world.config.ticket_lifetime_s = 3600;
	world.user.email = SPAN("joe@example.org");
	world.user.language = SPAN("de");
	world_save_user();
	request = (struct request){ .arena = world.arena,
		.address = SPAN("192.0.2.1") };
	return 0;
}

static int
teardown(void **state)
{
	messages_free(german);
	world.context.messages = NULL;
	workshop_close(folder);
	return world_close(state);
}

/* The mail that this start left has that subject. */
static void
assert_subject(
	enum ost_err (*start)(const struct context *, const struct request *,
		struct span, struct span, int64_t *),
	const char *who, const char *language, const char *subject)
{
	struct spool spool = mail_spool(&world.context, world.arena);
	struct spool_message message;
	struct spooled *files;
	size_t n, strangers;
	int64_t wait_s;

	assert_int_equal(start(&world.context, &request, span_of(who),
				 span_of(language), &wait_s),
		OST_OK);
	assert_int_equal(
		spool_list(&spool, SPOOL_NEW, &files, &n, &strangers), OST_OK);
	assert_int_equal(n, 1);
	assert_int_equal(spool_read(&spool, &files[0], &message), OST_OK);
	assert_int_equal(spool_remove(&spool, &files[0]), OST_OK);
	if (strstr(message.text.p, subject) == NULL)
		fail_msg("%s: %s", subject, message.text.p);
}

static void
a_mail_speaks_the_accounts_language_else_the_pages(void **state)
{
	(void)state;
	assert_subject(reset_start, "joe", "en", "Subject: Passwort\n");
	assert_subject(
		signup_start, "joe@example.org", "en", "Subject: Konto\n");
	assert_subject(reset_start, "jim", "de", "Subject: Passwort\n");
	assert_subject(reset_start, "jim", "xx",
		"Subject: A new password for Trees\n");
}

static void
a_text_that_no_mail_can_hold_is_not_sent(void **state)
{
	(void)state;
	assert_subject(signup_start, "ann@example.org", "de",
		"Subject: Your account at Trees\n");
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
test_signup_mail(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_mail_speaks_the_accounts_language_else_the_pages),
		TEST(a_text_that_no_mail_can_hold_is_not_sent),
	};

	return cmocka_run_group_tests_name("signup_mail", tests, NULL, NULL);
}
