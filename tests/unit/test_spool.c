/* The folder where mails wait. */
#include "clock.h"
#include "log.h"
#include "mail.h"
#include "spool.h"
#include "vectors.h"
#include "workshop.h"

#include <sys/stat.h>
#include <unistd.h>

int test_spool(void);

#define NOW_MS	INT64_C(1700000000000)
#define ADDRESS "joe@example.org"

static struct arena *arena;
static char *folder;
static struct spool spool;
static struct config config;
static const struct context context = { .config = &config };

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(log_open("/dev/null", "unit"), OST_OK);
	clock_fake(NOW_MS);
	arena = arena_new(64u << 20);
	folder = workshop_open(NULL, NULL);
	spool = (struct spool){ .state = span_of(folder), .arena = arena };
	config = (struct config){ .state_path = span_of(folder),
		.mail_from = {
			SPAN("Open Data"), SPAN("no-reply@b.example") } };
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	workshop_close(folder);
	arena_free(arena);
	clock_fake(0);
	return 0;
}

static size_t
count(enum spool_folder in)
{
	struct spooled *files;
	size_t n, strangers;

	assert_int_equal(
		spool_list(&spool, in, &files, &n, &strangers), OST_OK);
	assert_int_equal(strangers, 0);
	return n;
}

static struct spooled
first(enum spool_folder in)
{
	struct spooled *files;
	size_t n, strangers;

	assert_int_equal(
		spool_list(&spool, in, &files, &n, &strangers), OST_OK);
	assert_true(n > 0);
	return files[0];
}

static void
a_mail_for_nobody_is_a_file_like_the_others(void **state)
{
	struct mail mail = { SPAN(ADDRESS), SPAN("Hi"), SPAN("text\n"), false };
	struct spool_message message;
	struct spooled *files;
	size_t n, strangers, addressed = 0;

	(void)state;
	assert_int_equal(mail_queue(&context, arena, &mail), OST_OK);
	mail.is_discarded = true;
	assert_int_equal(mail_queue(&context, arena, &mail), OST_OK);
	assert_int_equal(
		spool_list(&spool, SPOOL_NEW, &files, &n, &strangers), OST_OK);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		char path[256];
		struct stat st;

		snprintf(path, sizeof(path), "%s/mail/new/%s", folder,
			files[i].name);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_size, SPOOL_FILE_SIZE);
		assert_int_equal(st.st_mode & 0777, 0600);
		assert_int_equal(
			spool_read(&spool, &files[i], &message), OST_OK);
		addressed += !span_is_absent(message.address);
		assert_true(span_ends(message.text, SPAN("\n\ntext\n")));
	}
	assert_int_equal(addressed, 1);
	config.mail_from.address = SPAN_ABSENT;
	assert_int_equal(mail_queue(&context, arena, &mail), OST_DENIED);
}

static void
a_mail_waits_fails_and_is_counted(void **state)
{
	const struct spool_message message = { SPAN(ADDRESS), SPAN("x\n") };
	struct spool_message read;
	struct spooled file;

	(void)state;
	assert_int_equal(spool_put(&spool, &message), OST_OK);
	file = first(SPOOL_NEW);
	assert_int_equal(file.created_ms, NOW_MS);
	assert_int_equal(spool_defer(&spool, &file, NOW_MS + 5), OST_OK);
	assert_int_equal(count(SPOOL_NEW), 0);
	file = first(SPOOL_WAIT);
	assert_int_equal(file.tries, 1);
	assert_int_equal(file.next_ms, NOW_MS + 5);
	assert_int_equal(spool_read(&spool, &file, &read), OST_OK);
	assert_true(span_eq(read.address, SPAN(ADDRESS)));
	assert_true(span_eq(read.text, SPAN("x\n")));
	assert_int_equal(spool_give_up(&spool, &file), OST_OK);
	assert_int_equal(count(SPOOL_WAIT), 0);
	file = first(SPOOL_FAILED);
	assert_int_equal(file.tries, 2);
	assert_int_equal(spool_remove(&spool, &file), OST_OK);
	assert_int_equal(spool_read(&spool, &file, &read), OST_NOTFOUND);
}

static void
the_folder_is_bounded(void **state)
{
	static char big[SPOOL_FILE_SIZE];
	const struct spool_message message = { SPAN_ABSENT, SPAN("x\n") },
				   large = { SPAN_ABSENT, BYTES_SPAN(big) };
	char path[256];

	(void)state;
	assert_int_equal(spool_put(&spool, &large), OST_TOOBIG);
	assert_int_equal(spool_put(&spool, &message), OST_OK);
	for (int i = 0; i < SPOOL_FILES_MAX - 2; i++) {
		snprintf(path, sizeof(path), "%s/mail/wait/%013d-%013d-00-%08d",
			folder, i, i, i);
		assert_int_equal(symlink("nowhere", path), 0);
	}
	assert_int_equal(spool_put(&spool, &message), OST_OK);
	assert_int_equal(spool_put(&spool, &message), OST_BUSY);
	assert_int_equal(count(SPOOL_NEW), 2);
}

static void
one_sends_at_a_time(void **state)
{
	int lock, other;

	(void)state;
	assert_int_equal(spool_lock(&spool, &lock), OST_OK);
	assert_int_equal(spool_lock(&spool, &other), OST_BUSY);
	close(lock);
	assert_int_equal(spool_lock(&spool, &lock), OST_OK);
	close(lock);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
test_spool(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_mail_for_nobody_is_a_file_like_the_others),
		TEST(a_mail_waits_fails_and_is_counted),
		TEST(the_folder_is_bounded),
		TEST(one_sends_at_a_time),
	};

	return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
