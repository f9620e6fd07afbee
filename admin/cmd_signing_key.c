/* ostiary signing-key list, rotate. */
#include "command.h"
#include "keyring_write.h"

#define KEEP_MIN_S (24 * 3600)
#define COLUMNS	   5

/* Whether its key pairs are there; an older state has none. */
static enum ost_err
has_pair(struct admin *admin, const struct signing_key *key, bool *yes)
{
	struct span name, record;
	enum ost_err err = pair_name(admin->arena, signing_key_kid(key), &name);

	if (err == OST_OK)
		err = store_get(
			admin->context.keys, name, admin->arena, &record);
	*yes = err == OST_OK;
	return err == OST_NOTFOUND ? OST_OK : err;
}

static enum exit_status
show_ring(struct admin *admin)
{
	const struct keyring *ring = admin->context.ring;
	struct field fields[KEYRING_MAX * COLUMNS];

	for (size_t i = 0; i < ring->n; i++) {
		const struct signing_key *key = &ring->keys[i];
		struct field *row = &fields[COLUMNS * i];
		bool is_whole;
		enum ost_err err = has_pair(admin, key, &is_whole);

		if (err != OST_OK)
			return report_fail(err, "signing keys");
		row[0] = (struct field){ "kid", "key id",
			.text = signing_key_kid(key) };
		row[1] = (struct field){ "state", "state",
			.text = span_of(key_state_name(key->state)) };
		row[2] = (struct field){ "created", "created",
			.kind = FIELD_TIME, .number = key->created_ms };
		row[3] = (struct field){ "retired", "retired",
			.kind = FIELD_TIME, .number = key->retired_ms };
		row[4] = (struct field){ "has_pairs", "key pairs",
			.kind = FIELD_BOOL, .number = is_whole };
	}
	output_table(
		&admin->out, NULL, "signing keys", fields, ring->n, COLUMNS);
	return EXIT_DONE;
}

static struct span
kid_in_state(const struct keyring *ring, enum key_state state)
{
	for (size_t i = 0; i < ring->n; i++)
		if (ring->keys[i].state == state)
			return signing_key_kid(&ring->keys[i]);
	return SPAN_ABSENT;
}

/* As long as anything that an old key signed may be alive. */
static int64_t
keep_ms(const struct config *config)
{
	int64_t seconds = KEEP_MIN_S;

	if (seconds < config->access_token_lifetime_s)
		seconds = config->access_token_lifetime_s;
	if (seconds < config->login_token_lifetime_s)
		seconds = config->login_token_lifetime_s;
	return seconds * 1000;
}

static enum exit_status
rotate(struct admin *admin)
{
	struct keyring *ring = admin->context.ring;
	enum ost_err err = keyring_rotate(ring, admin->context.keys,
		admin->arena, keep_ms(admin->config));

	if (err == OST_TOOBIG)
		return report_refuse("too_often",
			"rotated too often: an older key still has to verify "
			"tokens; wait until one is %lld hours old",
			(long long)(keep_ms(admin->config) / 3600000));
	if (err != OST_OK)
		return report_fail(err, "signing keys");
	const struct field fields[] = {
		{ "current", "signs now",
			.text = kid_in_state(ring, KEY_CURRENT) },
		{ "next", "signs next", .text = kid_in_state(ring, KEY_NEXT) },
		{ "keys", "keys in all", .kind = FIELD_COUNT,
			.number = (int64_t)ring->n },
	};
	output_object(&admin->out, fields, 3);
	return EXIT_DONE;
}

const struct command signing_key_commands[] = {
	{ "signing-key list", "", 0, 0, NULL, "List the keys that sign tokens",
		NULL, NEEDS_RING, show_ring },
	{ "signing-key rotate", "", 0, 0, NULL,
		"Let the next key sign from now on",
		"Old keys verify until all that they signed has expired: "
		"nobody is signed\nout.",
		NEEDS_RING, rotate },
	{ .name = NULL },
};
