#ifndef OSTIARY_ENROLL_H
#define OSTIARY_ENROLL_H
#include "signin.h"
/*
 * Who must have two steps and has none (visitor.must_enroll) is led to the page
 * where they are set up, and from there back to where he wanted to go.
 */
#define ENROLL_PATH "/account/two-step"
/* Bytes of a way back; a longer one is left out, and whoever asked for it
 * starts there again. */
#define ENROLL_BACK_MAX 2000

/* Answers 303 to that page, with the path and query of this request as its
 * `return`. OST_NOMEM. */
OST_CHECK enum ost_err enroll_redirect(const struct request *request,
	struct response *response, const struct visitor *visitor);
/*
 * Whether a way back leads to a page of ours that people come from, whoever
 * wrote it: the path is one of a few, or below /account/, of letters, digits,
 * '-', '_' and single '/' alone; the query is printable ASCII without '\' and
 * '#'.
 */
bool enroll_is_ours(struct span back);
#endif
