#ifndef OSTIARY_APPS_H
#define OSTIARY_APPS_H
#include "event.h"
#include "portal.h"
#include "registration.h"
/* What the pages of one's own applications have in common. */

/* The visitor's application of that id; OST_DENIED: there is no such one of
 * the visitor's, and that is answered (404). */
OST_CHECK enum ost_err apps_own(
	struct visit *visit, struct span client_id, struct app *app);
/* The one of the address (id=) or of the posted form. */
OST_CHECK enum ost_err apps_own_here(struct visit *visit, struct app *app);
/* Notes what was done to it for its owner. */
void apps_note(
	struct visit *visit, enum event_kind kind, const struct app *app);
/* Sets client_id and name of the app. */
void apps_values(struct values *values, const struct app *app);

/*
 * Name, description and website as they were posted, into the app; each that
 * is wrong is noted in values, which get all of them as they were typed.
 */
void app_form_texts(
	struct visit *visit, struct values *values, struct app *app);
/* The same of what the app has. */
void app_form_show(struct values *values, const struct app *app);

/*
 * The posted callbacks, a line each, into the app; app->is_public must be
 * known. values get all of it as it was typed, and a row of the list `checks`
 * for each line: whether it is good or why not, how it is stored, what it
 * covers; and of the sample URL, whether the app could be called back there.
 * A bad line is noted as wrong if is_strict, and that there is none.
 * OST_NOMEM.
 */
OST_CHECK enum ost_err app_form_callbacks(struct visit *visit,
	struct values *values, bool is_strict, struct app *app);
/* The same of what the app has, without rows. OST_NOMEM. */
OST_CHECK enum ost_err app_form_show_callbacks(
	struct visit *visit, struct values *values, const struct app *app);

/* Sets what the lines to try are made of (part_app_try.html). secret absent:
 * not to be shown. OST_NOMEM. */
OST_CHECK enum ost_err app_connect_lines(struct visit *visit,
	struct values *values, const struct app *app, struct span secret);
/* Answers with the page that shows the secret (absent: it has none) once, and
 * how to go on with it. old_until_ms: when the former one ends; 0: there is
 * none any more. */
OST_CHECK enum ost_err app_secret_show(struct visit *visit,
	const struct app *app, struct span secret, bool is_new,
	int64_t old_until_ms);
#endif
