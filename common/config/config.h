#ifndef OSTIARY_CONFIG_H
#define OSTIARY_CONFIG_H
#include "arena.h"
#include "mailbox.h"
#include "password.h"
#include "scope.h"
/* ostiary.conf, DESIGN section 6: one `key = value` a line. */

#define DURATION_MAX_S	(3650 * 86400)
#define LIMIT_COUNT_MAX 1000000000

/* Who may make an account for himself. */
enum signup_mode {
	SIGNUP_OFF,
	SIGNUP_INVITE, /* who was invited */
	SIGNUP_OPEN,   /* whoever has a mail address */
};

struct limit_rule {
	uint32_t count;	   /* requests per window, from 1 */
	uint32_t window_s; /* seconds, from 1 */
};

/* All spans and strings belong to the config and end in a NUL. */
struct config {
	struct span file;	 /* where it was read from, absolute */
	struct span issuer;	 /* https://host[:port], without a last slash */
	struct span issuer_host; /* an IPv6 address keeps its brackets */
	bool is_issuer_local;	 /* localhost, a name below it, an address */
	struct span site_name;
	struct span realm;
	struct span state;	  /* "gdbm:/absolute/path" */
	struct span state_path;	  /* the path in it */
	struct span policy;	  /* absolute path */
	struct span protect_root; /* absolute path; absent unless set */
	/* What the operator changes of the pages; absolute paths, absent unless
	 * set. */
	struct span messages; /* a folder, see messages.h */
	struct span logo;     /* .svg or .png */
	struct span style;    /* .css */
	/* What the front page shows, and where the API has it; absent unless
	 * set. */
	struct span front_data; /* an absolute path */
	struct span front_path; /* /PATH below issuer */
	struct span log;	/* stderr, syslog or an absolute path */
	int64_t login_token_lifetime_s;
	int64_t access_token_lifetime_s;
	int64_t code_lifetime_s;
	int64_t refresh_token_lifetime_s; /* of all rotations together */
	int64_t refresh_token_idle_s;	  /* of one that is not used */
	int64_t refresh_grace_s; /* a used one gives the same answer again */
	int64_t device_code_lifetime_s;
	int64_t consent_lifetime_s; /* of a remembered one */
	bool is_access_token_es256; /* else HS256 */
	struct scope_registry scopes;
	int64_t session_lifetime_s;
	int64_t session_idle_s;
	bool is_basic_password_everywhere;
	struct span two_step_roles; /* parted by one blank; absent: none */
	bool is_secret_in_query;
	enum signup_mode signup;
	bool has_app_registration; /* users register applications themselves */
	struct span sendmail;	   /* absolute path of the command */
	int64_t sendmail_timeout_s;
	struct mailbox mail_from;      /* no address: no mail can be sent */
	int64_t ticket_lifetime_s;     /* of links in mails */
	int64_t invitation_lifetime_s; /* of those of invitations */
	struct password_cost password_cost;
	struct limit_rule limit_anonymous, limit_app, limit_app_total,
		limit_user, limit_login, limit_login_address,
		limit_login_account;
};

/*
 * Reads and checks the whole file. Every error is reported as file:line:
 * message, with path as the file, through report (arg is passed on; report
 * may be NULL; line holds no line feed and is gone afterwards), then
 * OST_BADINPUT; OST_SYSTEM when the file cannot be read (reported too, as
 * file: message); OST_NOMEM. *config is released by config_free().
 */
OST_CHECK enum ost_err config_load(const char *path,
	void (*report)(void *arg, const char *line), void *arg,
	struct config **config);
void config_free(struct config *config); /* NULL is allowed */
/* Where the configuration is: OSTIARY_CONF of the process environment, else
 * /etc/ostiary/ostiary.conf. */
const char *config_path(void);
/* "90d" -> seconds, 1 to DURATION_MAX_S; "60/15m" -> a rule, its count 1 to
 * LIMIT_COUNT_MAX. Shared with the policy and the command. OST_BADINPUT. */
OST_CHECK enum ost_err duration_parse(struct span text, int64_t *seconds);
OST_CHECK enum ost_err limit_rule_parse(
	struct span text, struct limit_rule *rule);
/* Whether the bytes are an https origin, which an issuer must be here (RFC
 * 8414 section 2, but no path). Spelled as browsers do in Origin headers: in
 * lower case, without :443. */
bool issuer_is_valid(struct span text);
#endif
