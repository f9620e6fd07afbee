#ifndef OSTIARY_RIGHTS_H
#define OSTIARY_RIGHTS_H
#include "app.h"
#include "messages.h"
#include "scope.h"
/*
 * What people are told that an application will be able to do: a line for
 * each thing, for a list of a page (template.h): the name of the scope and a
 * tab before the sentence where it came from one. A scope without a sentence is
 * told by its name. Whatever the scope, every access token may see who its
 * user is (users_current), so the lines say so in full. is_offline: it goes on
 * without its user (app_is_offline()), whether the scope says so or not.
 */
OST_CHECK enum ost_err rights_text(struct arena *arena,
	const struct language *language, const struct scope_registry *registry,
	struct span scope, bool is_offline, struct span *text);
/* The sentence of a scope: the configuration's, else the one known here, in
 * the page's language; absent: none. */
struct span rights_sentence(const struct language *language,
	const struct scope_registry *registry, struct span token);
/* By whom the app was registered, for the same pages; a sentence when that
 * account is gone. */
OST_CHECK enum ost_err app_owner_name(struct store *accounts,
	struct arena *arena, const struct app *app, struct span *name);
#endif
