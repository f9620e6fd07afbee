#ifndef OSTIARY_BUF_H
#define OSTIARY_BUF_H
#include "arena.h"
/*
 * Growing output in an arena. A failure (no memory, over the arena's cap) is
 * latched: later additions do nothing and buf_span() reports it, so that a
 * chain of additions needs one check, at its end.
 */
struct buf {
	struct arena *arena;
	char *p;
	size_t n, size;
	bool is_failed;
};

void buf_init(struct buf *buf, struct arena *arena);
void buf_add(struct buf *buf, struct span s);
void buf_text(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_u64(struct buf *buf, uint64_t number);
void buf_i64(struct buf *buf, int64_t number);
__attribute__((format(printf, 2, 3))) void buf_printf(
	struct buf *buf, const char *format, ...);
/* Forgets what was added, and the failure; keeps the memory. */
void buf_clear(struct buf *buf);
/* What was added, followed by a NUL that is not counted; valid until the next
 * addition. OST_NOMEM when any addition failed. */
OST_CHECK enum ost_err buf_span(struct buf *buf, struct span *s);
#endif
