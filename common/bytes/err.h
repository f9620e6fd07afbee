#ifndef OSTIARY_ERR_H
#define OSTIARY_ERR_H
/* Every fallible function returns one of these. 0 is success; nothing else
 * is. */
enum ost_err {
	OST_OK = 0,
	OST_NOTFOUND, /* the store answered: no such record */
	OST_CONFLICT, /* the store answered: the record is not as expected */
	OST_EXPIRED,  /* record or token is past its time */
	OST_DENIED,   /* credential wrong, scope missing, policy says no */
	OST_LIMITED,  /* rate limit reached */
	OST_BADINPUT, /* the peer sent something malformed */
	OST_TOOBIG,   /* input or output over its limit */
	OST_STORE,  /* the store did not answer: never read it as "not found" */
	OST_BUSY,   /* no permit to hash in time */
	OST_CRYPTO, /* OpenSSL failed */
	OST_NOMEM,
	OST_SYSTEM, /* a system call failed; already logged */
};

#define OST_CHECK __attribute__((warn_unused_result))

/* A stable word for logs and `--json` errors, never NULL. */
const char *ost_err_name(enum ost_err err);
#endif
