/* ostiary token inspect, revoke: the token is on standard input. */
#include "find.h"
#include "gate.h"
#include "input.h"

/* What inspect can say. */
struct inspection {
	struct token token; /* unless is_foreign */
	struct user user;
	struct app app;
	bool is_foreign; /* no token of ours: nothing in it can be believed */
	bool is_live;
	const char *reason; /* why not; NULL when is_live */
};

static enum exit_status
read_token(struct admin *admin, struct span *text)
{
	enum exit_status status =
		input_line(admin, TOKEN_SIZE_MAX, "the token", text);

	if (status != EXIT_DONE)
		return status;
	*text = span_trim(*text);
	if (text->n > 0 && text->p[text->n - 1] == '\r')
		text->n--;
	if (text->n == 0)
		return report_usage(
			"%s: the token is read from standard input, which "
			"is empty",
			admin->command->name);
	return EXIT_DONE;
}

static enum ost_err
inspect(struct admin *admin, struct span text, struct inspection *found)
{
	const struct context *context = &admin->context;
	enum token_state state = TOKEN_LIVE;
	enum ost_err verified, err;

	*found = (struct inspection){ 0 };
	verified = token_verify(admin->arena, context->ring,
		admin->config->issuer, text, &found->token);
	if (verified == OST_DENIED) {
		found->is_foreign = true;
		found->reason = "invalid";
		return OST_OK;
	}
	if (verified != OST_OK && verified != OST_EXPIRED)
		return verified;
	/* Also of an expired one: it names user and application. */
	err = gate_token_state(context, admin->arena, &found->token, &state,
		&found->user, &found->app);
	if (err != OST_OK)
		return err;
	if (verified == OST_EXPIRED)
		found->reason = "expired";
	else if (state != TOKEN_LIVE)
		found->reason = token_state_name(state);
	found->is_live = found->reason == NULL;
	return OST_OK;
}

static void
show_foreign(struct output *out, const struct inspection *found)
{
	const struct field fields[] = {
		{ .name = "alive", .kind = FIELD_BOOL, .number = 0 },
		{ .name = "reason", .text = span_of(found->reason) },
	};

	output_say(out, "no token of this instance: its signature is bad, or "
			"its key, issuer or claims are not ours");
	output_object(out, fields, 2);
}

static void
show_token(struct output *out, const struct inspection *found)
{
	const struct token *token = &found->token;
	bool is_login = token->kind == TOKEN_LOGIN;
	const struct field fields[] = {
		{ "alive", "alive", .kind = FIELD_BOOL,
			.number = found->is_live },
		{ "reason", found->is_live ? NULL : "why not",
			.text = span_of(found->reason) },
		{ "kind", "kind",
			.text = is_login ? SPAN("login") : SPAN("access") },
		{ "user_id", "user id", .text = token->subject },
		{ "userName", "user", .text = found->user.name },
		{ "client_id", is_login ? NULL : "client id",
			.text = token->client_id },
		{ "app", is_login ? NULL : "application",
			.text = found->app.name },
		{ "scope", is_login ? NULL : "scope", .text = token->scope },
		{ "grant_id", is_login ? NULL : "grant id",
			.text = token->grant_id },
		{ "source", is_login ? "bought by" : NULL,
			.text = token->source },
		{ "jti", "token id", .text = token->jti },
		{ "issued", "issued", .kind = FIELD_TIME,
			.number = token->issued_s * 1000 },
		{ "expires", "expires", .kind = FIELD_TIME,
			.number = token->expires_s * 1000 },
	};

	output_object(out, fields, sizeof(fields) / sizeof(fields[0]));
}

static enum exit_status
token_inspect(struct admin *admin)
{
	struct inspection found;
	struct span text;
	enum exit_status status = read_token(admin, &text);
	enum ost_err err;

	if (status != EXIT_DONE)
		return status;
	err = inspect(admin, text, &found);
	if (err != OST_OK)
		return report_fail(err, "the token");
	if (found.is_foreign)
		show_foreign(&admin->out, &found);
	else
		show_token(&admin->out, &found);
	return EXIT_DONE;
}

static enum exit_status
token_revoke(struct admin *admin)
{
	struct token token;
	struct span text;
	enum exit_status status = read_token(admin, &text);
	enum ost_err err;
	bool is_expired;

	if (status != EXIT_DONE)
		return status;
	err = token_verify(admin->arena, admin->context.ring,
		admin->config->issuer, text, &token);
	is_expired = err == OST_EXPIRED;
	if (err == OST_DENIED)
		return report_refuse("invalid", "no token of this instance");
	if (err == OST_OK)
		err = jti_revoke(admin->context.grants, admin->arena, token.jti,
			token.expires_s * 1000);
	if (err != OST_OK && !is_expired)
		return report_fail(err, "the token");
	const struct field fields[] = {
		{ .name = "jti", .text = token.jti },
		{ .name = "state",
			.text = is_expired ? SPAN("expired")
					   : SPAN("revoked") },
	};
	output_say(&admin->out, "token %.*s: %s", SPAN_ARG(token.jti),
		is_expired ? "had expired already" : "revoked");
	output_object(&admin->out, fields, 2);
	return EXIT_DONE;
}

const struct command token_commands[] = {
	{ "token inspect", "", 0, 0, NULL,
		"Say what a token is, and whether it is alive",
		"The token is the first line of standard input.", NEEDS_RING,
		token_inspect },
	{ "token revoke", "", 0, 0, NULL, "End a token",
		"The token is the first line of standard input.", NEEDS_RING,
		token_revoke },
	{ .name = NULL },
};
