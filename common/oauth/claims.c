#include "claims.h"

static const char *const names[] = { "sub", "iss", "aud", "exp", "iat",
	"auth_time", "amr", "nonce", "at_hash", "name", "preferred_username",
	"email", "email_verified", "roles" };

const char *
claims_name(size_t i)
{
	return i < sizeof(names) / sizeof(names[0]) ? names[i] : NULL;
}

void
claims_write(struct json_writer *w, const struct user *user, struct span scope)
{
	struct span rest = user->roles, role;

	json_string(w, "sub", user->id);
	if (list_has(scope, SPAN("profile"))) {
		json_string(w, "name", user->display_name);
		json_string(w, "preferred_username", user->name);
	}
	if (list_has(scope, SPAN("email")) && user->email.n > 0) {
		json_string(w, "email", user->email);
		json_bool(w, "email_verified", user_has_proven_email(user));
	}
	if (!list_has(scope, SPAN("roles")))
		return;
	json_open(w, "roles", '[');
	while (span_next(&rest, ' ', &role))
		if (role.n > 0)
			json_string(w, NULL, role);
	json_close(w);
}
