#include "usage.h"
#include "admit.h"
#include "guess.h"

struct listing {
	struct usage *list;
	size_t n, max;
};

static void
add(struct listing *listing, const char *name, const struct policy_rule *rule,
	const struct rate_result *left, uint32_t window_s)
{
	if (listing->n < listing->max)
		listing->list[listing->n++] =
			(struct usage){ name, rule, *left, window_s };
}

static enum ost_err
add_general(const struct context *c, const struct request *request,
	const struct caller *caller, struct listing *listing)
{
	struct span id;
	enum limit_subject subject = gate_subject(caller, &id);
	struct rate_result left;
	uint32_t window_s;
	enum ost_err err =
		limit_peek(c, request, subject, id, NULL, &left, &window_s);

	if (err != OST_OK)
		return err;
	add(listing, "requests", NULL, &left, window_s);
	if (subject != LIMIT_APP)
		return OST_OK;
	err = limit_peek_app_total(c, request->arena, id, &left, &window_s);
	if (err == OST_OK)
		add(listing, "app_total", NULL, &left, window_s);
	return err;
}

/* any_means: a person who may come by another credential the next time. */
static bool
may_pass(const struct policy_rule *rule, const struct caller *caller,
	bool any_means)
{
	struct caller other = *caller;
	struct refusal refusal;

	if (admit(rule, caller, &refusal))
		return true;
	if (!any_means || !caller_has_user(caller))
		return false;
	other.means = caller->means == MEANS_KEY ? MEANS_TOKEN : MEANS_KEY;
	return admit(rule, &other, &refusal);
}

static enum ost_err
add_rules(const struct context *c, const struct request *request,
	const struct caller *caller, bool any_means, struct listing *listing)
{
	const struct policy_rule *rule;
	enum ost_err err = OST_OK;
	struct span id;
	enum limit_subject subject = gate_subject(caller, &id);

	if (c->policy == NULL)
		return OST_OK;
	for (size_t i = 0; err == OST_OK && listing->n < listing->max &&
			   (rule = policy_rule_at(c->policy, i)) != NULL;
		i++) {
		struct rate_result left;
		uint32_t window_s;

		if (!rule->has_limit || !may_pass(rule, caller, any_means))
			continue;
		err = limit_peek(
			c, request, subject, id, rule, &left, &window_s);
		if (err == OST_OK)
			add(listing, "path", rule, &left, window_s);
	}
	return err;
}

static enum ost_err
add_sign_in(const struct context *c, const struct request *request,
	const struct caller *caller, struct listing *listing)
{
	const struct config *config = c->config;
	struct span account = SPAN_ABSENT;
	struct guess_left left;
	enum ost_err err = OST_OK;

	if (caller_has_user(caller))
		err = guess_account(
			request->arena, caller->user.name, &account);
	if (err == OST_OK)
		err = guess_peek(c, request, account, &left);
	if (err != OST_OK)
		return err;
	if (!span_is_absent(account)) {
		add(listing, "sign_in", NULL, &left.here,
			config->limit_login.window_s);
		add(listing, "sign_in_account", NULL, &left.account,
			config->limit_login_account.window_s);
	}
	add(listing, "sign_in_address", NULL, &left.address,
		config->limit_login_address.window_s);
	return OST_OK;
}

static enum ost_err
list_all(const struct context *c, const struct request *request,
	const struct caller *caller, bool any_means, struct listing *listing)
{
	enum ost_err err = add_general(c, request, caller, listing);

	if (err == OST_OK)
		err = add_rules(c, request, caller, any_means, listing);
	if (err == OST_OK)
		err = add_sign_in(c, request, caller, listing);
	return err;
}

enum ost_err
usage_of_caller(const struct context *c, const struct request *request,
	const struct caller *caller, struct usage *list, size_t max, size_t *n)
{
	struct listing listing = { list, 0, max };
	enum ost_err err = list_all(c, request, caller, false, &listing);

	if (err == OST_OK)
		*n = listing.n;
	return err;
}

enum ost_err
usage_list(const struct context *c, const struct request *request,
	const struct user *user, struct usage *list, size_t max, size_t *n)
{
	struct caller caller = { .means = MEANS_NONE };
	struct listing listing = { list, 0, max };
	enum ost_err err;

	if (user != NULL) {
		caller.means = MEANS_KEY;
		caller.user = *user;
	}
	err = list_all(c, request, &caller, true, &listing);
	if (err == OST_OK)
		*n = listing.n;
	return err;
}
