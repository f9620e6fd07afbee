#ifndef OSTIARY_TESTS_MAILED_H
#define OSTIARY_TESTS_MAILED_H
#include "signup.h"
#include "spool.h"
#include "world.h"
/* What the tests of links in mails share, in the world of world.h: anybody may
 * sign up, the user is Joe@Example.org, mails wait in a folder of the test. */
#define PASSWORD SPAN("correct horse")

/* signup_start() or reset_start(). */
typedef enum ost_err mailed_start(const struct context *,
	const struct request *, struct span, struct span, int64_t *);

extern struct mailed {
	struct request request; /* from 192.0.2.1 */
	struct signup_problem problem;
	struct user made; /* by the last of mailed_finish(), mailed_reset() */
} mailed;

int mailed_open(void **state);
int mailed_close(void **state);
/* The mails that wait. */
struct spooled *mailed_list(size_t *n);
/* The only mail that waits, taken out; its link's ticket, or absent. */
struct span mailed_take(struct spool_message *message);
/* It goes well, in British English. */
void mailed_ask(mailed_start *start, const char *who);
/* The ticket of the mail that it leaves. */
struct span mailed_link(mailed_start *start, const char *who);
/* Makes the account, or sets the new password: PASSWORD. */
enum ost_err mailed_finish(struct span ticket, const char *name);
enum ost_err mailed_reset(struct span ticket);
#endif
