#ifndef OSTIARY_SECOND_PAGE_H
#define OSTIARY_SECOND_PAGE_H
#include "signin.h"
/*
 * The page between a right password and a session, for who has two steps: it
 * asks for a code (second_step.h). Nothing is stored for it. Its form has the
 * user's id, which try this is, and what the visitor wanted, and a token for
 * these, the generation of the user and the browser's form cookie: it is good
 * once, and for SECOND_PAGE_LIFETIME_S from the password. After
 * SECOND_PAGE_TRIES wrong codes it begins again with the password.
 *
 * The page itself tells that the password was right. That cannot be helped: a
 * page that asked everybody for a code would tell it by the next answer. So
 * codes are counted much more tightly than passwords.
 */
#define SECOND_PAGE_LIFETIME_S 300
#define SECOND_PAGE_TRIES      5

/* Answers with the page. cookie is the form cookie of this browser, target and
 * app_name are those of signin_page(). */
OST_CHECK enum ost_err second_page(const struct context *context,
	const struct request *request, struct response *response,
	const struct user *user, struct span cookie, struct span target,
	struct span app_name);
/* Whether it is the form of that page. */
bool second_page_is_posted(const struct form *form);
/* Answers the posted form: as signin_submit(). */
OST_CHECK enum ost_err second_page_submit(const struct context *context,
	const struct request *request, struct response *response,
	const struct form *form, struct span target, struct span app_name);
#endif
