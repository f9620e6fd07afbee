#ifndef OSTIARY_TEXT_H
#define OSTIARY_TEXT_H
#include "buf.h"
#include "plain.h"
/* Text for people's terminals. */

/* Adds text with what could act on a terminal or turn a line round (control
 * characters, marks of direction) as \uXXXX; broken UTF-8 as U+FFFD. */
void buf_printable(struct buf *buf, struct span text);
/* Adds a wall time in local ISO 8601; 0 is "never". */
void buf_time(struct buf *buf, int64_t time_ms);
#endif
