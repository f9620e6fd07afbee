#include "mail_text.h"

static const struct {
	const char *subject, *body;
} keys[] = {
	[MAIL_SIGNUP] = { "mail.signup.subject", "mail.signup.body" },
	[MAIL_KNOWN] = { "mail.known.subject", "mail.known.body" },
	[MAIL_INVITE] = { "mail.invite.subject", "mail.invite.body" },
	[MAIL_RESET] = { "mail.reset.subject", "mail.reset.body" },
	[MAIL_CONFIRM] = { "mail.confirm.subject", "mail.confirm.body" },
};

/* "24 hours", "7 days". Every key of ours is there in English. */
static void
add_lifetime(struct buf *buf, const struct language *language, int64_t hours)
{
	bool is_days = hours >= 48 && hours % 24 == 0;
	const char *key = is_days      ? "unit.days"
			  : hours == 1 ? "unit.hour"
				       : "unit.hours";
	struct span unit = SPAN_ABSENT;

	buf_i64(buf, is_days ? hours / 24 : hours);
	buf_char(buf, ' ');
	(void)language_text(language, span_of(key), &unit);
	buf_add(buf, unit);
}

static bool
add_value(struct buf *buf, const struct language *language, struct span name,
	const struct mail_values *values)
{
	if (span_eq(name, SPAN("site_name")))
		buf_add(buf, values->site_name);
	else if (span_eq(name, SPAN("link")))
		buf_add(buf, values->link);
	else if (span_eq(name, SPAN("hours")))
		add_lifetime(buf, language, values->hours);
	else
		return false;
	return true;
}

/* Text without values. */
static void
add_lines(struct buf *buf, struct span text)
{
	struct span part;

	while (span_cut(&text, '\\', &part)) {
		buf_add(buf, part);
		buf_char(buf, span_starts(text, SPAN("n")) ? '\n' : '\\');
		if (span_starts(text, SPAN("n")))
			text = span_skip(text, 1);
	}
	buf_add(buf, text);
}

enum ost_err
mail_text_fill(struct arena *arena, const struct language *language,
	struct span template, const struct mail_values *values,
	struct span *text)
{
	struct span rest = template, before, name;
	struct buf buf;

	buf_init(&buf, arena);
	while (span_cut(&rest, '{', &before)) {
		struct span behind = rest;

		add_lines(&buf, before);
		if (span_cut(&behind, '}', &name) &&
			add_value(&buf, language, name, values))
			rest = behind;
		else
			buf_char(&buf, '{');
	}
	add_lines(&buf, rest);
	return buf_span(&buf, text);
}

static enum ost_err
fill_key(struct arena *arena, const char *key, const struct language *language,
	const struct mail_values *values, struct span *text)
{
	struct span template;

	/* Every key of ours is there in English. */
	return language_text(language, span_of(key), &template)
		       ? mail_text_fill(arena, language, template, values, text)
		       : OST_SYSTEM;
}

enum ost_err
mail_text(struct arena *arena, enum mail_text_id id,
	const struct language *language, const struct mail_values *values,
	struct mail_text *text)
{
	struct mail_text filled;
	enum ost_err err = fill_key(
		arena, keys[id].subject, language, values, &filled.subject);

	if (err == OST_OK)
		err = fill_key(
			arena, keys[id].body, language, values, &filled.body);
	if (err == OST_OK)
		*text = filled;
	return err;
}
