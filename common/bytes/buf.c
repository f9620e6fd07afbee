#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
buf_init(struct buf *buf, struct arena *arena)
{
	*buf = (struct buf){ .arena = arena };
}

/* Makes room for n more bytes and a NUL. */
static bool
buf_reserve(struct buf *buf, size_t n)
{
	size_t size = buf->size;
	char *p;

	if (buf->is_failed)
		return false;
	if (n >= SIZE_MAX / 2 - buf->n) {
		buf->is_failed = true;
		return false;
	}
	if (buf->n + n + 1 <= size)
		return true;
	if (size == 0)
		size = 128;
	while (size < buf->n + n + 1)
		size *= 2;
	p = arena_alloc(buf->arena, size);
	if (p == NULL) {
		buf->is_failed = true;
		return false;
	}
	if (buf->n > 0)
		memcpy(p, buf->p, buf->n);
	buf->p = p;
	buf->size = size;
	return true;
}

void
buf_add(struct buf *buf, struct span s)
{
	if (!buf_reserve(buf, s.n))
		return;
	if (s.n > 0)
		memcpy(buf->p + buf->n, s.p, s.n);
	buf->n += s.n;
	buf->p[buf->n] = '\0';
}

void
buf_text(struct buf *buf, const char *text)
{
	buf_add(buf, span_of(text));
}

void
buf_char(struct buf *buf, char c)
{
	buf_add(buf, (struct span){ &c, 1 });
}

void
buf_u64(struct buf *buf, uint64_t number)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	buf_add(buf, (struct span){ digits + i, sizeof(digits) - i });
}

void
buf_i64(struct buf *buf, int64_t number)
{
	if (number < 0)
		buf_char(buf, '-');
	buf_u64(buf, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0) {
		buf->is_failed = true;
		return;
	}
	if (!buf_reserve(buf, (size_t)n))
		return;
	va_start(args, format);
	vsnprintf(buf->p + buf->n, (size_t)n + 1, format, args);
	va_end(args);
	buf->n += (size_t)n;
}

void
buf_clear(struct buf *buf)
{
	buf->n = 0;
	buf->is_failed = false;
}

enum ost_err
buf_span(struct buf *buf, struct span *s)
{
	if (!buf_reserve(buf, 0))
		return OST_NOMEM;
	buf->p[buf->n] = '\0';
	*s = (struct span){ buf->p, buf->n };
	return OST_OK;
}
