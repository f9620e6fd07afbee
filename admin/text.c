#include "text.h"
#include "codec.h"

#include <time.h>

static bool
is_dangerous(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c ||
	       (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

static struct span
escape(uint32_t code, char room[static 8])
{
	static const char hex[] = "0123456789abcdef";

	if (!is_dangerous(code))
		return SPAN_ABSENT;
	room[0] = '\\';
	room[1] = 'u';
	for (unsigned int i = 0; i < 4; i++)
		room[2 + i] = hex[code >> (12 - 4 * i) & 15];
	return (struct span){ room, 6 };
}

void
buf_printable(struct buf *buf, struct span text)
{
	buf_escape(buf, text, escape);
}

void
buf_time(struct buf *buf, int64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / 1000);
	char text[40], zone[8];
	struct tm local;

	if (time_ms == 0) {
		buf_text(buf, "never");
		return;
	}
	if (localtime_r(&seconds, &local) == NULL ||
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &local) ==
			0 ||
		strftime(zone, sizeof(zone), "%z", &local) != 5) {
		buf_i64(buf, time_ms / 1000);
		return;
	}
	buf_printf(buf, "%s%.3s:%s", text, zone, zone + 3);
}
