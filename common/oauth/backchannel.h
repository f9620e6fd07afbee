#ifndef OSTIARY_BACKCHANNEL_H
#define OSTIARY_BACKCHANNEL_H
#include "client.h"
/* How the endpoints begin that only applications call: revoke, introspect,
 * device_authorization. */

/*
 * Reads the form, which stands in the body alone, and authenticates the
 * client. OST_OK with a status in the response: it was turned away. Else *form
 * and *app are set, and response->subject.
 */
OST_CHECK enum ost_err backchannel_open(const struct context *context,
	const struct request *request, struct response *response,
	struct form **form, struct app *app);
#endif
