/* /account/admin/do?action=WORD&id=ID: says what will happen, and does it. */
#include "admin_do.h"
#include "log.h"
#include "operate.h"
#include "pages.h"

static const struct admin_deed *
find_deed(struct span word)
{
	for (const struct admin_deed *d = admin_deeds; d->word != NULL; d++)
		if (span_eq(span_of(d->word), word))
			return d;
	return NULL;
}

/* What is asked for and of whom. OST_DENIED: there is no such, answered. */
static enum ost_err
read_deed(struct visit *visit, struct span word, struct span id,
	struct span role, struct deed *deed)
{
	enum ost_err err;

	*deed = (struct deed){ .visit = visit,
		.what = find_deed(word),
		.id = id,
		.role = role,
		.detail = SPAN_ABSENT };
	if (deed->what == NULL) {
		admin_not_found(visit);
		return OST_DENIED;
	}
	if (deed->what->target == TARGET_USER) {
		err = admin_user(visit, id, &deed->user);
		deed->name = deed->user.name;
	} else if (deed->what->target == TARGET_APP) {
		err = admin_app(visit, id, &deed->app);
		deed->user.id = deed->app.owner_id;
		deed->name = deed->detail = deed->app.name;
	} else {
		err = admin_key(visit, id, &deed->key);
		deed->user.id = deed->key.user_id;
		deed->name = deed->detail = deed->key.name;
	}
	return err;
}

static void
say_changed(struct visit *visit)
{
	portal_error(
		visit, 409, "admin.changed", "admin.changed.text", "conflict");
}

/* OST_DENIED: not now or not to oneself, answered. */
static enum ost_err
check_state(struct deed *deed)
{
	struct visit *visit = deed->visit;

	switch (deed->what->state(deed)) {
	case DEED_POSSIBLE:
		return OST_OK;
	case DEED_SELF:
		portal_error(visit, 403, "admin.self", "admin.self.text",
			"operator_self");
		return OST_DENIED;
	default:
		say_changed(visit);
		return OST_DENIED;
	}
}

/* The page that follows. */
static enum ost_err
path_back(const struct deed *deed, struct span *path)
{
	const char *back = deed->what->back;
	struct buf buf;

	buf_init(&buf, deed->visit->arena);
	buf_text(&buf, back);
	if (span_ends(span_of(back), SPAN("=")))
		buf_add(&buf, deed->id);
	return buf_span(&buf, path);
}

static enum ost_err
page_of(struct deed *deed, struct values **values)
{
	const struct admin_deed *what = deed->what;
	struct span back = SPAN("");
	enum ost_err err = portal_values(deed->visit, "at_admin", values);

	if (err == OST_OK)
		err = path_back(deed, &back);
	if (err == OST_OK && what->target != TARGET_USER)
		err = admin_owner(deed->visit, deed->user.id, *values);
	if (err != OST_OK)
		return err;
	values_set(*values, "action", span_of(what->word));
	values_set(*values, "title", span_of(what->title));
	values_set(*values, "text", span_of(what->text));
	values_set(*values, "button", span_of(what->button));
	values_set(*values, "back", back);
	values_set(*values, "id", deed->id);
	values_set(*values, "target", deed->name);
	values_set(*values, "role", deed->role);
	values_flag(*values, "is_user", what->target == TARGET_USER);
	values_flag(*values, "asks_role",
		span_eq(span_of(what->word), SPAN("role_add")));
	return OST_OK;
}

enum ost_err
admin_do_get(struct visit *visit)
{
	struct values *values;
	struct deed deed;
	enum ost_err err = read_deed(visit, portal_query(visit, "action"),
		portal_query(visit, "id"), portal_query(visit, "role"), &deed);

	if (err == OST_OK)
		err = check_state(&deed);
	if (err == OST_OK)
		err = page_of(&deed, &values);
	if (err == OST_OK)
		portal_show(visit, "account", "admin_do", values);
	return err;
}

/* The line of the decision has who and what; this one has to whom. */
static void
tell(const struct deed *deed)
{
	struct visit *visit = deed->visit;

	log_message("info", "%s: %.*s did it to %.*s (%.*s)%s%.*s",
		deed->what->reason, SPAN_ARG(visit->visitor.user.name),
		SPAN_ARG(deed->id), SPAN_ARG(deed->name),
		deed->role.n > 0 ? ", role " : "", SPAN_ARG(deed->role));
	if (!span_is_absent(deed->user.id))
		operate_note(visit->context, visit->arena, deed->user.id,
			deed->what->event, deed->detail,
			visit->visitor.user.name);
}

/* The same page again, which says why nothing was done. */
static enum ost_err
say_wrong(struct deed *deed, const char *field, const char *why)
{
	struct values *values;
	enum ost_err err = page_of(deed, &values);

	if (err != OST_OK)
		return err;
	portal_wrong(deed->visit, values, field, why);
	portal_show(deed->visit, "account", "admin_do", values);
	return OST_OK;
}

enum ost_err
admin_do_post(struct visit *visit)
{
	const char *why = NULL;
	struct span back;
	struct deed deed;
	enum ost_err err = read_deed(visit, portal_field(visit, "action"),
		portal_field(visit, "id"), portal_field(visit, "role"), &deed);

	if (err != OST_OK)
		return err;
	err = portal_password(visit, &why);
	if (err == OST_DENIED && why != NULL)
		return say_wrong(&deed, "error_password", why);
	if (err == OST_OK)
		err = portal_once(visit);
	if (err == OST_OK)
		err = check_state(&deed);
	if (err == OST_OK)
		err = path_back(&deed, &back);
	if (err != OST_OK)
		return err;
	err = deed.what->act(&deed);
	if ((err == OST_BADINPUT || err == OST_LIMITED || err == OST_BUSY) &&
		deed.problem != NULL)
		return say_wrong(&deed, "error_role", deed.problem);
	/* Changed, or gone, since it was read. */
	if (err == OST_CONFLICT || err == OST_NOTFOUND) {
		say_changed(visit);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	tell(&deed);
	portal_done(visit, back.p, deed.what->reason);
	return OST_OK;
}
