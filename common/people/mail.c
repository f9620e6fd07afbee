#include "mail.h"
#include "clock.h"
#include "codec.h"
#include "crypto.h"

#include <time.h>

#define LINE_MAX_BYTES 998 /* RFC 5322 section 2.1.1 */
/* "=?UTF-8?B?" + base64 + "?=" has at most 75 characters (RFC 2047 section 2).
 */
#define WORD_BYTES 45

static bool
is_ascii(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] > 0x7e)
			return false;
	return true;
}

static bool
is_one_line(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (char_is_control(text.p[i]))
			return false;
	/* Encoded, it is folded; plain, it has a header's name before it. */
	return text.n <= LINE_MAX_BYTES / 2 && utf8_is_valid(text);
}

static bool
body_is_good(struct span body)
{
	struct span rest = body, line;

	while (span_next(&rest, '\n', &line)) {
		if (line.n > LINE_MAX_BYTES)
			return false;
		for (size_t i = 0; i < line.n; i++)
			if (char_is_control(line.p[i]) && line.p[i] != '\t')
				return false;
	}
	return utf8_is_valid(body);
}

/* RFC 2047 section 5: characters are not parted. */
static void
add_encoded(struct buf *buf, struct span text)
{
	while (text.n > 0) {
		size_t n = text.n < WORD_BYTES ? text.n : WORD_BYTES;

		while (n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
			n--;
		buf_text(buf, "=?UTF-8?B?");
		base64_encode(buf, (struct span){ text.p, n });
		buf_text(buf, "?=");
		text = span_skip(text, n);
		if (text.n > 0)
			buf_text(buf, "\n ");
	}
}

/* What looks like an encoded word, and is none, must not be read as one. */
static void
add_text(struct buf *buf, struct span text)
{
	bool is_like_encoded = false;

	for (size_t i = 0; i + 1 < text.n; i++)
		is_like_encoded |= text.p[i] == '=' && text.p[i + 1] == '?';
	if (is_ascii(text) && !is_like_encoded)
		buf_add(buf, text);
	else
		add_encoded(buf, text);
}

static void
add_from(struct buf *buf, const struct mailbox *from)
{
	buf_text(buf, "From: ");
	if (span_is_absent(from->name)) {
		buf_add(buf, from->address);
	} else {
		/* mailbox_parse() lets no quote and no backslash through. */
		if (is_ascii(from->name))
			buf_printf(buf, "\"%.*s\"", SPAN_ARG(from->name));
		else
			add_encoded(buf, from->name);
		buf_text(buf, " <");
		buf_add(buf, from->address);
		buf_char(buf, '>');
	}
	buf_char(buf, '\n');
}

/* RFC 5322 section 3.3, in English whatever the locale says. */
static void
add_date(struct buf *buf)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = (time_t)clock_wall_s();
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL) {
		buf->is_failed = true;
		return;
	}
	buf_printf(buf, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d +0000\n",
		days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void
add_message_id(struct buf *buf, const struct mailbox *from)
{
	char random[CRYPTO_TEXT_SIZE];
	struct span host = from->address, local;

	crypto_random_text(random);
	if (!span_cut(&host, '@', &local))
		buf->is_failed = true;
	buf_printf(buf, "Message-ID: <%.22s@%.*s>\n", random, SPAN_ARG(host));
}

enum ost_err
mail_compose(struct arena *arena, const struct mailbox *from,
	const struct mail *mail, struct span *message)
{
	struct buf buf;

	if (!mail_address_is_valid(from->address) ||
		(!span_is_absent(from->name) && !is_one_line(from->name)) ||
		!mail_address_is_valid(mail->to) ||
		!is_one_line(mail->subject) || !body_is_good(mail->body))
		return OST_BADINPUT;
	buf_init(&buf, arena);
	add_from(&buf, from);
	buf_printf(&buf, "To: %.*s\nSubject: ", SPAN_ARG(mail->to));
	add_text(&buf, mail->subject);
	buf_char(&buf, '\n');
	add_date(&buf);
	add_message_id(&buf, from);
	buf_text(&buf, "MIME-Version: 1.0\n"
		       "Content-Type: text/plain; charset=utf-8\n");
	buf_printf(&buf, "Content-Transfer-Encoding: %s\n",
		is_ascii(mail->body) ? "7bit" : "8bit");
	/* RFC 3834 section 5: so that no machine answers. */
	buf_text(&buf, "Auto-Submitted: auto-generated\n\n");
	buf_add(&buf, mail->body);
	if (!span_ends(mail->body, SPAN("\n")))
		buf_char(&buf, '\n');
	return buf_span(&buf, message);
}

struct spool
mail_spool(const struct context *c, struct arena *arena)
{
	return (struct spool){ .state = c->config->state_path,
		.is_shared = c->is_shared,
		.arena = arena };
}

enum ost_err
mail_queue(
	const struct context *c, struct arena *arena, const struct mail *mail)
{
	const struct mailbox *from = &c->config->mail_from;
	struct spool spool = mail_spool(c, arena);
	struct spool_message message = { .address = mail->to };
	enum ost_err err;

	if (span_is_absent(from->address))
		return OST_DENIED;
	err = mail_compose(arena, from, mail, &message.text);
	if (mail->is_discarded)
		message.address = SPAN_ABSENT;
	return err == OST_OK ? spool_put(&spool, &message) : err;
}
