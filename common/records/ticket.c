#include "ticket.h"
#include "clock.h"
#include "crypto.h"
#include "mailbox.h"
#include "record.h"
#include "secret.h"

#define PREFIX "ticket:"

static const char *const kinds[] = { "invite", "signup", "reset", "confirm" };
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *
ticket_kind_name(enum ticket_kind kind)
{
	return kinds[kind];
}

struct span
ticket_proves(const struct ticket *ticket)
{
	return ticket->kind != TICKET_INVITE || ticket->is_mailed
		       ? ticket->email
		       : SPAN_ABSENT;
}

/* Whether its user is there already. */
static bool
has_user(const struct ticket *ticket)
{
	return ticket->kind == TICKET_RESET || ticket->kind == TICKET_CONFIRM;
}

static enum ost_err
encode(struct arena *arena, const struct ticket *ticket, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "kind", span_of(kinds[ticket->kind]));
	record_add(&buf, "user", ticket->user_id);
	record_add(&buf, "email", ticket->email);
	if (ticket->is_mailed)
		record_add_i64(&buf, "mailed", 1);
	record_add(&buf, "roles", ticket->roles);
	record_add(&buf, "language", ticket->language);
	if (ticket->by.n > 0)
		record_add(&buf, "by", ticket->by);
	if (ticket->by_epoch != 0)
		record_add_i64(&buf, "by_epoch", ticket->by_epoch);
	record_add_i64(&buf, "generation", ticket->generation);
	record_add_i64(&buf, "created", ticket->created_ms);
	record_add_i64(&buf, "expires", ticket->expires_ms);
	return buf_span(&buf, value);
}

static bool
is_whole(const struct ticket *ticket)
{
	if (ticket->user_id.n == 0 || ticket->generation < 0 ||
		ticket->created_ms < 0 || ticket->expires_ms <= 0)
		return false;
	return ticket->kind == TICKET_RESET ||
	       mail_address_is_valid(ticket->email);
}

enum ost_err
ticket_decode(struct arena *arena, struct span key, struct span value,
	struct ticket *ticket)
{
	struct ticket found = { .raw = value };
	struct record *record;
	size_t kind = 0;
	enum ost_err err = record_parse(arena, value, &record);

	if (err != OST_OK)
		return err;
	while (kind < KINDS &&
		!span_eq(record_get(record, "kind"), span_of(kinds[kind])))
		kind++;
	if (kind == KINDS || !span_starts(key, SPAN(PREFIX)))
		return OST_STORE;
	found.kind = (enum ticket_kind)kind;
	found.hash = span_skip(key, sizeof(PREFIX) - 1);
	found.user_id = record_get(record, "user");
	found.email = record_get(record, "email");
	found.is_mailed = record_get_i64(record, "mailed") == 1;
	found.roles = record_get(record, "roles");
	found.language = record_get(record, "language");
	found.by = record_get(record, "by");
	found.by_epoch = record_get_i64(record, "by_epoch");
	found.generation = record_get_i64(record, "generation");
	found.created_ms = record_get_i64(record, "created");
	found.expires_ms = record_get_i64(record, "expires");
	if (!is_whole(&found))
		return OST_STORE;
	*ticket = found;
	return OST_OK;
}

enum ost_err
ticket_create(struct store *grants, struct arena *arena, struct ticket *ticket,
	int64_t lifetime_ms, struct span *text)
{
	char random[CRYPTO_TEXT_SIZE];
	struct ticket made = *ticket;
	struct span secret, key;
	enum ost_err err;

	made.created_ms = clock_wall_ms();
	made.expires_ms = made.created_ms + lifetime_ms;
	crypto_random_text(random);
	err = arena_copy(
		arena, (struct span){ random, sizeof(random) }, &secret);
	crypto_wipe(random, sizeof(random));
	if (err == OST_OK)
		err = secret_hash(arena, secret, &made.hash);
	if (err == OST_OK && !has_user(&made))
		err = record_new_id(arena, 'u', &made.user_id);
	if (err == OST_OK && !is_whole(&made))
		err = OST_BADINPUT;
	if (err == OST_OK)
		err = record_key(arena, PREFIX, made.hash, &key);
	if (err == OST_OK)
		err = encode(arena, &made, &made.raw);
	if (err == OST_OK)
		err = store_put(
			grants, key, made.raw, made.expires_ms, STORE_ABSENT);
	if (err != OST_OK)
		return err;
	*ticket = made;
	*text = secret;
	return OST_OK;
}

enum ost_err
ticket_find(struct store *grants, struct arena *arena, struct span text,
	struct ticket *ticket)
{
	struct span hash, key, value;
	struct ticket found;
	enum ost_err err;

	if (text.n != CRYPTO_TEXT_SIZE)
		return OST_NOTFOUND;
	err = secret_hash(arena, text, &hash);
	if (err == OST_OK)
		err = record_key(arena, PREFIX, hash, &key);
	if (err == OST_OK)
		err = store_get(grants, key, arena, &value);
	if (err == OST_OK)
		err = ticket_decode(arena, key, value, &found);
	if (err != OST_OK)
		return err;
	if (clock_wall_ms() >= found.expires_ms)
		return OST_NOTFOUND;
	*ticket = found;
	return OST_OK;
}

enum ost_err
ticket_use(
	struct store *grants, struct arena *arena, const struct ticket *ticket)
{
	struct store_item item = { .action = STORE_DELETE,
		.expect = STORE_EQUALS,
		.expected = ticket->raw };
	enum ost_err err = record_key(arena, PREFIX, ticket->hash, &item.key);

	return err == OST_OK ? store_batch(grants, &item, 1) : err;
}
