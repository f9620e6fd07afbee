#ifndef OSTIARY_TEXT_H
#define OSTIARY_TEXT_H
#include "buf.h"
/* Text that people typed, and text for their terminals. */

/* UTF-8 without control characters (C0, DEL, C1), at most size_max bytes. */
bool text_is_plain(struct span text, size_t size_max);
/* How many characters: code points, of valid UTF-8. */
size_t text_length(struct span text);
/* Adds text with what could act on a terminal or turn a line round (control
 * characters, marks of direction) as \uXXXX; broken UTF-8 as U+FFFD. */
void buf_printable(struct buf *buf, struct span text);
/* Adds a wall time in local ISO 8601; 0 is "never". */
void buf_time(struct buf *buf, int64_t time_ms);
#endif
