/* The deeds of the operator; what they have in common is in admin_do.c. */
#include "admin_do.h"
#include "operate.h"
#include "registration.h"
#include "second_step.h"
#include "session.h"
#include "signup.h"
#include "withdraw.h"

#define ADMIN SPAN("admin")

static bool
is_self(const struct deed *deed)
{
	return span_eq(deed->user.id, deed->visit->visitor.user.id);
}

static enum deed_state
always(const struct deed *deed)
{
	(void)deed;
	return DEED_POSSIBLE;
}

static enum deed_state
user_is_enabled(const struct deed *deed)
{
	if (is_self(deed))
		return DEED_SELF;
	return deed->user.is_disabled ? DEED_DONE : DEED_POSSIBLE;
}

static enum deed_state
user_is_disabled(const struct deed *deed)
{
	return deed->user.is_disabled ? DEED_POSSIBLE : DEED_DONE;
}

static enum ost_err
user_state(struct deed *deed, bool is_disabled)
{
	bool is_changed;

	deed->detail = is_disabled ? SPAN("disabled") : SPAN("enabled");
	return operate_user_state(deed->visit->context->accounts,
		deed->visit->arena, &deed->user, is_disabled, &is_changed);
}

static enum ost_err
user_disable(struct deed *deed)
{
	return user_state(deed, true);
}

static enum ost_err
user_enable(struct deed *deed)
{
	return user_state(deed, false);
}

/* All but the one in which it is done, should it be the operator's. */
static enum ost_err
user_sessions(struct deed *deed)
{
	size_t ended;

	return session_end_others(deed->visit->context->grants,
		deed->visit->arena, deed->user.id, deed->visit->visitor.cookie,
		&ended);
}

static enum ost_err
user_withdraw(struct deed *deed)
{
	struct withdrawn ended;

	deed->detail = SPAN("all applications");
	return withdraw(
		deed->visit->context, deed->user.id, SPAN_ABSENT, &ended);
}

/* The own one goes by its own page alone, which asks for a code. */
static enum deed_state
has_two_steps(const struct deed *deed)
{
	if (is_self(deed))
		return DEED_SELF;
	return user_has_two_steps(&deed->user) ? DEED_POSSIBLE : DEED_DONE;
}

static enum ost_err
user_two_steps(struct deed *deed)
{
	return second_step_disable(deed->visit->context->accounts,
		deed->visit->arena, &deed->user);
}

static enum ost_err
set_roles(struct deed *deed, struct span gone, struct span added)
{
	struct user *user = &deed->user;
	struct visit *visit = deed->visit;
	struct buf detail;
	enum ost_err err = operate_roles(
		visit->arena, user->roles, gone, added, &user->roles);

	if (err == OST_TOOBIG) {
		deed->problem = "admin.roles_too_long";
		return OST_BADINPUT;
	}
	buf_init(&detail, visit->arena);
	buf_text(&detail, added.n > 0 ? "role added: " : "role removed: ");
	buf_add(&detail, deed->role);
	if (err == OST_OK)
		err = buf_span(&detail, &deed->detail);
	return err == OST_OK
		       ? user_save(visit->context->accounts, visit->arena, user)
		       : err;
}

static enum deed_state
has_no_such_role(const struct deed *deed)
{
	return deed->role.n > 0 && list_has(deed->user.roles, deed->role)
		       ? DEED_DONE
		       : DEED_POSSIBLE;
}

static enum ost_err
role_add(struct deed *deed)
{
	if (!user_role_is_valid(deed->role)) {
		deed->problem = "admin.role_wrong";
		return OST_BADINPUT;
	}
	return set_roles(deed, SPAN(""), deed->role);
}

static enum deed_state
has_role(const struct deed *deed)
{
	if (is_self(deed) && span_eq(deed->role, ADMIN))
		return DEED_SELF;
	return deed->role.n > 0 && list_has(deed->user.roles, deed->role)
		       ? DEED_POSSIBLE
		       : DEED_DONE;
}

static enum ost_err
role_remove(struct deed *deed)
{
	return set_roles(deed, deed->role, SPAN(""));
}

/* Else reset_start() would say that it was sent, and send nothing. */
static enum deed_state
can_get_mail(const struct deed *deed)
{
	return deed->user.email.n > 0 && !deed->user.is_disabled ? DEED_POSSIBLE
								 : DEED_DONE;
}

static enum ost_err
user_reset_mail(struct deed *deed)
{
	enum ost_err err = reset_send(
		deed->visit->context, deed->visit->arena, &deed->user);

	deed->detail = SPAN("mail to set a new password");
	deed->problem = "admin.mail_impossible";
	return err == OST_DENIED ? OST_BADINPUT : err;
}

static enum deed_state
app_is_enabled(const struct deed *deed)
{
	return deed->app.is_disabled ? DEED_DONE : DEED_POSSIBLE;
}

static enum deed_state
app_is_disabled(const struct deed *deed)
{
	return deed->app.is_disabled ? DEED_POSSIBLE : DEED_DONE;
}

static enum ost_err
app_state(struct deed *deed, bool is_disabled)
{
	bool is_changed;

	return operate_app_state(deed->visit->context->accounts,
		deed->visit->arena, &deed->app, is_disabled, &is_changed);
}

static enum ost_err
app_disable(struct deed *deed)
{
	return app_state(deed, true);
}

static enum ost_err
app_enable(struct deed *deed)
{
	return app_state(deed, false);
}

static enum ost_err
app_remove(struct deed *deed)
{
	return registration_end(
		deed->visit->context, deed->visit->arena, &deed->app);
}

static enum deed_state
key_is_good(const struct deed *deed)
{
	return deed->key.is_revoked ? DEED_DONE : DEED_POSSIBLE;
}

static enum ost_err
revoke(struct deed *deed)
{
	return key_revoke(
		deed->visit->context->accounts, deed->visit->arena, &deed->key);
}

#define USER_PAGE "/account/admin/user?id="
#define APP_PAGE  "/account/admin/app?id="
#define TEXTS(word)                                                            \
	"admin." word, "admin." word ".text", "admin." word ".button",         \
		"operator_" word

const struct admin_deed admin_deeds[] = {
	{ "user_disable", TARGET_USER, user_is_enabled, user_disable,
		EVENT_ACCOUNT_CHANGED, USER_PAGE, TEXTS("user_disable") },
	{ "user_enable", TARGET_USER, user_is_disabled, user_enable,
		EVENT_ACCOUNT_CHANGED, USER_PAGE, TEXTS("user_enable") },
	{ "user_sessions", TARGET_USER, always, user_sessions,
		EVENT_SESSIONS_ENDED, USER_PAGE, TEXTS("user_sessions") },
	{ "user_withdraw", TARGET_USER, always, user_withdraw,
		EVENT_APP_WITHDRAWN, USER_PAGE, TEXTS("user_withdraw") },
	{ "user_two_steps", TARGET_USER, has_two_steps, user_two_steps,
		EVENT_TWO_STEP_OFF, USER_PAGE, TEXTS("user_two_steps") },
	{ "role_add", TARGET_USER, has_no_such_role, role_add,
		EVENT_ACCOUNT_CHANGED, USER_PAGE, TEXTS("role_add") },
	{ "role_remove", TARGET_USER, has_role, role_remove,
		EVENT_ACCOUNT_CHANGED, USER_PAGE, TEXTS("role_remove") },
	{ "user_reset_mail", TARGET_USER, can_get_mail, user_reset_mail,
		EVENT_ACCOUNT_CHANGED, USER_PAGE, TEXTS("user_reset_mail") },
	{ "app_disable", TARGET_APP, app_is_enabled, app_disable,
		EVENT_APP_CHANGED, APP_PAGE, TEXTS("app_disable") },
	{ "app_enable", TARGET_APP, app_is_disabled, app_enable,
		EVENT_APP_CHANGED, APP_PAGE, TEXTS("app_enable") },
	{ "app_delete", TARGET_APP, always, app_remove, EVENT_APP_DELETED,
		"/account/admin/apps", TEXTS("app_delete") },
	{ "key_revoke", TARGET_KEY, key_is_good, revoke, EVENT_KEY_REVOKED,
		"/account/admin/keys", TEXTS("key_revoke") },
	{ .word = NULL },
};
