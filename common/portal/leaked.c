#include "leaked.h"
#include "app.h"
#include "clock.h"
#include "key.h"
#include "present.h"
#include "secret.h"

#define TRIES 5 /* when a record is changed in the same moment */

static enum ost_err
end_key_once(const struct context *c, struct arena *arena, struct span text,
	struct leaked *leaked)
{
	struct key key;
	enum ost_err err = key_of_secret(c->accounts, arena, text, &key);

	if (err != OST_OK)
		return err == OST_NOTFOUND ? OST_OK : err;
	leaked->is_ours = true;
	leaked->kind = SPAN("key");
	leaked->user_id = key.user_id;
	leaked->detail = key.name;
	if (!key_is_live(&key, clock_wall_ms()))
		return OST_OK;
	if (span_eq(secret_mark(key.secret.hash), key.mark))
		err = key_revoke(c->accounts, arena, &key);
	else
		err = key_end_overlap(c->accounts, arena, &key);
	leaked->was_live = err == OST_OK;
	return err;
}

static enum ost_err
end_app_secret_once(const struct context *c, struct arena *arena,
	struct span text, struct span client_id, struct leaked *leaked)
{
	struct span hash;
	struct app app;
	enum ost_err err = app_by_id(c->accounts, arena, client_id, &app);

	if (err != OST_OK)
		return err == OST_NOTFOUND ? OST_OK : err;
	err = secret_hash(arena, text, &hash);
	if (err != OST_OK)
		return err;
	if (!secret_matches(&app.secret, hash, clock_wall_ms()))
		return OST_OK;
	leaked->is_ours = true;
	leaked->kind = SPAN("app_secret");
	leaked->user_id = app.owner_id;
	leaked->detail = app.name;
	secret_remove(&app.secret, hash);
	err = app_save(c->accounts, arena, &app);
	leaked->was_live = err == OST_OK;
	return err;
}

static enum ost_err
end_token(const struct context *c, struct arena *arena, struct span text,
	struct leaked *leaked)
{
	struct present present;
	enum ost_err err = present_find(c, arena, text, &present);

	if (err != OST_OK || present.kind == PRESENT_UNKNOWN)
		return err;
	leaked->is_ours = true;
	leaked->kind = present.kind == PRESENT_REFRESH ? SPAN("refresh_token")
						       : SPAN("token");
	leaked->user_id = present.user.id;
	return present_end(c, arena, &present, &leaked->was_live);
}

/* Three parts of base64url, the header and payload of which are objects. */
static bool
looks_like_token(struct span text)
{
	struct span rest = text, part;
	size_t parts = 0;

	if (text.n > TOKEN_SIZE_MAX || !span_starts(text, SPAN("eyJ")))
		return false;
	while (span_next(&rest, '.', &part)) {
		parts++;
		for (size_t i = 0; i < part.n; i++)
			if (!char_is_alnum(part.p[i]) && part.p[i] != '-' &&
				part.p[i] != '_')
				return false;
		if (part.n == 0)
			return false;
	}
	return parts == 3;
}

bool
leaked_needs_client(struct span text)
{
	return secret_is_wellformed(text, SECRET_APP_PREFIX);
}

static enum ost_err
end_once(const struct context *c, struct arena *arena, struct span text,
	struct span client_id, struct leaked *leaked)
{
	*leaked = (struct leaked){ .is_wellformed = true };
	if (secret_is_wellformed(text, SECRET_KEY_PREFIX))
		return end_key_once(c, arena, text, leaked);
	if (secret_is_wellformed(text, SECRET_APP_PREFIX))
		return end_app_secret_once(c, arena, text, client_id, leaked);
	if (secret_is_wellformed(text, SECRET_REFRESH_PREFIX) ||
		looks_like_token(text))
		return end_token(c, arena, text, leaked);
	leaked->is_wellformed = false;
	return OST_OK;
}

enum ost_err
leaked_end(const struct context *c, struct arena *arena, struct span text,
	struct span client_id, struct leaked *leaked)
{
	for (int i = 0; i < TRIES; i++) {
		enum ost_err err = end_once(c, arena, text, client_id, leaked);

		if (err != OST_CONFLICT)
			return err;
	}
	return OST_BUSY;
}
