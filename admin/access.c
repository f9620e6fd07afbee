#include "access.h"
#include "collect.h"
#include "record.h"

#define CONSENT "consent:"

static bool
split_key(struct span key, struct span *user_id, struct span *client_id)
{
	if (!span_starts(key, SPAN(CONSENT)))
		return false;
	key = span_skip(key, sizeof(CONSENT) - 1);
	if (!span_cut(&key, ':', user_id))
		return false;
	*client_id = key;
	return user_id->n > 0 && key.n > 0 && !span_has(key, ':');
}

enum ost_err
consent_decode(struct arena *arena, struct span key, struct span value,
	struct remembered *consent)
{
	struct span user_id, client_id;
	enum ost_err err = remembered_decode(arena, value, consent);

	if (err != OST_OK)
		return err;
	if (!split_key(key, &user_id, &client_id))
		return OST_STORE;
	consent->user_id = user_id;
	consent->client_id = client_id;
	return OST_OK;
}

static bool
is_of(struct span wanted, struct span id)
{
	return span_is_absent(wanted) || span_eq(wanted, id);
}

static enum ost_err
decode_all(struct admin *admin, const struct collection *found,
	struct span user_id, struct span client_id, struct consent *consents,
	size_t *n)
{
	enum ost_err err = OST_OK;

	for (size_t i = 0; err == OST_OK && i < found->n; i++) {
		const struct collected *item = &found->items[i];
		struct consent *consent = &consents[*n];

		err = consent_decode(admin->arena, item->key, item->value,
			&consent->remembered);
		if (err != OST_OK ||
			!is_of(user_id, consent->remembered.user_id) ||
			!is_of(client_id, consent->remembered.client_id))
			continue;
		consent->expires_ms = item->expires_ms;
		++*n;
	}
	return err;
}

enum exit_status
find_consents(struct admin *admin, struct span user_id, struct span client_id,
	struct consent **consents, size_t *n)
{
	struct collection found;
	enum ost_err err = collect(
		admin->context.grants, SPAN(CONSENT), admin->arena, &found);

	*n = 0;
	if (err == OST_OK) {
		*consents = arena_array(
			admin->arena, found.n + 1, sizeof(**consents));
		err = *consents != NULL ? OST_OK : OST_NOMEM;
	}
	if (err == OST_OK)
		err = decode_all(
			admin, &found, user_id, client_id, *consents, n);
	return err == OST_OK ? EXIT_DONE
			     : report_fail(err, "records " CONSENT "*");
}

/* A record of a kind that names user and application: whether it is theirs. A
 * code that was used up stays, to be recognised. */
static enum ost_err
concerns(struct arena *arena, const struct collected *item, struct span user_id,
	struct span client_id, bool *is_theirs)
{
	struct record *record;
	struct span user, client;
	enum ost_err err = record_parse(arena, item->value, &record);

	if (err != OST_OK)
		return err;
	if (!split_key(item->key, &user, &client)) {
		user = record_get(record, "user");
		client = record_get(record, "client_id");
	}
	*is_theirs = is_of(user_id, user) && is_of(client_id, client) &&
		     record_get(record, "used_by").n == 0;
	return OST_OK;
}

static enum ost_err
end_kind(struct admin *admin, const char *prefix, bool is_code,
	struct span user_id, struct span client_id, size_t *ended)
{
	struct store *grants = admin->context.grants;
	struct collection found;
	enum ost_err err =
		collect(grants, span_of(prefix), admin->arena, &found);

	for (size_t i = 0; err == OST_OK && i < found.n; i++) {
		struct store_item item = { .action = STORE_DELETE,
			.expect = STORE_EQUALS,
			.key = found.items[i].key,
			.expected = found.items[i].value };
		bool is_theirs;

		err = concerns(admin->arena, &found.items[i], user_id,
			client_id, &is_theirs);
		if (err != OST_OK || !is_theirs)
			continue;
		/* A grant that was refreshed meanwhile, or a consent that was
		 * given once more, ends too. */
		if (!is_code)
			item.expect = STORE_ANY;
		err = store_batch(grants, &item, 1);
		*ended += err == OST_OK;
		/* Used up or decided meanwhile: by now it is a grant. */
		if (err == OST_CONFLICT)
			err = OST_OK;
	}
	return err;
}

enum ost_err
access_end(struct admin *admin, struct span user_id, struct span client_id,
	struct ended *ended)
{
	size_t codes = 0;
	enum ost_err err;

	*ended = (struct ended){ 0 };
	err = end_kind(
		admin, CONSENT, false, user_id, client_id, &ended->consents);
	if (err == OST_OK)
		err = end_kind(
			admin, "device:", true, user_id, client_id, &codes);
	if (err == OST_OK)
		err = end_kind(
			admin, "code:", true, user_id, client_id, &codes);
	if (err == OST_OK && span_is_absent(client_id))
		err = end_kind(
			admin, "ticket:", true, user_id, client_id, &codes);
	return err == OST_OK ? end_kind(admin, "grant:", false, user_id,
				       client_id, &ended->grants)
			     : err;
}
