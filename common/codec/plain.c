#include "plain.h"
#include "codec.h"

bool
text_is_plain(struct span text, size_t size_max)
{
	if (text.n > size_max || !utf8_is_valid(text))
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (char_is_control(text.p[i]) ||
			(text.p[i] == '\xc2' && text.p[i + 1] < '\xa0'))
			return false;
	return true;
}

size_t
text_length(struct span text)
{
	size_t length = 0;

	for (size_t i = 0; i < text.n; i++)
		if (((unsigned char)text.p[i] & 0xc0) != 0x80)
			length++;
	return length;
}
