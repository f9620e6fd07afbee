#include "find.h"
#include "activity.h"

enum exit_status
find_user(struct admin *admin, struct span who, struct user *user)
{
	struct store *accounts = admin->context.accounts;
	enum ost_err err = user_by_name(accounts, admin->arena, who, user);

	if (err == OST_NOTFOUND && user_name_is_valid(who))
		err = user_by_id(accounts, admin->arena, who, user);
	if (err == OST_NOTFOUND)
		return report_refuse(
			"not_found", "no user %.*s", SPAN_ARG(who));
	return err == OST_OK ? EXIT_DONE
			     : report_fail(err, "user %.*s", SPAN_ARG(who));
}

enum exit_status
find_app(struct admin *admin, struct span client_id, struct app *app)
{
	enum ost_err err = app_by_id(
		admin->context.accounts, admin->arena, client_id, app);

	if (err == OST_NOTFOUND)
		return report_refuse("not_found", "no application %.*s",
			SPAN_ARG(client_id));
	return err == OST_OK ? EXIT_DONE
			     : report_fail(err, "application %.*s",
				       SPAN_ARG(client_id));
}

enum exit_status
find_key(struct admin *admin, struct span id, struct key *key)
{
	enum ost_err err =
		key_by_id(admin->context.accounts, admin->arena, id, key);

	if (err == OST_NOTFOUND)
		return report_refuse("not_found", "no key %.*s", SPAN_ARG(id));
	return err == OST_OK ? EXIT_DONE
			     : report_fail(err, "key %.*s", SPAN_ARG(id));
}

enum exit_status
find_user_name(struct admin *admin, struct span id, struct span *name)
{
	struct user user;
	enum ost_err err =
		user_by_id(admin->context.accounts, admin->arena, id, &user);

	*name = err == OST_OK ? user.name : SPAN_ABSENT;
	if (err == OST_OK || err == OST_NOTFOUND)
		return EXIT_DONE;
	return report_fail(err, "user %.*s", SPAN_ARG(id));
}

struct span
find_app_label(struct admin *admin, struct span client_id)
{
	struct app app;

	return app_by_id(admin->context.accounts, admin->arena, client_id,
		       &app) == OST_OK
		       ? app.name
		       : client_id;
}

enum exit_status
find_last_use(struct admin *admin, struct span id, int64_t *used_ms)
{
	enum ost_err err = activity_last(
		admin->context.activity, admin->arena, id, used_ms);

	if (err == OST_OK)
		return EXIT_DONE;
	*used_ms = 0;
	return err == OST_NOTFOUND
		       ? EXIT_DONE
		       : report_fail(err, "last use of %.*s", SPAN_ARG(id));
}
