#ifndef OSTIARY_FRONT_PAGE_H
#define OSTIARY_FRONT_PAGE_H
#include "signin.h"
/*
 * Answers with the front page: what the portal is, the data of front_data, and
 * lines to try. For somebody signed in they name a live key and an application
 * of his own. Data that cannot be read is logged and left out. OST_STORE,
 * OST_NOMEM.
 */
OST_CHECK enum ost_err front_page(const struct context *context,
	const struct request *request, struct response *response,
	const struct visitor *visitor);
#endif
