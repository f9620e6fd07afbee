#ifndef OSTIARY_LOOKOUT_H
#define OSTIARY_LOOKOUT_H
#include "journal.h"
/*
 * Whether the files of the store are those that this process has open: files
 * that were put back from a copy, or a folder that was replaced, are noticed
 * within a second.
 */

/* Whether to look again; it then counts as done. */
bool lookout_is_due(struct journal *journal);
/* Whether the page's name leads to what is open. */
bool lookout_page(const struct journal *journal);
/* Whether all names do, and the log still holds what was read of it: who
 * copies over a file changes neither its number nor, if he likes, its time. */
bool lookout_files(const struct journal *journal);
#endif
