#include "second_step.h"
#include "activity.h"
#include "base32.h"
#include "clock.h"
#include "guess.h"
#include "log.h"
#include "totp.h"

/* Of a user without a secret of its own no code is right. */
static enum ost_err
use_totp(struct arena *arena, struct user *user, struct span typed)
{
	struct span secret;
	int64_t step = 0;
	enum ost_err err;

	if (user->totp_secret.n == 0 || user->totp_step < 0)
		return OST_DENIED;
	err = base32_decode(arena, user->totp_secret, &secret);
	/* A record with something else in it opens nothing. */
	if (err == OST_BADINPUT)
		return OST_DENIED;
	if (err == OST_OK)
		err = totp_check(
			secret, typed, clock_wall_ms(), user->totp_step, &step);
	if (err == OST_OK)
		user->totp_step = step;
	return err;
}

/* One try with the user as he was read: he bears the used code then. */
static enum ost_err
use_code(const struct context *c, struct arena *arena, struct span typed,
	struct user *user)
{
	enum ost_err err;

	if (user->is_disabled || !user_has_two_steps(user))
		return OST_DENIED;
	err = use_totp(arena, user, typed);
	if (err == OST_DENIED)
		err = recovery_use(
			arena, user->recovery, typed, &user->recovery);
	return err == OST_OK ? user_update(c->accounts, arena, user) : err;
}

/*
 * Whoever writes first has used the code. The other one looks again and finds
 * it used; but it may have been something else of the user that changed.
 */
static enum ost_err
use_once(const struct context *c, struct arena *arena, const struct user *user,
	struct span typed, struct user *changed)
{
	struct user now = *user;
	enum ost_err err = use_code(c, arena, typed, &now);

	if (err == OST_CONFLICT)
		err = user_by_id(c->accounts, arena, user->id, &now);
	else
		goto out;
	if (err == OST_NOTFOUND ||
		(err == OST_OK && now.generation != user->generation))
		return OST_DENIED;
	if (err == OST_OK)
		err = use_code(c, arena, typed, &now);
out:
	/* Deleted meanwhile; or changed twice, and it is not known by whom. */
	if (err == OST_NOTFOUND || err == OST_CONFLICT)
		return OST_DENIED;
	if (err == OST_OK)
		*changed = now;
	return err;
}

/* What is held while a code is compared. */
struct held {
	struct guess guess;
	struct span day_key;
	int64_t day_reset_s;
};

/* Over all addresses, also those where the user signed in lately. */
static enum ost_err
reserve_day(const struct context *c, struct held *held)
{
	struct rate_result result;
	enum ost_err err = rate_hit(c->rate, RATE_SUBJECTS, held->day_key,
		SECOND_STEP_DAY_MAX, SECOND_STEP_DAY_S, &result);
	int64_t wait_s;

	if (err != OST_OK)
		return err;
	held->day_reset_s = result.reset_s;
	if (result.is_admitted)
		return OST_OK;
	wait_s = result.reset_s - clock_wall_s();
	held->guess.retry_after_s = wait_s < 1 ? 1 : wait_s;
	return OST_LIMITED;
}

static void
return_all(const struct context *c, struct held *held)
{
	enum ost_err err = rate_give_back(c->rate, RATE_SUBJECTS, held->day_key,
		SECOND_STEP_DAY_S, held->day_reset_s);

	if (err != OST_OK)
		log_message("warning",
			"a counter of codes was not given back: %s",
			ost_err_name(err));
	guess_return(c, &held->guess);
}

static enum ost_err
account_of(struct arena *arena, const char *kind, const struct user *user,
	struct span *account)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_text(&buf, kind);
	buf_add(&buf, user->id);
	return buf_span(&buf, account);
}

/* With the password's generation: who knew the one before cannot use up the day
 * of who has set a new one. */
static enum ost_err
day_of(struct arena *arena, const struct user *user, struct span *key)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_text(&buf, "totp-day:");
	buf_add(&buf, user->id);
	buf_char(&buf, ':');
	buf_i64(&buf, user->generation);
	return buf_span(&buf, key);
}

/* OST_LIMITED: nothing is held. */
static enum ost_err
reserve(const struct context *c, const struct request *request,
	const struct user *user, struct held *held)
{
	struct arena *arena = request->arena;
	struct span account;
	enum ost_err err = account_of(arena, "totp:", user, &account);

	if (err == OST_OK)
		err = day_of(arena, user, &held->day_key);
	if (err == OST_OK)
		err = guess_reserve(c, request, account, true, &held->guess);
	if (err != OST_OK)
		return err;
	err = reserve_day(c, held);
	if (err != OST_OK)
		guess_return(c, &held->guess);
	return err;
}

enum ost_err
second_step_check(const struct context *c, const struct request *request,
	const struct user *user, struct span typed, struct user *changed,
	int64_t *retry_after_s)
{
	struct arena *arena = request->arena;
	struct span address;
	struct held held = { 0 };
	enum ost_err err = request_address_key(request, &address);

	if (err == OST_OK)
		err = reserve(c, request, user, &held);
	if (err == OST_LIMITED)
		*retry_after_s = held.guess.retry_after_s;
	if (err != OST_OK)
		return err;
	err = use_once(c, arena, user, typed, changed);
	if (err != OST_DENIED)
		return_all(c, &held);
	if (err == OST_OK)
		activity_signed_in(c->activity, arena, user->id, address);
	return err;
}

enum ost_err
second_step_enable(struct store *accounts, struct arena *arena,
	struct user *user, struct span secret, struct span typed,
	int64_t now_ms, struct span codes[static RECOVERY_CODES])
{
	struct user changed = *user;
	struct buf buf;
	enum ost_err err;

	if (secret.n != TOTP_SECRET_SIZE)
		return OST_BADINPUT;
	err = totp_check(secret, typed, now_ms, 0, &changed.totp_step);
	if (err == OST_OK)
		err = recovery_make(arena, codes, &changed.recovery);
	buf_init(&buf, arena);
	base32_encode(&buf, secret);
	if (err == OST_OK)
		err = buf_span(&buf, &changed.totp_secret);
	changed.generation++;
	if (err == OST_OK)
		err = user_update(accounts, arena, &changed);
	if (err == OST_OK)
		*user = changed;
	return err;
}

enum ost_err
second_step_disable(
	struct store *accounts, struct arena *arena, struct user *user)
{
	struct user changed = *user;
	enum ost_err err;

	user_clear_two_steps(&changed);
	err = user_update(accounts, arena, &changed);
	if (err == OST_OK)
		*user = changed;
	return err;
}

enum ost_err
second_step_new_codes(struct store *accounts, struct arena *arena,
	struct user *user, struct span codes[static RECOVERY_CODES])
{
	struct user changed = *user;
	enum ost_err err;

	if (!user_has_two_steps(user))
		return OST_DENIED;
	err = recovery_make(arena, codes, &changed.recovery);
	if (err == OST_OK)
		err = user_update(accounts, arena, &changed);
	if (err == OST_OK)
		*user = changed;
	return err;
}
