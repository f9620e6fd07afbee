#include "iso_time.h"

#include <time.h>

void
buf_iso_time(struct buf *buf, int64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm utc;
	char text[40];

	if (gmtime_r(&seconds, &utc) == NULL ||
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0) {
		buf->is_failed = true;
		return;
	}
	buf_text(buf, text);
}

/* The number that two digits are; -1: they are none. */
static int
two_digits(const char *p)
{
	if (!char_is_digit(p[0]) || !char_is_digit(p[1]))
		return -1;
	return (p[0] - '0') * 10 + (p[1] - '0');
}

static bool
has_form(struct span text)
{
	static const char form[] = "0000-00-00T00:00:00Z";

	if (text.n != 10 && text.n != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (char_is_digit(form[i]) ? !char_is_digit(text.p[i])
					   : text.p[i] != form[i])
			return false;
	return true;
}

enum ost_err
iso_time_parse(struct span text, int64_t *time_ms)
{
	struct tm wanted = { .tm_hour = 0 }, got;
	time_t seconds;

	if (!has_form(text))
		return OST_BADINPUT;
	wanted.tm_year = two_digits(text.p) * 100 + two_digits(text.p + 2);
	wanted.tm_year -= 1900;
	wanted.tm_mon = two_digits(text.p + 5) - 1;
	wanted.tm_mday = two_digits(text.p + 8);
	if (text.n > 10) {
		wanted.tm_hour = two_digits(text.p + 11);
		wanted.tm_min = two_digits(text.p + 14);
		wanted.tm_sec = two_digits(text.p + 17);
	}
	got = wanted;
	seconds = timegm(&got);
	/* timegm() takes the 31st of February for a day of March. */
	if (wanted.tm_year < 70 || got.tm_mon != wanted.tm_mon ||
		got.tm_mday != wanted.tm_mday ||
		got.tm_hour != wanted.tm_hour || got.tm_min != wanted.tm_min ||
		got.tm_sec != wanted.tm_sec)
		return OST_BADINPUT;
	*time_ms = (int64_t)seconds * 1000;
	return OST_OK;
}
