#include "guess.h"
#include "activity.h"
#include "clock.h"
#include "event.h"
#include "key.h"
#include "log.h"
#include "password.h"
#include "permit.h"
#include "secret.h"
#include "verified.h"

static enum ost_err
counter_key(struct arena *arena, const char *kind, struct span a, struct span b,
	struct span *key)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_text(&buf, kind);
	buf_add(&buf, a);
	if (!span_is_absent(b)) {
		buf_char(&buf, '|');
		buf_add(&buf, b);
	}
	return buf_span(&buf, key);
}

static enum ost_err
reserve_one(const struct context *c, const struct limit_rule *limit,
	struct guess *guess)
{
	struct rate_result result;
	enum ost_err err = rate_hit(c->rate, RATE_ADDRESSES,
		guess->key[guess->n], limit->count, limit->window_s, &result);
	int64_t wait_s;

	if (err != OST_OK)
		return err;
	if (result.is_admitted) {
		guess->window_s[guess->n] = limit->window_s;
		guess->reset_s[guess->n] = result.reset_s;
		guess->n++;
		return OST_OK;
	}
	wait_s = result.reset_s - clock_wall_s();
	guess->retry_after_s = wait_s < 1 ? 1 : wait_s;
	return OST_LIMITED;
}

/* Gives back all but the first `kept`. */
static void
give_back(const struct context *c, struct guess *guess, unsigned int kept)
{
	while (guess->n > kept) {
		enum ost_err err;

		guess->n--;
		err = rate_give_back(c->rate, RATE_ADDRESSES,
			guess->key[guess->n], guess->window_s[guess->n],
			guess->reset_s[guess->n]);
		if (err != OST_OK)
			log_message("warning",
				"a sign-in counter was not given back: %s",
				ost_err_name(err));
	}
}

void
guess_return(const struct context *c, struct guess *guess)
{
	give_back(c, guess, 0);
}

/* The three counters: of the address, of the account from there, of the
 * account. */
static enum ost_err
counter_keys(const struct request *request, struct span account,
	struct span key[static 3])
{
	struct arena *arena = request->arena;
	struct span address;
	enum ost_err err = request_address_key(request, &address);

	if (err == OST_OK)
		err = counter_key(
			arena, "try-address:", address, SPAN_ABSENT, &key[0]);
	if (err == OST_OK)
		err = counter_key(arena, "try:", account, address, &key[1]);
	if (err == OST_OK)
		err = counter_key(
			arena, "try-account:", account, SPAN_ABSENT, &key[2]);
	return err;
}

static enum ost_err
peek_one(const struct context *c, struct span key,
	const struct limit_rule *limit, struct rate_result *result)
{
	return rate_peek(c->rate, RATE_ADDRESSES, key, limit->count,
		limit->window_s, result);
}

enum ost_err
guess_peek(const struct context *c, const struct request *request,
	struct span account, struct guess_left *left)
{
	const struct config *config = c->config;
	struct span key[3];
	enum ost_err err = counter_keys(request, account, key);

	if (err == OST_OK)
		err = peek_one(c, key[0], &config->limit_login_address,
			&left->address);
	if (span_is_absent(account))
		return err;
	if (err == OST_OK)
		err = peek_one(c, key[1], &config->limit_login, &left->here);
	if (err == OST_OK)
		err = peek_one(c, key[2], &config->limit_login_account,
			&left->account);
	return err;
}

enum ost_err
guess_account(struct arena *arena, struct span user_name, struct span *account)
{
	struct span canonical;
	enum ost_err err = user_canonical(arena, user_name, &canonical);

	return err == OST_OK ? counter_key(arena, "user:", canonical,
				       SPAN_ABSENT, account)
			     : err;
}

enum ost_err
guess_reserve(const struct context *c, const struct request *request,
	struct span account, bool is_account_counted, struct guess *guess)
{
	const struct config *config = c->config;
	enum ost_err err;

	*guess = (struct guess){ 0 };
	err = counter_keys(request, account, guess->key);
	/* The address first: one that is over its limit makes no counters for
	 * the names that it tries. */
	if (err == OST_OK)
		err = reserve_one(c, &config->limit_login_address, guess);
	if (err == OST_OK)
		err = reserve_one(c, &config->limit_login, guess);
	if (err == OST_OK && is_account_counted)
		err = reserve_one(c, &config->limit_login_account, guess);
	if (err != OST_OK)
		guess_return(c, guess);
	return err;
}

/* A hash of the present cost that no password gives: for those who have no
 * password to compare with, at the price of those who have. */
static enum ost_err
dummy_hash(const struct context *c, struct arena *arena, struct span *phc)
{
	const struct password_cost *cost = &c->config->password_cost;
	struct buf buf;

	buf_init(&buf, arena);
	buf_printf(&buf,
		"$scrypt$ln=%u,r=%u,p=%u$AAAAAAAAAAAAAAAAAAAAAA$"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		cost->ln, cost->r, cost->p);
	return buf_span(&buf, phc);
}

/* An old hash of another cost is made anew while the password is at hand. */
static void
rehash(const struct context *c, struct arena *arena, struct user *user,
	struct span password)
{
	struct user changed = *user;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, arena);
	err = password_hash(&buf, password, &c->config->password_cost);
	if (err == OST_OK)
		err = buf_span(&buf, &changed.password);
	if (err == OST_OK)
		err = user_update(c->accounts, arena, &changed);
	if (err == OST_OK)
		*user = changed;
	else
		log_message("warning", "a password was not rehashed: %s",
			ost_err_name(err));
}

/* One permit, one comparison, and for outdated hashes the present cost. */
static enum ost_err
compare(const struct context *c, struct arena *arena, struct user *user,
	struct span password, bool is_comparable)
{
	struct span dummy, phc;
	struct permit permit;
	enum ost_err err = dummy_hash(c, arena, &dummy), dummy_err;

	if (err == OST_OK)
		err = permit_take(c->config->state_path, c->is_shared, &permit);
	if (err != OST_OK)
		return err;
	phc = is_comparable ? user->password : dummy;
	err = password_verify(password, phc);
	if (password_is_outdated(phc, &c->config->password_cost)) {
		if (err == OST_OK) {
			rehash(c, arena, user, password);
		} else {
			dummy_err = password_verify(password, dummy);
			(void)dummy_err; /* only its time counts */
		}
	}
	permit_give(&permit);
	if (err == OST_OK && !is_comparable)
		return OST_DENIED;
	/* A stored string that is no hash: nobody gets in by it. */
	return err == OST_BADINPUT ? OST_DENIED : err;
}

static bool
has_password(const struct user *user)
{
	return !user->is_disabled && user->password.n > 0;
}

/* Then the password is not for here, and is not looked at. */
static bool
takes_two_steps(
	const struct context *c, const struct user *user, enum guess_use use)
{
	return use == GUESS_CREDENTIAL &&
	       (user_has_two_steps(user) ||
		       user_must_have_two_steps(c->config, user));
}

/* user: without an id, nobody. Who has no password here is compared with
 * nothing at the usual cost; failure is what it is noted as then. */
static enum ost_err
try_password(const struct context *c, const struct request *request,
	struct user *user, bool is_comparable, enum event_kind failure,
	struct span name, struct span password, int64_t *retry_after_s)
{
	struct arena *arena = request->arena;
	bool is_known = user->id.n > 0, is_counted;
	struct span account, address;
	struct guess guess;
	enum ost_err err = request_address_key(request, &address);

	if (err != OST_OK)
		return err;
	/* Where this user signed in lately, others cannot lock him out. */
	is_counted = !is_known ||
		     !activity_knows(c->activity, arena, user->id, address);
	err = guess_account(arena, name, &account);
	if (err == OST_OK)
		err = guess_reserve(c, request, account, is_counted, &guess);
	if (err == OST_LIMITED)
		*retry_after_s = guess.retry_after_s;
	if (err != OST_OK)
		return err;
	err = compare(c, arena, user, password, is_comparable);
	if (err == OST_DENIED) {
		/* A name that nobody has costs as much. */
		event_note(c, arena, is_known ? user->id : EVENT_NOBODY,
			failure, request->address, SPAN_ABSENT);
		return err;
	}
	/* Who crowds the permits spends his address's tries on it: they would
	 * hold up everybody else. */
	give_back(c, &guess, err == OST_BUSY ? 1 : 0);
	if (err != OST_OK)
		return err;
	verified_add(c->verified, arena, user, password);
	if (!user_has_two_steps(user))
		activity_signed_in(c->activity, arena, user->id, address);
	return OST_OK;
}

enum ost_err
guess_password(const struct context *c, const struct request *request,
	enum guess_use use, struct span name, struct span password,
	struct user *user, int64_t *retry_after_s)
{
	struct user found = { 0 };
	bool has_one, is_comparable;
	enum ost_err err;

	/* Caps first: what is too long costs nothing and is nobody's. A
	 * secret of ours is never hashed as a password. */
	if (span_starts(password, SPAN(SECRET_KEY_PREFIX)) || name.n == 0 ||
		name.n > 4 * USER_NAME_MAX || password.n == 0 ||
		password.n > PASSWORD_SIZE_MAX)
		return OST_DENIED;
	err = user_by_name(c->accounts, request->arena, name, &found);
	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	has_one = err == OST_OK && has_password(&found);
	is_comparable = has_one && !takes_two_steps(c, &found, use);
	if (is_comparable &&
		verified_has(c->verified, request->arena, &found, password)) {
		*user = found;
		return OST_OK;
	}
	err = try_password(c, request, &found, is_comparable,
		has_one && !is_comparable ? EVENT_ONE_STEP_REFUSED
					  : EVENT_SIGNIN_FAILED,
		name, password, retry_after_s);
	if (err == OST_OK)
		*user = found;
	return err;
}

void
guess_note_tried(const struct context *c, const struct request *request,
	struct span typed, struct response *response)
{
	struct arena *arena = request->arena;
	struct user user;
	struct key key;
	enum ost_err err = user_by_name(c->accounts, arena, typed, &user);

	if (err == OST_NOTFOUND && user_name_is_valid(typed) &&
		key_by_id(c->accounts, arena, typed, &key) == OST_OK)
		err = user_by_id(c->accounts, arena, key.user_id, &user);
	if (err == OST_OK)
		response->subject = user.name;
}
