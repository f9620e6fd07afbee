#ifndef OSTIARY_PLAIN_H
#define OSTIARY_PLAIN_H
#include "span.h"
/* Text that people typed. */

/* UTF-8 without control characters (C0, DEL, C1), at most size_max bytes. */
bool text_is_plain(struct span text, size_t size_max);
/* How many characters: code points, of valid UTF-8. */
size_t text_length(struct span text);
#endif
