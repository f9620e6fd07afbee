#ifndef OSTIARY_DEVICE_H
#define OSTIARY_DEVICE_H
#include "grant.h"
/*
 * Devices that wait for somebody to allow them (RFC 8628), in the grants
 * store: "device:HASH" of the device code, and "usercode:CODE" that leads to
 * it. Both are kept for some minutes after their time, so that "expired" and
 * "used" are told from "unknown". How fast a device polls stands in the
 * activity store, "poll:HASH": a poll must cost no fdatasync.
 */
#define DEVICE_INTERVAL_S 5 /* between two polls, to begin with */

struct device {
	struct span hash;      /* of the device code: names the record */
	struct span user_code; /* of user_code.h */
	struct span client_id, scope;
	struct span user_id; /* who decided; absent: nobody yet */
	bool is_denied;
	bool is_offline;     /* who allowed was told that it goes on alone */
	struct span used_by; /* id of the grant; else absent */
	int64_t user_epoch, app_epoch; /* of user.h and app.h, when decided */
	int64_t auth_time_s;	       /* when who decided had signed in */
	struct span amr;    /* and how: session_amr(); absent: unknown */
	int64_t expires_ms; /* of its validity; the record lives longer */
	struct span raw;
};

/*
 * Makes both codes, valid for lifetime_ms, from client_id and scope. Sets
 * user_code, which no other record has; *text, the device code, is given out
 * once and only its hash is stored.
 */
OST_CHECK enum ost_err device_create(struct store *grants, struct arena *arena,
	struct device *device, int64_t lifetime_ms, struct span *text);
/* By the device code, in whatever state it is. OST_NOTFOUND. */
OST_CHECK enum ost_err device_find(struct store *grants, struct arena *arena,
	struct span text, struct device *device);
/* By a user code as user_code_read() gives it. OST_NOTFOUND. */
OST_CHECK enum ost_err device_by_user_code(struct store *grants,
	struct arena *arena, struct span user_code, struct device *device);
/*
 * Writes a decision: user_id, is_denied, is_offline, auth_time_s, amr and
 * the epochs, which the caller has set in *device. Of several decisions one
 * gets OST_OK, the others OST_CONFLICT; OST_EXPIRED when its time is over.
 */
OST_CHECK enum ost_err device_decide(
	struct store *grants, struct arena *arena, const struct device *device);
/*
 * Turns an allowed device into the grant of that id, in one batch with the n
 * items (1 to 4) that write it: of several callers one gets OST_OK, the others
 * OST_CONFLICT; OST_EXPIRED when its time is over. The device stays, marked as
 * used, until keep_ms (wall time) and some minutes more.
 */
OST_CHECK enum ost_err device_use(struct store *grants, struct arena *arena,
	const struct device *device, struct span grant_id,
	const struct store_item *made, size_t n, int64_t keep_ms);
/* Destroys one that is not used yet: its code travelled in clear. No error when
 * there is none; *was_there says. */
OST_CHECK enum ost_err device_destroy(struct store *grants, struct arena *arena,
	struct span text, bool *was_there);

/*
 * Notes that the device asks now. OST_OK: it waited long enough. OST_LIMITED:
 * it did not, and from now on has to wait 5 s longer (RFC 8628 section 3.5).
 */
OST_CHECK enum ost_err device_poll(struct store *activity, struct arena *arena,
	const struct device *device);
#endif
