/* /account/usage: what remains in each limit window, spending nothing. */
#include "usage.h"
#include "pages.h"
#include "show.h"

/* Lists stand one below the other in one array: what they are named after in
 * the template, and whose texts. */
static const struct {
	const char *name, *list, *title;
} kinds[] = {
	{ "requests", "requests", "usage.requests" },
	{ "path", "paths", NULL },
	{ "sign_in", "tries", "usage.sign_in" },
	{ "sign_in_account", "tries", "usage.sign_in_account" },
	{ "sign_in_address", "tries", "usage.sign_in_address" },
};

static void
show_rule(struct values *row, const struct policy_rule *rule)
{
	const char *means = NULL;

	if (rule->auth == POLICY_AUTH_KEY)
		means = "usage.key_only";
	else if (rule->auth == POLICY_AUTH_TOKEN)
		means = "usage.token_only";
	values_set(row, "path", rule->path);
	values_set(row, "methods",
		span_eq(rule->methods, SPAN("*")) ? SPAN_ABSENT
						  : rule->methods);
	values_set(row, "means", span_of(means));
}

/* number: which it is, for what refers to it. */
static void
add_row(struct visit *visit, struct values *values, const struct usage *usage,
	size_t number)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct values *row;

		if (!span_eq(span_of(usage->name), span_of(kinds[i].name)))
			continue;
		row = values_row(values, kinds[i].list);
		values_number(row, "number", (int64_t)number);
		values_set(row, "about", span_of(kinds[i].title));
		if (usage->rule != NULL)
			show_rule(row, usage->rule);
		show_usage(visit, row, usage);
	}
}

enum ost_err
usage_get(struct visit *visit)
{
	const struct context *c = visit->context;
	/* Its lines, and those of every user. */
	size_t max =
		USAGE_MAX + (c->policy != NULL ? policy_count(c->policy) : 0);
	struct usage *list = arena_array(visit->arena, max, sizeof(*list));
	struct values *values;
	size_t n;
	enum ost_err err = list == NULL ? OST_NOMEM : OST_OK;

	if (err == OST_OK)
		err = usage_list(
			c, visit->request, &visit->visitor.user, list, max, &n);
	if (err == OST_OK)
		err = portal_values(visit, "at_usage", &values);
	if (err != OST_OK)
		return err;
	values_flag(values, "no_policy", c->policy == NULL);
	for (size_t i = 0; i < n; i++)
		add_row(visit, values, &list[i], i);
	portal_show(visit, "usage", "usage", values);
	return OST_OK;
}
