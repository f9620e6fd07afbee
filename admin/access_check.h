#ifndef OSTIARY_ACCESS_CHECK_H
#define OSTIARY_ACCESS_CHECK_H
#include "record_check.h"
/* What the records of the grants store must look like: checks as in
 * record_check(), each for the kind that its name says. */
OST_CHECK enum ost_err check_grant(struct arena *arena, struct span key,
	struct span value, struct checked *checked);
OST_CHECK enum ost_err check_code(struct arena *arena, struct span key,
	struct span value, struct checked *checked);
OST_CHECK enum ost_err check_refresh(struct arena *arena, struct span key,
	struct span value, struct checked *checked);
OST_CHECK enum ost_err check_consent(struct arena *arena, struct span key,
	struct span value, struct checked *checked);
OST_CHECK enum ost_err check_device(struct arena *arena, struct span key,
	struct span value, struct checked *checked);
OST_CHECK enum ost_err check_ticket(struct arena *arena, struct span key,
	struct span value, struct checked *checked);
OST_CHECK enum ost_err check_usercode(struct arena *arena, struct span key,
	struct span value, struct checked *checked);

/* What stands behind the prefix of a key. */
struct span check_id_of(struct span key);
/* Whether it is made of letters and digits. */
bool check_id_is_good(struct span id);
/* Lower-case hex of SHA-256. */
bool check_hash_is_good(struct span hash);
#endif
