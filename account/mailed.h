#ifndef OSTIARY_MAILED_H
#define OSTIARY_MAILED_H
#include "portal.h"
/* What the pages of signing up and of lost passwords share. */

/* The secret of the link that led here: of the form, else of the address;
 * empty: none did. */
struct span mailed_ticket(const struct visit *visit);
/* Answers that the link is not good any more, and how to get a new one: the
 * same whether it was used, is over or never was. */
enum ost_err mailed_dead(struct visit *visit, const char *how);
/*
 * Answers what signup_start() or reset_start() returned: on OST_OK page, which
 * is the same for everybody; for OST_BADINPUT and OST_LIMITED form again,
 * which says at error_FIELD (a literal) that it is wrong (a key) or that it
 * takes wait_s to be tried again.
 */
enum ost_err mailed_answer(struct visit *visit, enum ost_err err,
	int64_t wait_s, const char *sent, const char *form,
	const char *error_field, const char *wrong);
/*
 * The new password of the posted form, which stands there twice, as
 * www/part_new_password.html has it; what is wrong is noted in values.
 */
void new_password(
	struct visit *visit, struct values *values, struct span *password);
#endif
