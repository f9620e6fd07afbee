#include "span.h"

#include <string.h>

struct span
span_of(const char *text)
{
	if (text == NULL)
		return SPAN_ABSENT;
	return (struct span){ text, strlen(text) };
}

bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
span_eq_nocase(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (char_lower(a.p[i]) != char_lower(b.p[i]))
			return false;
	return true;
}

bool
span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n &&
	       span_eq((struct span){ s.p, prefix.n }, prefix);
}

bool
span_ends(struct span s, struct span suffix)
{
	return s.n >= suffix.n && span_eq(span_skip(s, s.n - suffix.n), suffix);
}

bool
span_has(struct span s, char c)
{
	return s.n > 0 && memchr(s.p, c, s.n) != NULL;
}

struct span
span_skip(struct span s, size_t n)
{
	if (s.p == NULL)
		return s;
	if (n > s.n)
		n = s.n;
	return (struct span){ s.p + n, s.n - n };
}

bool
span_cut(struct span *s, char c, struct span *head)
{
	const char *hit = s->n ? memchr(s->p, c, s->n) : NULL;

	if (hit == NULL)
		return false;
	head->p = s->p;
	head->n = (size_t)(hit - s->p);
	s->n -= head->n + 1;
	s->p = hit + 1;
	return true;
}

bool
span_next(struct span *rest, char c, struct span *piece)
{
	if (rest->p == NULL)
		return false;
	if (span_cut(rest, c, piece))
		return true;
	*piece = *rest;
	*rest = SPAN_ABSENT;
	return true;
}

struct span
span_trim(struct span s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = span_skip(s, 1);
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

enum ost_err
span_to_u64(struct span s, uint64_t min, uint64_t max, uint64_t *number)
{
	uint64_t value = 0;

	if (s.n == 0 || (s.n > 1 && s.p[0] == '0'))
		return OST_BADINPUT;
	for (size_t i = 0; i < s.n; i++) {
		uint64_t digit;

		if (!char_is_digit(s.p[i]))
			return OST_BADINPUT;
		digit = (uint64_t)(s.p[i] - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return OST_BADINPUT;
		value = value * 10 + digit;
	}
	if (value < min || value > max)
		return OST_BADINPUT;
	*number = value;
	return OST_OK;
}

bool
list_has(struct span list, struct span word)
{
	struct span rest = list, item;

	while (span_next(&rest, ' ', &item))
		if (item.n > 0 && span_eq(item, word))
			return true;
	return false;
}
