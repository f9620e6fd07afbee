/* What an inspection says, for people and for programs. */
#include "inspect.h"

static const struct {
	const char *name;
	const char *sentence; /* NULL: the fields say it all */
} kinds[] = {
	[INSPECT_FOREIGN] = { "foreign",
		"no token of this instance: its signature is bad, or its key, "
		"issuer or claims are not ours; or it was forgotten since" },
	[INSPECT_ACCESS] = { "access", NULL },
	[INSPECT_LOGIN] = { "login", NULL },
	[INSPECT_REFRESH] = { "refresh",
		"a refresh token: only its application can use it, once, and "
		"only for new tokens" },
	[INSPECT_CODE] = { "code",
		"an authorization code: only its application can use it, once, "
		"for the tokens of a new grant" },
	[INSPECT_DEVICE] = { "device",
		"a device code: only its application can use it, once, when a "
		"user has allowed it" },
	[INSPECT_ID] = { "id",
		"an ID token: it tells its application who signed in, and "
		"opens no API" },
};

static void
show_foreign(struct output *out, const struct inspection *found)
{
	const struct field fields[] = {
		{ .name = "alive", .kind = FIELD_BOOL, .number = 0 },
		{ .name = "reason", .text = span_of(found->reason) },
		{ .name = "kind", .text = span_of(kinds[found->kind].name) },
	};

	output_object(out, fields, 3);
}

/* For people: what a login token was bought with. */
static struct span
bought_by(struct output *out, const struct inspection *found)
{
	struct span text;
	struct buf buf;

	if (span_starts(found->source, SPAN("p:")))
		return SPAN("a password");
	if (found->key.id.n == 0)
		return found->source;
	buf_init(&buf, out->text.arena);
	buf_printf(&buf, "key %.*s", SPAN_ARG(found->key.id));
	if (found->key.name.n > 0)
		buf_printf(&buf, " (%.*s)", SPAN_ARG(found->key.name));
	return buf_span(&buf, &text) == OST_OK ? text : found->source;
}

static void
show_known(struct output *out, const struct inspection *found)
{
	bool is_login = found->kind == INSPECT_LOGIN;
	bool is_signed = found->jti.n > 0;
	const struct field fields[] = {
		{ "alive", "alive", .kind = FIELD_BOOL,
			.number = found->reason == NULL },
		{ "reason", found->reason != NULL ? "why not" : NULL,
			.text = span_of(found->reason) },
		{ "kind", "kind", .text = span_of(kinds[found->kind].name) },
		{ "state", found->state != NULL ? "state" : NULL,
			.text = span_of(found->state) },
		{ "speaks_for", "speaks for",
			.text = found->is_of_app ? SPAN("application")
						 : SPAN("user") },
		{ "user_id", found->is_of_app ? NULL : "user id",
			.text = found->user_id },
		{ "userName", found->is_of_app ? NULL : "user",
			.text = found->user.name },
		{ "client_id", is_login ? NULL : "client id",
			.text = found->client_id },
		{ "app", is_login ? NULL : "application",
			.text = found->app.name },
		{ "scope", is_login ? NULL : "scope", .text = found->scope },
		{ "grant_id", found->grant_id.n > 0 ? "grant id" : NULL,
			.text = found->grant_id },
		{ "source", NULL, .text = found->source },
		{ NULL, is_login ? "bought by" : NULL,
			.text = bought_by(out, found) },
		{ "jti", is_signed ? "token id" : NULL, .text = found->jti },
		{ "issued", found->issued_ms != 0 ? "issued" : NULL,
			.kind = FIELD_TIME, .number = found->issued_ms },
		{ "expires", found->expires_ms != 0 ? "expires" : NULL,
			.kind = FIELD_TIME, .number = found->expires_ms },
		{ "ends", found->ends_ms != 0 ? "ends" : NULL,
			.kind = FIELD_TIME, .number = found->ends_ms },
		{ "used", found->used_ms != 0 ? "used" : NULL,
			.kind = FIELD_TIME, .number = found->used_ms },
	};

	output_object(out, fields, sizeof(fields) / sizeof(fields[0]));
}

void
inspect_show(struct output *out, const struct inspection *found)
{
	if (kinds[found->kind].sentence != NULL)
		output_say(out, "%s", kinds[found->kind].sentence);
	if (found->may_be_user_code)
		output_say(out,
			"what a user types at /device is not looked up: give "
			"the code that the device polls with");
	if (found->kind == INSPECT_FOREIGN)
		show_foreign(out, found);
	else
		show_known(out, found);
}
