#include "mail_text.h"

/* As SPAN(), for a table. */
#define TEXT(lit)                                                              \
	{                                                                      \
		"" lit, sizeof(lit) - 1                                        \
	}

/* clang-format off */
static const struct mail_text english[] = {
	[MAIL_SIGNUP] = {
		TEXT("Your account at {site_name}"),
		TEXT("Somebody, you we hope, asked for an account at {site_name} with this\n"
		     "address. To choose a name and a password, open\n"
		     "\n"
		     "{link}\n"
		     "\n"
		     "The link works once, for {hours} hours. If it was not you, do nothing:\n"
		     "without the link there will be no account.\n"),
	},
	[MAIL_KNOWN] = {
		TEXT("Your account at {site_name}"),
		TEXT("Somebody, you we hope, asked for an account at {site_name} with this\n"
		     "address. There is one already. If its password is lost, a new one can\n"
		     "be set from\n"
		     "\n"
		     "{link}\n"
		     "\n"
		     "If it was not you, do nothing: nothing has changed.\n"),
	},
	[MAIL_INVITE] = {
		TEXT("Invitation to {site_name}"),
		TEXT("You are invited to {site_name}. To choose a name and a password, open\n"
		     "\n"
		     "{link}\n"
		     "\n"
		     "The link works once, for {hours} hours.\n"),
	},
	[MAIL_RESET] = {
		TEXT("A new password for {site_name}"),
		TEXT("Somebody, you we hope, asked for a new password for your account at\n"
		     "{site_name}. To set it, open\n"
		     "\n"
		     "{link}\n"
		     "\n"
		     "The link works once, for {hours} hours. If it was not you, do nothing:\n"
		     "your password stays as it is.\n"),
	},
};
/* clang-format on */

const struct mail_text *
mail_text(enum mail_text_id id, struct span language)
{
	(void)language;
	return &english[id];
}

static bool
add_value(struct buf *buf, struct span name, const struct mail_values *values)
{
	if (span_eq(name, SPAN("site_name")))
		buf_add(buf, values->site_name);
	else if (span_eq(name, SPAN("link")))
		buf_add(buf, values->link);
	else if (span_eq(name, SPAN("hours")))
		buf_i64(buf, values->hours);
	else
		return false;
	return true;
}

enum ost_err
mail_text_fill(struct arena *arena, struct span template,
	const struct mail_values *values, struct span *text)
{
	struct span rest = template, before, name;
	struct buf buf;

	buf_init(&buf, arena);
	while (span_cut(&rest, '{', &before)) {
		struct span behind = rest;

		buf_add(&buf, before);
		if (span_cut(&behind, '}', &name) &&
			add_value(&buf, name, values))
			rest = behind;
		else
			buf_char(&buf, '{');
	}
	buf_add(&buf, rest);
	return buf_span(&buf, text);
}
