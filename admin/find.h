#ifndef OSTIARY_FIND_H
#define OSTIARY_FIND_H
#include "app.h"
#include "command.h"
#include "grant.h"
#include "key.h"
#include "user.h"
/* Records by what people call them, and lists of them. Unless they return
 * EXIT_DONE they have said why: EXIT_REFUSED for what is not there. */

/* By name, else by id. */
enum exit_status find_user(
	struct admin *admin, struct span who, struct user *user);
enum exit_status find_app(
	struct admin *admin, struct span client_id, struct app *app);
enum exit_status find_key(struct admin *admin, struct span id, struct key *key);
/* The name of the user of that id; absent when there is
 * none any more. */
enum exit_status find_user_name(
	struct admin *admin, struct span id, struct span *name);
/* What people call that application: its id when there is none any more. */
struct span find_app_label(struct admin *admin, struct span client_id);
/* When the key or app was last used; 0: never. */
enum exit_status find_last_use(
	struct admin *admin, struct span id, int64_t *used_ms);

/* All users by name; all apps, keys and grants (of one user unless user_id is
 * absent) in the order in which they were made. Arrays of *n in the arena. */
enum exit_status find_users(
	struct admin *admin, struct user **users, size_t *n);
enum exit_status find_apps(
	struct admin *admin, struct span user_id, struct app **apps, size_t *n);
enum exit_status find_keys(
	struct admin *admin, struct span user_id, struct key **keys, size_t *n);
enum exit_status find_grants(struct admin *admin, struct span user_id,
	struct grant **grants, size_t *n);
#endif
