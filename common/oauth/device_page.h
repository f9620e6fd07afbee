#ifndef OSTIARY_DEVICE_PAGE_H
#define OSTIARY_DEVICE_PAGE_H
#include "signin.h"
/*
 * The pages on which somebody allows a device (RFC 8628 section 3.3): the code
 * is typed, or found filled in; then a page says what is asked by whom, and
 * has to be answered with a button whichever way the code came (section 5.4).
 */

/* Answers GET: the form for the code, with that of ?user_code= in it. */
OST_CHECK enum ost_err device_page(const struct context *context,
	const struct request *request, struct response *response,
	const struct visitor *visitor);
/* Answers a posted code: the page that asks for a decision; or the form again,
 * with what is wrong (400, or 429 after too many guesses). */
OST_CHECK enum ost_err device_ask(const struct context *context,
	const struct request *request, struct response *response,
	const struct form *form, const struct visitor *visitor);
/* Answers a posted decision: the page that sends people back to their device;
 * 403 when the form is not this visitor's. */
OST_CHECK enum ost_err device_answer(const struct context *context,
	const struct request *request, struct response *response,
	const struct form *form, const struct visitor *visitor);
#endif
