#ifndef OSTIARY_SPOOL_NAME_H
#define OSTIARY_SPOOL_NAME_H
#include "spool.h"

#include <limits.h>
/* What the files of the spool are called; for spool.c and spool_take.c. */
#define SPOOL_MAGIC	  "OSTMAIL1 "
#define SPOOL_DRAFT	  "draft."
#define SPOOL_RANDOM_SIZE 8
#define SPOOL_TRIES_MAX	  99

extern const char *const spool_folder_names[SPOOL_FOLDERS];

/* OST_STORE after logging errno. */
enum ost_err spool_failed(const char *path, const char *what);
/* state/mail[/middle[/name]]. OST_STORE: too long. */
OST_CHECK enum ost_err spool_path(const struct spool *spool, const char *middle,
	const char *name, char path[static PATH_MAX]);
OST_CHECK enum ost_err spool_path_of(const struct spool *spool,
	const struct spooled *file, char path[static PATH_MAX]);
/* False: it is called otherwise. Sets all but the folder. */
bool spool_name_read(struct span name, struct spooled *file);
/* Sets file->name; random has SPOOL_RANDOM_SIZE alphanumerics. */
void spool_name_write(struct spooled *file, const char *random);
#endif
