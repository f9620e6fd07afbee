#ifndef OSTIARY_OPERATE_H
#define OSTIARY_OPERATE_H
#include "app.h"
#include "event.h"
#include "user.h"
/* What an operator does to accounts and applications; the same whether by the
 * command or at the pages. */

/* Shuts the user out, or lets him in again; *is_changed: he was not so before.
 * What was dead while he was out stays dead. OST_CONFLICT: somebody else
 * changed him meanwhile. */
OST_CHECK enum ost_err operate_user_state(struct store *accounts,
	struct arena *arena, struct user *user, bool is_disabled,
	bool *is_changed);
/* The same of an application. */
OST_CHECK enum ost_err operate_app_state(struct store *accounts,
	struct arena *arena, struct app *app, bool is_disabled,
	bool *is_changed);
/*
 * The roles without those of gone and with those of added, each once; all are
 * words parted by one blank. OST_BADINPUT: a word of added is no role;
 * OST_TOOBIG: over ROLES_MAX bytes.
 */
#define ROLES_MAX 1024 /* they go into a header each time */
OST_CHECK enum ost_err operate_roles(struct arena *arena, struct span before,
	struct span gone, struct span added, struct span *roles);
/* Tells the user: an event with "NAME, by the operator WHO". name is that of
 * what it was done to, who the operator's own, unless absent. */
void operate_note(const struct context *context, struct arena *arena,
	struct span user_id, enum event_kind kind, struct span name,
	struct span who);
#endif
