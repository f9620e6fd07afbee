#ifndef OSTIARY_LIMIT_H
#define OSTIARY_LIMIT_H
#include "context.h"
#include "request.h"
#include "response.h"
/* Who is charged for a request, DESIGN section 4. All programs share one
 * counter per subject. */

enum limit_subject {
	LIMIT_ADDRESS, /* nobody was identified */
	LIMIT_APP,     /* an app token: the pair of app and address, and the
			* app as a whole */
	LIMIT_CLIENT,  /* an application that has shown its secret: nobody
			* else is counted with it */
	LIMIT_USER,
};

/*
 * Counts the request for its subject and sets response->limit. id is the
 * client or user id (absent for LIMIT_ADDRESS); rule, if not NULL and with a
 * limit, brings its own number and counter. OST_OK: within the limit;
 * OST_LIMITED: over it, nothing was counted; OST_STORE. Counts nothing when
 * nginx says that it asked before for this very request (OSTIARY_CHARGED).
 */
OST_CHECK enum ost_err limit_charge(const struct context *context,
	const struct request *request, struct response *response,
	enum limit_subject subject, struct span id,
	const struct policy_rule *rule);
/*
 * Counts one for key, outside of the limits above. OST_LIMITED: over it,
 * nothing was counted, and *wait_s, at least 1, says how long.
 */
OST_CHECK enum ost_err limit_count(const struct context *context,
	enum rate_table table, struct span key, const struct limit_rule *limit,
	int64_t *wait_s);
/*
 * The same for what one user makes one application write, LIMIT_PAIR_MAX in
 * LIMIT_PAIR_WINDOW_S: each code that is given out, and each redemption of a
 * code, a device code or a refresh token. Records of it stay for months.
 */
#define LIMIT_PAIR_MAX	    600
#define LIMIT_PAIR_WINDOW_S 900
OST_CHECK enum ost_err limit_pair(const struct context *context,
	struct arena *arena, struct span user_id, struct span client_id,
	int64_t *wait_s);
/*
 * What the subject has left in its window, without counting; likewise the
 * number and length of the window. rule as above.
 */
OST_CHECK enum ost_err limit_peek(const struct context *context,
	const struct request *request, enum limit_subject subject,
	struct span id, const struct policy_rule *rule,
	struct rate_result *result, uint32_t *window_s);
/* The same of an app over all addresses, limit_app_total. */
OST_CHECK enum ost_err limit_peek_app_total(const struct context *context,
	struct arena *arena, struct span client_id, struct rate_result *result,
	uint32_t *window_s);
/* Sets response->limit to what the address has left, without counting. A
 * failure leaves it unset. */
void limit_show(const struct context *context, const struct request *request,
	struct response *response);
/* The headers of response->limit; with Retry-After on a 429 (Reset less now,
 * at least 1). */
void limit_headers(struct response *response);
#endif
