#ifndef OSTIARY_SETTING_H
#define OSTIARY_SETTING_H
#include "config.h"
#include "textfile.h"
/* One line of the table of ostiary.conf's keys, and how a value becomes a
 * field of struct config. Only config.c uses this. */

enum setting_kind {
	SETTING_TEXT,	  /* struct span */
	SETTING_ISSUER,	  /* issuer, issuer_host, is_issuer_local */
	SETTING_STATE,	  /* state, state_path */
	SETTING_PATH,	  /* struct span, made absolute */
	SETTING_URL_PATH, /* struct span: /PATH, safe in a URL and a shell */
	SETTING_LOG,
	SETTING_DURATION, /* int64_t, seconds */
	SETTING_LIMIT,	  /* struct limit_rule */
	SETTING_COST,	  /* struct password_cost */
	SETTING_CHOICE,	  /* bool */
	SETTING_ROLES,	  /* struct span: parted by one blank */
	SETTING_SIGNUP,	  /* enum signup_mode */
	SETTING_MAILBOX,  /* struct mailbox */
};

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;		  /* of the field in struct config */
	const char *value;	  /* the default; NULL: absent unless set */
	int64_t max_s;		  /* SETTING_DURATION: from 1 s to this */
	const char *const *words; /* SETTING_CHOICE: for true, for false */
};

struct setting_target {
	struct textfile *file; /* takes messages, gives memory */
	struct span folder;    /* the file's, absolute; "" for / */
	struct config *config;
};

/* Checks value and puts it into the config. OST_BADINPUT, reported with what
 * is allowed; OST_NOMEM. */
OST_CHECK enum ost_err setting_set(const struct setting *setting,
	const struct setting_target *target, struct span value);
#endif
