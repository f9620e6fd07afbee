#include "operate.h"

/* Of a name that is too long enough is kept, so that the rest fits. */
#define NAME_MAX_BYTES (EVENT_DETAIL_MAX - 20 - USER_NAME_MAX - 1)

enum ost_err
operate_user_state(struct store *accounts, struct arena *arena,
	struct user *user, bool is_disabled, bool *is_changed)
{
	*is_changed = user->is_disabled != is_disabled;
	if (!*is_changed)
		return OST_OK;
	user->is_disabled = is_disabled;
	/* What is dead now stays dead when the user comes back. */
	if (is_disabled) {
		user->epoch++;
		user->generation++;
	}
	return user_save(accounts, arena, user);
}

enum ost_err
operate_app_state(struct store *accounts, struct arena *arena, struct app *app,
	bool is_disabled, bool *is_changed)
{
	*is_changed = app->is_disabled != is_disabled;
	if (!*is_changed)
		return OST_OK;
	app->is_disabled = is_disabled;
	if (is_disabled)
		app->epoch++;
	return app_save(accounts, arena, app);
}

static void
add_word(struct buf *list, struct span word)
{
	if (list->n > 0)
		buf_char(list, ' ');
	buf_add(list, word);
}

enum ost_err
operate_roles(struct arena *arena, struct span before, struct span gone,
	struct span added, struct span *roles)
{
	struct span role, all;
	struct buf list;
	enum ost_err err;

	buf_init(&list, arena);
	while (span_next(&before, ' ', &role))
		if (role.n > 0 && !list_has(gone, role))
			add_word(&list, role);
	while (span_next(&added, ' ', &role)) {
		if (role.n == 0)
			continue;
		if (!user_role_is_valid(role))
			return OST_BADINPUT;
		if (!list_has((struct span){ list.p, list.n }, role))
			add_word(&list, role);
	}
	err = buf_span(&list, &all);
	if (err == OST_OK && all.n > ROLES_MAX)
		err = OST_TOOBIG;
	if (err == OST_OK)
		*roles = all;
	return err;
}

void
operate_note(const struct context *context, struct arena *arena,
	struct span user_id, enum event_kind kind, struct span name,
	struct span who)
{
	struct span detail = SPAN("by the operator");
	struct buf buf;

	if (name.n > NAME_MAX_BYTES) {
		name.n = NAME_MAX_BYTES;
		while (name.n > 0 &&
			((unsigned char)name.p[name.n] & 0xc0) == 0x80)
			name.n--;
	}
	buf_init(&buf, arena);
	buf_add(&buf, name);
	if (name.n > 0)
		buf_text(&buf, ", ");
	buf_add(&buf, detail);
	if (who.n > 0) {
		buf_char(&buf, ' ');
		buf_add(&buf, who);
	}
	if (buf_span(&buf, &detail) != OST_OK)
		detail = SPAN("by the operator");
	event_note(context, arena, user_id, kind, SPAN_ABSENT, detail);
}
