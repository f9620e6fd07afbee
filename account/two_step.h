#ifndef OSTIARY_TWO_STEP_H
#define OSTIARY_TWO_STEP_H
#include "pages.h"
#include "second_step.h"
/* What the pages of two-step sign-in share: two_step.c has its beginning,
 * two_step_on.c what is done with it afterwards. */

/* So few recovery codes are worth a word. */
#define TWO_STEP_FEW_CODES 3

/* Answers with the page that shows the new recovery codes, once. back: where to
 * go on; absent: to the page of two-step sign-in. */
OST_CHECK enum ost_err two_step_show_codes(struct visit *visit,
	const struct span codes[static RECOVERY_CODES], struct span back);
#endif
