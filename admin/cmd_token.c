/* ostiary token inspect, revoke: the token is on standard input. */
#include "code.h"
#include "device.h"
#include "input.h"
#include "inspect.h"
#include "token.h"

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
	inspect_show(&admin->out, &found);
	return EXIT_DONE;
}

/* Ends it, unless it has expired. What may become a grant is destroyed, and
 * what belongs to one takes the grant along. */
static enum ost_err
end(struct admin *admin, struct span text, const struct inspection *found)
{
	struct store *grants = admin->context.grants;
	enum ost_err err = OST_OK;

	if (found->kind == INSPECT_CODE)
		err = code_destroy(grants, admin->arena, text);
	if (err == OST_OK && found->kind != INSPECT_ACCESS &&
		found->grant_id.n > 0)
		err = grant_end(grants, admin->arena, found->grant_id);
	if (err == OST_OK && found->jti.n > 0)
		err = jti_revoke(
			grants, admin->arena, found->jti, found->expires_ms);
	return err;
}

static void
say_end(struct output *out, const struct inspection *found, bool is_expired)
{
	bool has_id = found->jti.n > 0;
	const char *state = is_expired ? "expired" : "revoked";
	const struct field fields[] = {
		{ .name = has_id ? "jti" : "grant_id",
			.text = has_id ? found->jti : found->grant_id },
		{ .name = "state", .text = span_of(state) },
	};

	if (is_expired)
		output_say(out, "had expired already");
	else if (has_id)
		output_say(out, "token %.*s: revoked", SPAN_ARG(found->jti));
	else if (found->grant_id.n > 0)
		output_say(out, "grant %.*s: ended, its tokens are dead",
			SPAN_ARG(found->grant_id));
	else
		output_say(out, "authorization code: destroyed");
	output_object(out, fields, 2);
}

static void
say_device_end(struct output *out, const struct device *device)
{
	const struct field fields[] = {
		{ .name = "grant_id", .text = device->used_by },
		{ .name = "state", .text = SPAN("revoked") },
	};

	if (device->used_by.n > 0)
		output_say(out, "grant %.*s: ended, its tokens are dead",
			SPAN_ARG(device->used_by));
	else
		output_say(out, "device code: destroyed");
	output_object(out, fields, 2);
}

/* A device code that waits or was allowed is destroyed; of one that was used
 * the grant ends. OST_NOTFOUND: it is none. */
static enum ost_err
end_device(struct admin *admin, struct span text)
{
	struct store *grants = admin->context.grants;
	struct device device;
	bool was_there;
	enum ost_err err = device_find(grants, admin->arena, text, &device);

	if (err != OST_OK)
		return err;
	if (device.used_by.n > 0)
		err = grant_end(grants, admin->arena, device.used_by);
	else
		err = device_destroy(grants, admin->arena, text, &was_there);
	if (err == OST_OK)
		say_device_end(&admin->out, &device);
	return err;
}

static enum exit_status
token_revoke(struct admin *admin)
{
	struct inspection found;
	struct span text;
	enum exit_status status = read_token(admin, &text);
	enum ost_err err;
	bool is_expired;

	if (status != EXIT_DONE)
		return status;
	err = end_device(admin, text);
	if (err == OST_OK)
		return EXIT_DONE;
	if (err == OST_NOTFOUND)
		err = inspect(admin, text, &found);
	if (err == OST_OK && found.kind == INSPECT_FOREIGN)
		return report_refuse("invalid", "no token of this instance");
	if (err == OST_OK && found.kind == INSPECT_ID)
		return report_refuse("id_token",
			"an ID token opens nothing here: there is nothing to "
			"revoke; `ostiary consent revoke` ends what its "
			"application may do");
	is_expired = err == OST_OK &&
		     span_eq(span_of(found.reason), SPAN("expired"));
	if (err == OST_OK && !is_expired)
		err = end(admin, text, &found);
	if (err != OST_OK)
		return report_fail(err, "the token");
	say_end(&admin->out, &found, is_expired);
	return EXIT_DONE;
}

const struct command token_commands[] = {
	{ "token inspect", "", 0, 0, NULL,
		"Say what a token is, and whether it is alive",
		"The token is the first line of standard input: an access, "
		"login, refresh or ID token,\nor an authorization code.",
		NEEDS_RING, token_inspect },
	{ "token revoke", "", 0, 0, NULL, "End a token",
		"The token is the first line of standard input. With a refresh "
		"token its grant ends,\nand so all its tokens; with a code or "
		"a "
		"device code, what it gave.",
		NEEDS_RING, token_revoke },
	{ .name = NULL },
};
