#include "codec.h"
#include "dump.h"
#include "load.h"
#include "password.h"
#include "record.h"

#include <string.h>

#define LINE_MAX_BYTES ((size_t)1024 * 1024)
#define KEY_MAX	       512
#define VALUE_MAX      65536
#define SEAL_FAULT     "the passphrase is wrong, or the dump was changed"

/* Walks the members of a record's line. */
struct reader {
	struct load *load;
	struct span store, key, expires, sealed_totp;
	struct buf value; /* the record, spelled for the store */
	bool is_bad;	  /* a name that no field can have */
};

static bool
name_is_good(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!char_is_alnum(name.p[i]) && name.p[i] != '_')
			return false;
	return name.n > 0 && !span_eq(name, SPAN("v"));
}

static enum ost_err
read_member(void *arg, struct span name, struct span text)
{
	struct reader *reader = arg;
	struct arena *arena = reader->load->arena;

	if (span_eq(name, SPAN("store")))
		return arena_copy(arena, text, &reader->store);
	if (span_eq(name, SPAN("key")))
		return arena_copy(arena, text, &reader->key);
	if (span_eq(name, SPAN("expires_ms")))
		return arena_copy(arena, text, &reader->expires);
	if (span_eq(name, SPAN(DUMP_TOTP_SEALED_FIELD)))
		return arena_copy(arena, text, &reader->sealed_totp);
	if (!name_is_good(name))
		return OST_BADINPUT;
	record_add(&reader->value, name.p, text);
	return OST_OK;
}

static bool
key_is_good(struct span key)
{
	for (size_t i = 0; i < key.n; i++)
		if (char_is_control(key.p[i]) || (unsigned char)key.p[i] > 0x7e)
			return false;
	return key.n <= KEY_MAX && span_has(key, ':');
}

static enum ost_err
open_hex(const struct load *load, struct span hex, const char *what,
	struct span id, struct span *secret)
{
	struct span sealed, label;
	enum ost_err err = hex_decode(load->arena, hex, &sealed);

	if (err == OST_OK)
		err = dump_seal_label(load->arena, what, id, &label);
	if (err == OST_OK)
		err = seal_open(
			load->seal_key, label, sealed, load->arena, secret);
	return err;
}

/* The secret of a user's authenticator, sealed. Without the key of the seal the
 * empty one is taken: there is a second step, but only recovery codes open. */
static enum ost_err
read_totp(struct reader *reader)
{
	struct span id = reader->key, secret = SPAN("");
	enum ost_err err = OST_OK;

	if (span_is_absent(reader->sealed_totp))
		return OST_OK;
	while (span_has(id, ':'))
		id = span_skip(id, 1);
	if (reader->load->has_seal_key)
		err = open_hex(reader->load, reader->sealed_totp, DUMP_TOTP, id,
			&secret);
	if (err == OST_OK)
		record_add(&reader->value, DUMP_TOTP_FIELD, secret);
	return err;
}

static enum exit_status
read_record(struct load *load, const struct json *root)
{
	struct reader reader = { .load = load };
	struct store_item item = { .action = STORE_PUT };
	unsigned int store = 0;
	enum exit_status status;
	uint64_t expires = 0;
	enum ost_err err;

	buf_init(&reader.value, load->arena);
	record_begin(&reader.value);
	err = json_each_member(root, read_member, &reader);
	if (err == OST_OK)
		err = read_totp(&reader);
	if (err == OST_DENIED)
		return load_fault(load, SEAL_FAULT);
	if (err == OST_OK)
		err = buf_span(&reader.value, &item.value);
	if (err == OST_NOMEM)
		return report_fail(err, "load");
	while (store < DUMP_STORES &&
		!span_eq(reader.store, span_of(dump_stores[store])))
		store++;
	if (err != OST_OK || store == DUMP_STORES || !key_is_good(reader.key) ||
		item.value.n > VALUE_MAX ||
		(!span_is_absent(reader.expires) &&
			span_to_u64(reader.expires, 1, INT64_MAX, &expires) !=
				OST_OK))
		return load_fault(load, "this is no record");
	item.key = reader.key;
	item.expires_ms = (int64_t)expires;
	if (dump_is_index(store, item.key))
		return load_fault(load, "%.*s is made by load itself",
			SPAN_ARG(item.key));
	status = load_check(load, store, &item);
	return status == EXIT_DONE ? load_add(load, store, &item) : status;
}

static bool
read_time(const struct json *root, const char *name, int64_t *time_ms)
{
	struct span text;
	uint64_t number;

	if (json_get_string(root, name, &text) != OST_OK ||
		span_to_u64(text, 0, INT64_MAX, &number) != OST_OK)
		return false;
	*time_ms = (int64_t)number;
	return true;
}

/* All of a signing key but its secret. */
static bool
read_key(const struct json *root, struct signing_key *key)
{
	struct span kid, state;
	int i = KEY_NEXT;

	if (json_get_string(root, "kid", &kid) != OST_OK || kid.n != KID_SIZE ||
		json_get_string(root, "state", &state) != OST_OK ||
		!read_time(root, "created_ms", &key->created_ms) ||
		!read_time(root, "retired_ms", &key->retired_ms))
		return false;
	for (size_t k = 0; k < kid.n; k++)
		if (!char_is_alnum(kid.p[k]))
			return false;
	while (i <= KEY_OLD &&
		!span_eq(state, span_of(key_state_name((enum key_state)i))))
		i++;
	memcpy(key->kid, kid.p, KID_SIZE);
	key->state = (enum key_state)i;
	return i <= KEY_OLD;
}

static enum ost_err
open_sealed(const struct load *load, const struct json *root, const char *name,
	const char *what, const struct signing_key *key, struct span *secret)
{
	struct span hex;
	enum ost_err err = json_get_string(root, name, &hex);

	return err == OST_OK
		       ? open_hex(load, hex, what, signing_key_kid(key), secret)
		       : err;
}

/* Its key pairs, which a dump of an older state lacks. */
static enum ost_err
open_pair(const struct load *load, const struct json *root,
	const struct signing_key *key, struct span *record)
{
	struct pair pair = { NULL, NULL };
	struct span opened;
	enum ost_err err =
		open_sealed(load, root, "sealed_pair", DUMP_PAIR, key, &opened);

	if (err == OST_NOTFOUND)
		return OST_OK;
	if (err != OST_OK)
		return err;
	err = pair_decode(load->arena, opened, &pair);
	if (err == OST_OK)
		err = pair_check(&pair, load->arena);
	pair_release(&pair);
	if (err == OST_OK)
		*record = opened;
	return err == OST_STORE || err == OST_DENIED ? OST_BADINPUT : err;
}

static enum ost_err
open_secrets(struct load *load, const struct json *root,
	struct signing_key *key, struct span *pair)
{
	struct span secret;
	enum ost_err err = open_sealed(
		load, root, "sealed_secret", DUMP_SECRET, key, &secret);

	if (err != OST_OK)
		return err;
	if (secret.n != sizeof(key->secret))
		return OST_BADINPUT;
	memcpy(key->secret, secret.p, secret.n);
	return open_pair(load, root, key, pair);
}

static enum exit_status
read_signing_key(struct load *load, const struct json *root)
{
	struct signing_key *key = &load->signing_keys[load->signing_keys_n];
	enum ost_err err = OST_OK;

	if (load->signing_keys_n == KEYRING_MAX)
		return load_fault(
			load, "more than %d signing keys", KEYRING_MAX);
	if (!read_key(root, key))
		return load_fault(load, "this is no signing key");
	for (size_t i = 0; i < load->signing_keys_n; i++)
		if (memcmp(load->signing_keys[i].kid, key->kid, KID_SIZE) == 0)
			return load_fault(load, "this signing key is there "
						"twice");
	if (load->has_seal_key)
		err = open_secrets(
			load, root, key, &load->pairs[load->signing_keys_n]);
	load->signing_keys_n++;
	if (err == OST_DENIED)
		return load_fault(load, SEAL_FAULT);
	if (err == OST_BADINPUT || err == OST_NOTFOUND)
		return load_fault(load, "this is no sealed signing key");
	return err == OST_OK ? EXIT_DONE : report_fail(err, "signing keys");
}

static enum exit_status
derive_key(struct load *load, const struct json *root)
{
	struct span salt, hex, text;
	struct password_cost cost;
	enum ost_err err = json_get_string(root, "salt", &hex);

	if (err == OST_OK)
		err = hex_decode(load->arena, hex, &salt);
	if (err == OST_OK)
		err = json_get_string(root, "cost", &text);
	if (err == OST_OK)
		err = password_cost_parse(text, &cost);
	if (err != OST_OK || salt.n != DUMP_SALT_SIZE)
		return load_fault(load, "salt or cost of the seal is wrong");
	err = password_scrypt(load->admin->passphrase, salt, &cost,
		load->seal_key, sizeof(load->seal_key));
	load->has_seal_key = err == OST_OK;
	return err == OST_OK ? EXIT_DONE : report_fail(err, "the passphrase");
}

static enum exit_status
read_header(struct load *load, const struct json *root)
{
	struct span seal;
	int64_t version;

	if (json_get_i64(root, "ostiary_dump", &version) != OST_OK)
		return load_fault(load, "this is not the beginning of a dump");
	if (version != DUMP_VERSION)
		return load_fault(load,
			"a dump of version %lld; this command reads %d",
			(long long)version, DUMP_VERSION);
	if (json_get_string(root, "signing_keys", &seal) != OST_OK)
		return load_fault(load, "nothing is said about signing keys");
	load->has_header = true;
	load->is_sealed = span_eq(seal, SPAN("sealed"));
	if (!load->is_sealed ||
		argument_has(&load->admin->arguments, "new-signing-keys"))
		return EXIT_DONE;
	if (span_is_absent(load->admin->passphrase))
		return report_usage("load: the signing keys are sealed; give "
				    "--passphrase-file, or --new-signing-keys "
				    "to do without them");
	return derive_key(load, root);
}

static enum exit_status
read_root(struct load *load, const struct json *root)
{
	struct span store;
	int64_t records;

	if (!json_is_object(root))
		return load_fault(load, "this is no JSON object");
	if (!load->has_header)
		return read_header(load, root);
	if (load->has_end)
		return load_fault(load, "something stands behind the end");
	if (json_get_i64(root, "ostiary_dump_end", &records) == OST_OK) {
		if (records != load->records)
			return load_fault(load,
				"%lld records are here, but %lld were written",
				(long long)load->records, (long long)records);
		load->has_end = true;
		return EXIT_DONE;
	}
	load->records++;
	if (json_get_string(root, "store", &store) == OST_OK &&
		span_eq(store, SPAN("keyring")))
		return read_signing_key(load, root);
	return read_record(load, root);
}

enum exit_status
load_line(struct load *load, struct span line)
{
	struct json *root;
	enum exit_status status;
	enum ost_err err = json_parse(line, LINE_MAX_BYTES, &root);

	if (err == OST_NOMEM)
		return report_fail(err, "load");
	if (err != OST_OK)
		return load_fault(load, "this is no JSON that can be read");
	status = read_root(load, root);
	json_free(root);
	return status;
}
