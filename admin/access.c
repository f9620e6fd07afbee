#include "access.h"
#include "collect.h"

enum ost_err
consent_decode(struct arena *arena, struct span key, struct span value,
	struct remembered *consent)
{
	struct span user_id, client_id;
	enum ost_err err = remembered_decode(arena, value, consent);

	if (err != OST_OK)
		return err;
	if (!remembered_split(key, &user_id, &client_id))
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
	enum ost_err err = collect(admin->context.grants,
		SPAN(REMEMBERED_PREFIX), admin->arena, &found);

	*n = 0;
	if (err == OST_OK) {
		*consents = arena_array(
			admin->arena, found.n + 1, sizeof(**consents));
		err = *consents != NULL ? OST_OK : OST_NOMEM;
	}
	if (err == OST_OK)
		err = decode_all(
			admin, &found, user_id, client_id, *consents, n);
	return err == OST_OK
		       ? EXIT_DONE
		       : report_fail(err, "records " REMEMBERED_PREFIX "*");
}
