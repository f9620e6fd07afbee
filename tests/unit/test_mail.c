/* Mails: addresses and messages. */
#include "clock.h"
#include "mail.h"
#include "mail_text.h"
#include "vectors.h"

int test_mail(void);

#define NOW_MS	INT64_C(1700000000000)
#define ADDRESS "joe@example.org"

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	clock_fake(NOW_MS);
	arena = arena_new(1u << 20);
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	clock_fake(0);
	return 0;
}

static const struct {
	struct span text;
	bool is_valid;
} addresses[] = {
	{ LITERAL("a@b"), true },
	{ LITERAL("joe@example.org"), true },
	{ LITERAL("joe.doe+tag@xn--bcher-kva.example"), true },
	{ LITERAL("!#$%&'*+/=?^_`{|}~@b"), true },
	{ LITERAL("a-@b-c.d"), true },
	{ LITERAL(""), false },
	{ LITERAL("@"), false },
	{ LITERAL("a@"), false },
	{ LITERAL("@b"), false },
	{ LITERAL("-f@b"), false },
	{ LITERAL("-oQ/tmp@b"), false },
	{ LITERAL(".a@b"), false },
	{ LITERAL("a.@b"), false },
	{ LITERAL("a..b@c"), false },
	{ LITERAL("a@b@c"), false },
	{ LITERAL("a@b."), false },
	{ LITERAL("a@.b"), false },
	{ LITERAL("a@b..c"), false },
	{ LITERAL("a@-b"), false },
	{ LITERAL("a@b-"), false },
	{ LITERAL("a@[127.0.0.1]"), false },
	{ LITERAL("a@b_c"), false },
	{ LITERAL("\"a\"@b"), false },
	{ LITERAL("a b@c"), false },
	{ LITERAL("a@b c"), false },
	{ LITERAL("a@b,d@e"), false },
	{ LITERAL("a@b;d@e"), false },
	{ LITERAL("<a@b>"), false },
	{ LITERAL("a(c)@b"), false },
	{ LITERAL("a\\@b"), false },
	{ LITERAL("a@b\n"), false },
	{ LITERAL("a@b\r\nBcc: c@d"), false },
	{ LITERAL("a\n@b"), false },
	{ LITERAL("a\0@b"), false },
	{ LITERAL("a@b\0"), false },
	{ LITERAL("\xc3\xa4@b"), false },
	{ LITERAL("a@\xc3\xa4"), false },
};

static void
an_address_is_one_plain_addr_spec(void **state)
{
	char text[300];

	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++)
		if (mail_address_is_valid(addresses[i].text) !=
			addresses[i].is_valid)
			fail_msg("%zu: %s", i, addresses[i].text.p);
	assert_false(mail_address_is_valid(SPAN_ABSENT));
	/* 64 bytes before the @, 63 between dots, 254 in all. */
	memset(text, 'a', sizeof(text));
	text[64] = '@';
	for (size_t i = 65; i < sizeof(text); i++)
		text[i] = i % 2 ? 'a' : '.';
	assert_true(mail_address_is_valid((struct span){ text, 254 }));
	assert_false(mail_address_is_valid((struct span){ text, 256 }));
	text[64] = 'a';
	text[65] = '@';
	assert_false(mail_address_is_valid((struct span){ text, 100 }));
	memset(text, 'a', sizeof(text));
	text[1] = '@';
	assert_true(mail_address_is_valid((struct span){ text, 2 + 63 }));
	assert_false(mail_address_is_valid((struct span){ text, 2 + 64 }));
}

static void
a_mailbox_may_have_a_name(void **state)
{
	static const char *const bad[] = { "", "Joe", "Joe <>", "<a@b> Joe",
		"Joe <a@b", "a@b>", "J\"oe <a@b>", "J\\oe <a@b>", "J<o <a@b>",
		"Joe <a@b> <c@d>", "\"Joe <a@b>", "J\x7foe <a@b>",
		"J\xffoe <a@b>" };
	struct mailbox mailbox = { .name = SPAN("untouched") };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (mailbox_parse(span_of(bad[i]), &mailbox) != OST_BADINPUT)
			fail_msg("%s", bad[i]);
	assert_string_equal(mailbox.name.p, "untouched");
	assert_int_equal(mailbox_parse(SPAN("a@b"), &mailbox), OST_OK);
	assert_true(span_is_absent(mailbox.name));
	assert_true(span_eq(mailbox.address, SPAN("a@b")));
	assert_int_equal(
		mailbox_parse(SPAN("J\xc3\xb6, A. <a@b>"), &mailbox), OST_OK);
	assert_true(span_eq(mailbox.name, SPAN("J\xc3\xb6, A.")));
	assert_int_equal(mailbox_parse(SPAN("\"Jo\" <a@b>"), &mailbox), OST_OK);
	assert_true(span_eq(mailbox.name, SPAN("Jo")));
	assert_int_equal(mailbox_parse(SPAN("<a@b>"), &mailbox), OST_OK);
	assert_true(span_is_absent(mailbox.name));
}

static const char *
composed(const struct mailbox *from, struct span subject, struct span body)
{
	struct mail mail = { SPAN(ADDRESS), subject, body, false };
	struct span message;

	assert_int_equal(mail_compose(arena, from, &mail, &message), OST_OK);
	assert_int_equal(strlen(message.p), message.n);
	return message.p;
}

static void
assert_has(const char *message, const char *line)
{
	if (strstr(message, line) == NULL)
		fail_msg("no %s in:\n%s", line, message);
}

static void
a_message_has_its_headers(void **state)
{
	struct mailbox from = { SPAN("Open Data"), SPAN("a@b.example") };
	const char *text = composed(&from, SPAN("Hello"), SPAN("one\n.\ntwo"));

	(void)state;
	assert_has(text, "From: \"Open Data\" <a@b.example>\nTo: " ADDRESS
			 "\nSubject: Hello\n"
			 "Date: Tue, 14 Nov 2023 22:13:20 +0000\n"
			 "Message-ID: <");
	assert_has(text, "@b.example>\nMIME-Version: 1.0\n"
			 "Content-Type: text/plain; charset=utf-8\n"
			 "Content-Transfer-Encoding: 7bit\n"
			 "Auto-Submitted: auto-generated\n\none\n.\ntwo\n");
	assert_null(strchr(text, '\r'));
	from.name = SPAN_ABSENT;
	assert_has(composed(&from, SPAN("x"), SPAN("")), "From: a@b.example\n");
}

static void
what_is_not_ascii_is_encoded(void **state)
{
	const struct mailbox from = { SPAN("B\xc3\xbcro"), SPAN("a@b") };
	char word[45 * 3 + 1] = "";
	const char *text;

	(void)state;
	text = composed(&from, SPAN("=?x"), SPAN("\xc3\xbc\n"));
	assert_has(text, "From: =?UTF-8?B?QsO8cm8=?= <a@b>\n");
	assert_has(text, "\nContent-Transfer-Encoding: 8bit\n");
	assert_has(text, "Subject: =?UTF-8?B?PT94?=\n");
	/* Words of 75 characters at most, parted between characters. */
	for (size_t i = 0; i < 50; i++)
		memcpy(word + 2 * i, "\xc3\xbc", 2);
	text = strstr(composed(&from, (struct span){ word, 100 }, SPAN("")),
		"Subject: ");
	assert_non_null(text);
	text += strlen("Subject: ");
	for (size_t i = 0; i < 3; i++) {
		size_t n = strcspn(text, "\n");

		assert_true(n <= 75);
		assert_memory_equal(text, "=?UTF-8?B?", 10);
		assert_memory_equal(text + n - 2, "?=", 2);
		text += n + 1;
		if (i < 2)
			assert_int_equal(*text++, ' ');
	}
	assert_memory_equal(text, "Date:", 5);
}

/* Whatever a value holds: a message with our headers, or none. */
static void
no_value_makes_a_header(void **state)
{
	static const struct span bad[] = {
		LITERAL("a\nBcc: c@d"),
		LITERAL("a\r\nBcc: c@d"),
		LITERAL("a\rBcc: c@d"),
		LITERAL("\n"),
		LITERAL("a\0b"),
		LITERAL("a\x1b[31m"),
		LITERAL("a\x7f"),
		LITERAL("a\xff"),
		LITERAL("a\x0b"),
	};
	const struct mailbox from = { SPAN_ABSENT, SPAN("a@b") };
	struct span message;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct mail mails[] = {
			{ bad[i], SPAN("x"), SPAN("x"), false },
			{ SPAN(ADDRESS), bad[i], SPAN("x"), false },
		};
		const struct mailbox named = { bad[i], SPAN("a@b") };
		const struct mail good = { SPAN(ADDRESS), SPAN("x"), SPAN("x"),
			false };

		for (size_t k = 0; k < COUNT(mails); k++)
			if (mail_compose(arena, &from, &mails[k], &message) !=
				OST_BADINPUT)
				fail_msg("%zu, %zu", i, k);
		if (mail_compose(arena, &named, &good, &message) !=
			OST_BADINPUT)
			fail_msg("name %zu", i);
	}
	assert_int_equal(mail_compose(arena, &from,
				 &(struct mail){ SPAN(ADDRESS), SPAN("x"),
					 SPAN("a\rb"), false },
				 &message),
		OST_BADINPUT);
}

static void
placeholders_are_filled_once(void **state)
{
	const struct mail_values values = { SPAN("{link}"), SPAN("https://x"),
		24 };
	struct span text;

	(void)state;
	assert_int_equal(mail_text_fill(arena, NULL,
				 SPAN("{site_name} {link} {hours} {x} {"),
				 &values, &text),
		OST_OK);
	assert_string_equal(text.p, "{link} https://x 24 hours {x} {");
}

static void
days_are_told_as_days(void **state)
{
	static const struct {
		int64_t hours;
		const char *english, *spanish;
	} cases[] = {
		{ 1, "1 hour", "1 hora" },
		{ 47, "47 hours", "47 horas" },
		{ 48, "2 days", "2 días" },
		{ 50, "50 hours", "50 horas" },
		{ 168, "7 days", "7 días" },
	};
	const struct language *spanish =
		messages_pick(NULL, SPAN("es"), SPAN_ABSENT);
	struct span text;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct mail_values values = { .hours = cases[i].hours };

		assert_int_equal(mail_text_fill(arena, NULL, SPAN("{hours}"),
					 &values, &text),
			OST_OK);
		assert_string_equal(text.p, cases[i].english);
		assert_int_equal(mail_text_fill(arena, spanish, SPAN("{hours}"),
					 &values, &text),
			OST_OK);
		assert_string_equal(text.p, cases[i].spanish);
	}
}

static void
a_backslash_and_n_begin_a_line(void **state)
{
	static const struct {
		const char *template, *want;
	} cases[] = {
		{ "a\\nb", "a\nb" },
		{ "\\n\\n{link}\\n", "\n\n\\n\n" },
		{ "a\\b\\", "a\\b\\" },
		{ "\\\\n", "\\\n" },
		{ "\\{hours}", "\\24 hours" },
	};
	/* Not within a value. */
	const struct mail_values values = { SPAN("x"), SPAN("\\n"), 24 };
	struct span text;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(
			mail_text_fill(arena, NULL, span_of(cases[i].template),
				&values, &text),
			OST_OK);
		assert_string_equal(text.p, cases[i].want);
	}
}

static void
each_mail_has_a_text_with_its_link(void **state)
{
	const struct mail_values values = { SPAN("Trees"), SPAN("https://x/y"),
		24 };
	const struct language *language;
	struct mail_text text;

	(void)state;
	for (size_t i = 0; (language = messages_language(NULL, i)) != NULL; i++)
		for (int id = MAIL_SIGNUP; id <= MAIL_RESET; id++) {
			assert_int_equal(mail_text(arena, (enum mail_text_id)id,
						 language, &values, &text),
				OST_OK);
			assert_non_null(strstr(text.subject.p, "Trees"));
			assert_non_null(
				strstr(text.body.p, "\n\nhttps://x/y\n\n"));
		}
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
test_mail(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_address_is_one_plain_addr_spec),
		TEST(a_mailbox_may_have_a_name),
		TEST(a_message_has_its_headers),
		TEST(what_is_not_ascii_is_encoded),
		TEST(no_value_makes_a_header),
		TEST(placeholders_are_filled_once),
		TEST(days_are_told_as_days),
		TEST(a_backslash_and_n_begin_a_line),
		TEST(each_mail_has_a_text_with_its_link),
	};

	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
