/* Texts by language, and the operator's over them. */
#include "messages.h"
#include "vectors.h"
#include "workshop.h"

int test_messages(void);

static const struct {
	const char *chosen, *accept, *want;
} picks[] = {
	{ NULL, NULL, "en" },
	{ "es", NULL, "es" },
	{ "es", "en", "es" },
	{ "xx", "es", "es" },
	{ NULL, "es", "es" },
	{ NULL, "ES-mx", "es" },
	{ NULL, "fr, de;q=0.9", "en" },
	{ NULL, "fr, es;q=0.1", "es" },
	{ NULL, "en;q=0.3, es;q=0.4", "es" },
	{ NULL, "es;q=0.4,en;q=0.45", "en" },
	{ NULL, "es;q=0", "en" },
	{ NULL, "en, es", "en" },
	{ NULL, "es;q=1.000, en;q=0.999", "es" },
	{ NULL, "es;q=nan", "en" },
	{ NULL, "es;q=0.9999", "en" },
	{ NULL, "*", "en" },
	{ NULL, ",;,-,;q=1,", "en" },
};

static void
the_asked_language_comes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(picks); i++)
		assert_span(language_tag(messages_pick(NULL,
				    span_of(picks[i].chosen),
				    span_of(picks[i].accept))),
			span_of(picks[i].want));
}

static void
a_missing_text_is_english(void **state)
{
	struct span text;

	(void)state;
	assert_true(language_text(NULL, SPAN("signin.title"), &text));
	assert_span(text, SPAN("Sign in"));
	assert_false(language_text(NULL, SPAN("no.such"), &text));
	assert_false(language_text(NULL, SPAN(""), &text));
}

int
test_messages(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_asked_language_comes),
		cmocka_unit_test(a_missing_text_is_english),
	};

	return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
