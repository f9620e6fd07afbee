#ifndef OSTIARY_DATASET_H
#define OSTIARY_DATASET_H
#include "arena.h"
/*
 * Data of the operator's, to be shown: a file with a JSON array of flat
 * objects. What it holds decides nothing.
 */
#define DATASET_FILE_MAX    (1024 * 1024) /* bytes */
#define DATASET_OBJECTS_MAX 1000	  /* that are counted */
#define DATASET_COLUMNS_MAX 8
#define DATASET_ROWS_MAX    12
#define DATASET_BARS_MAX    12

struct dataset {
	/* Of the first object, in its order. */
	struct span columns[DATASET_COLUMNS_MAX];
	bool is_number[DATASET_COLUMNS_MAX]; /* numbers alone in its rows */
	size_t n_columns;
	/* The first objects, as text; absent: missing, null or nested. */
	struct span cells[DATASET_ROWS_MAX][DATASET_COLUMNS_MAX];
	size_t n_rows;
	size_t n_objects; /* in the file */
	size_t n_counted; /* of these in the bars */
	/* How often each text stands in the first column that has 2 to
	 * DATASET_BARS_MAX different ones and one of them twice; the most
	 * frequent first. n_bars 0: there is no such column. */
	struct span bars_of;
	struct span labels[DATASET_BARS_MAX];
	uint64_t counts[DATASET_BARS_MAX];
	size_t n_bars;
};

/*
 * Everything in it is in the arena; long texts are cut. Faults go to report as
 * "path: message" (arg is passed on): OST_SYSTEM (it cannot be read),
 * OST_BADINPUT (it is too big or no such array); OST_NOMEM. Without any object
 * there are neither columns nor rows.
 */
OST_CHECK enum ost_err dataset_read(struct arena *arena, const char *path,
	void (*report)(void *arg, const char *line), void *arg,
	struct dataset *data);
#endif
