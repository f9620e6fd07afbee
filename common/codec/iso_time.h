#ifndef OSTIARY_ISO_TIME_H
#define OSTIARY_ISO_TIME_H
#include "buf.h"
/* Wall times as ISO 8601 has them, in UTC: 2026-11-22T02:00:00Z. */

void buf_iso_time(struct buf *buf, int64_t time_ms);
/* Of that form or a date alone, which is its midnight; the years 1970 to 9999.
 * OST_BADINPUT: another form, or a day that is not in the calendar. */
OST_CHECK enum ost_err iso_time_parse(struct span text, int64_t *time_ms);
#endif
