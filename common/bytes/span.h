#ifndef OSTIARY_SPAN_H
#define OSTIARY_SPAN_H
#include "err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/*
 * A read-only view of n bytes. It owns nothing and is not NUL-terminated; it
 * is valid as long as the bytes it points at. {NULL, 0} means absent, {p, 0}
 * means present but empty.
 */
struct span {
	const char *p;
	size_t n;
};

#define SPAN(lit)   ((struct span){ "" lit, sizeof(lit) - 1 })
#define SPAN_ABSENT ((struct span){ NULL, 0 })
/* For printf's "%.*s". A span longer than an int is never printed. */
#define SPAN_ARG(s) (int)((s).n), ((s).n ? (s).p : "")

/* The bytes of a C string without its NUL; NULL gives the absent span. */
struct span span_of(const char *text);
static inline bool
span_is_absent(struct span s)
{
	return s.p == NULL;
}

bool span_eq(struct span a, struct span b);
/* ASCII letters only; for scheme names, host names and header words. */
bool span_eq_nocase(struct span a, struct span b);
bool span_starts(struct span s, struct span prefix);
bool span_ends(struct span s, struct span suffix);
bool span_has(struct span s, char c);
/* s without its first n bytes; the empty span when it has no more than n. */
struct span span_skip(struct span s, size_t n);
/* Splits at the first c: *head gets the left side, the rest stays in *s.
 * False, and nothing changed, when s has no c. */
bool span_cut(struct span *s, char c, struct span *head);
/* As span_cut, but the last piece comes too; false once nothing is left.
 * Walks "a,b,,c" as a, b, "", c. Start with a copy of the list. */
bool span_next(struct span *rest, char c, struct span *piece);
/* Whether word stands in a list whose items are parted by one blank. */
bool list_has(struct span list, struct span word);
/* Without blanks and tabs at both ends. */
struct span span_trim(struct span s);
/*
 * Decimal digits only: no sign, no blanks, no leading zero but "0" itself.
 * OST_BADINPUT when it is no such number or lies outside min..max.
 */
OST_CHECK enum ost_err span_to_u64(
	struct span s, uint64_t min, uint64_t max, uint64_t *number);

/* Character classes of our own: ASCII, whatever the locale says. */
static inline bool
char_is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool
char_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool
char_is_alnum(char c)
{
	return char_is_digit(c) || char_is_alpha(c);
}
/* Control characters and DEL. */
static inline bool
char_is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}
static inline char
char_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}
#endif
