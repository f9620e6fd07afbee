#include "admit.h"
#include "record.h"

static bool
is_means_allowed(enum policy_auth auth, enum caller_means means)
{
	switch (auth) {
	case POLICY_AUTH_ANY:
		return true;
	case POLICY_AUTH_KEY:
		return means == MEANS_KEY;
	case POLICY_AUTH_TOKEN:
		return means == MEANS_TOKEN || means == MEANS_CLIENT;
	}
	return false;
}

bool
admit(const struct policy_rule *rule, const struct caller *caller,
	struct refusal *refusal)
{
	bool is_known = caller->means > MEANS_APP_TOKEN;

	refusal->code = CODE_FORBIDDEN;
	if (rule == NULL)
		return false;
	if (rule->who == POLICY_ANYONE)
		return true;
	if (!is_known && !(rule->who == POLICY_APP && caller->has_app)) {
		refusal->code = CODE_CREDENTIALS_MISSING;
		return false;
	}
	if (!is_means_allowed(rule->auth, caller->means))
		return false;
	switch (rule->who) {
	case POLICY_APP:
		return true;
	case POLICY_USER:
		return caller_has_user(caller);
	case POLICY_ROLE:
		return list_has(caller->user.roles, rule->name);
	case POLICY_SCOPE:
		if (span_is_absent(caller->scope) ||
			list_has(caller->scope, rule->name))
			return true;
		refusal->code = CODE_INSUFFICIENT_SCOPE;
		refusal->scope = rule->name;
		return false;
	case POLICY_ANYONE:
		break;
	}
	return false;
}
