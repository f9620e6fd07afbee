/* ostiary dump: writes the state to standard output. */
#include "codec.h"
#include "collect.h"
#include "dump.h"
#include "input.h"
#include "password.h"
#include "record.h"

#include <errno.h>
#include <string.h>

#define FLUSH_SIZE  65536
#define SCRATCH_MAX ((size_t)1024 * 1024)

struct dump {
	struct admin *admin;
	struct arena *scratch; /* of one record */
	int64_t lines;
	bool is_sealed;
	unsigned char key[SEAL_KEY_SIZE];
};

static struct json_writer *
line_begin(struct dump *dump)
{
	struct json_writer *json = &dump->admin->out.json;

	json_begin(json, &dump->admin->out.text);
	json_open(json, NULL, '{');
	return json;
}

static enum exit_status
line_end(struct dump *dump)
{
	struct output *out = &dump->admin->out;
	enum ost_err err = OST_OK;

	json_close(&out->json);
	buf_char(&out->text, '\n');
	if (out->text.n >= FLUSH_SIZE)
		err = output_flush(out);
	arena_reset(dump->scratch);
	if (err == OST_SYSTEM)
		return report_fail_system(
			"standard output: %s", strerror(errno));
	return err == OST_OK ? EXIT_DONE : report_fail(err, "dump");
}

/* The first line. With a passphrase the signing keys will be sealed by a key
 * that is derived of it. */
static enum exit_status
write_header(struct dump *dump)
{
	const struct password_cost *cost = &dump->admin->config->password_cost;
	struct json_writer *json = line_begin(dump);
	char salt[DUMP_SALT_SIZE];
	struct span salt_span = { salt, sizeof(salt) }, text = SPAN("");
	struct buf buf;
	enum ost_err err;

	json_i64(json, "ostiary_dump", DUMP_VERSION);
	json_string(json, "signing_keys",
		dump->is_sealed ? SPAN("sealed") : SPAN("absent"));
	if (!dump->is_sealed)
		return line_end(dump);
	crypto_random(salt, sizeof(salt));
	err = password_scrypt(dump->admin->passphrase, salt_span, cost,
		dump->key, sizeof(dump->key));
	buf_init(&buf, dump->scratch);
	hex_encode(&buf, salt_span);
	if (err == OST_OK)
		err = buf_span(&buf, &text);
	json_string(json, "salt", text);
	buf_init(&buf, dump->scratch);
	buf_printf(&buf, "ln=%u,r=%u,p=%u", cost->ln, cost->r, cost->p);
	if (err == OST_OK)
		err = buf_span(&buf, &text);
	json_string(json, "cost", text);
	return err == OST_OK ? line_end(dump)
			     : report_fail(err, "the passphrase");
}

/* A name that the line itself uses, or that is there twice, would change the
 * meaning of the line; text that JSON cannot hold would be lost. */
static bool
field_fits(const struct record *record, struct span name, struct span value)
{
	return record_get(record, name.p).p == value.p &&
	       !span_eq(name, SPAN("store")) && !span_eq(name, SPAN("key")) &&
	       !span_eq(name, SPAN("expires_ms")) && utf8_is_valid(name) &&
	       utf8_is_valid(value) && !span_has(value, '\0');
}

static void
write_number(struct json_writer *json, struct arena *arena, const char *name,
	int64_t number)
{
	struct span text;
	struct buf buf;

	buf_init(&buf, arena);
	buf_i64(&buf, number);
	if (buf_span(&buf, &text) != OST_OK)
		json->buf->is_failed = true;
	else
		json_string(json, name, text);
}

static enum ost_err
write_sealed(struct dump *dump, const char *name, const char *what,
	struct span kid, struct span secret)
{
	struct span label, bytes, text;
	struct buf sealed, hex;
	enum ost_err err = dump_seal_label(dump->scratch, what, kid, &label);

	buf_init(&sealed, dump->scratch);
	if (err == OST_OK)
		err = seal_close(dump->key, label, secret, &sealed);
	if (err == OST_OK)
		err = buf_span(&sealed, &bytes);
	if (err != OST_OK)
		return err;
	buf_init(&hex, dump->scratch);
	hex_encode(&hex, bytes);
	err = buf_span(&hex, &text);
	if (err == OST_OK)
		json_string(&dump->admin->out.json, name, text);
	return err;
}

/* The secret of a user's authenticator. Where it is left out the empty one says
 * that the password alone is still not enough. */
static enum ost_err
write_totp(struct dump *dump, struct json_writer *json, struct span key,
	struct span secret)
{
	struct span id = key;

	while (span_has(id, ':'))
		id = span_skip(id, 1);
	if (dump->is_sealed && secret.n > 0)
		return write_sealed(
			dump, DUMP_TOTP_SEALED_FIELD, DUMP_TOTP, id, secret);
	json_string(json, DUMP_TOTP_FIELD, SPAN(""));
	return OST_OK;
}

static enum ost_err
write_fields(struct dump *dump, struct json_writer *json, struct span key,
	struct span value)
{
	struct record *record;
	struct span name, text;
	enum ost_err err = record_parse(dump->scratch, value, &record);

	if (err != OST_OK)
		return err;
	/* The field 0 is the version, which every line shares. */
	for (size_t i = 1; record_field(record, i, &name, &text); i++) {
		err = arena_copy(dump->scratch, name, &name);
		if (err != OST_OK)
			return err;
		if (!field_fits(record, name, text))
			return OST_STORE;
		if (!span_eq(name, SPAN(DUMP_TOTP_FIELD)))
			json_string(json, name.p, text);
		else
			err = write_totp(dump, json, key, text);
		if (err != OST_OK)
			return err;
	}
	return OST_OK;
}

static enum exit_status
write_record(struct dump *dump, unsigned int store,
	const struct collected *collected)
{
	struct json_writer *json = line_begin(dump);
	enum ost_err err;

	dump->lines++;
	json_string(json, "store", span_of(dump_stores[store]));
	json_string(json, "key", collected->key);
	if (collected->expires_ms != 0)
		write_number(json, dump->scratch, "expires_ms",
			collected->expires_ms);
	err = write_fields(dump, json, collected->key, collected->value);
	if (err == OST_OK)
		return line_end(dump);
	return report_fail(err, "record %.*s of %s cannot be written as JSON",
		SPAN_ARG(collected->key), dump_stores[store]);
}

static enum exit_status
write_store(struct dump *dump, unsigned int store)
{
	struct admin *admin = dump->admin;
	struct collection found;
	enum exit_status status = EXIT_DONE;
	enum ost_err err = collect(dump_store(&admin->context, store), SPAN(""),
		admin->arena, &found);

	if (err != OST_OK)
		return report_fail(err, "store %s", dump_stores[store]);
	for (size_t i = 0; status == EXIT_DONE && i < found.n; i++)
		if (!dump_is_index(store, found.items[i].key))
			status = write_record(dump, store, &found.items[i]);
	return status;
}

/* What is secret of a signing key. One of an older state may have no pairs. */
static enum ost_err
write_secrets(struct dump *dump, const struct signing_key *key)
{
	struct span kid = signing_key_kid(key), name, pair;
	enum ost_err err = write_sealed(dump, "sealed_secret", DUMP_SECRET, kid,
		(struct span){
			(const char *)key->secret, sizeof(key->secret) });

	if (err == OST_OK)
		err = pair_name(dump->scratch, kid, &name);
	if (err == OST_OK)
		err = store_get(
			dump->admin->context.keys, name, dump->scratch, &pair);
	if (err == OST_OK)
		err = write_sealed(dump, "sealed_pair", DUMP_PAIR, kid, pair);
	return err == OST_NOTFOUND ? OST_OK : err;
}

static enum exit_status
write_ring(struct dump *dump)
{
	const struct keyring *ring = dump->admin->context.ring;
	enum exit_status status = EXIT_DONE;

	for (size_t i = 0; status == EXIT_DONE && i < ring->n; i++) {
		const struct signing_key *key = &ring->keys[i];
		struct json_writer *json = line_begin(dump);
		enum ost_err err = OST_OK;

		dump->lines++;
		json_string(json, "store", SPAN("keyring"));
		json_string(json, "kid", signing_key_kid(key));
		json_string(json, "state", span_of(key_state_name(key->state)));
		write_number(
			json, dump->scratch, "created_ms", key->created_ms);
		write_number(
			json, dump->scratch, "retired_ms", key->retired_ms);
		if (dump->is_sealed)
			err = write_secrets(dump, key);
		status = err == OST_OK ? line_end(dump)
				       : report_fail(err, "signing keys");
	}
	return status;
}

static enum exit_status
write_all(struct dump *dump)
{
	enum exit_status status = write_header(dump);

	for (unsigned int i = 0; status == EXIT_DONE && i < DUMP_STORES; i++)
		status = write_store(dump, i);
	if (status == EXIT_DONE)
		status = write_ring(dump);
	if (status != EXIT_DONE)
		return status;
	json_i64(line_begin(dump), "ostiary_dump_end", dump->lines);
	return line_end(dump);
}

static enum exit_status
run(struct admin *admin)
{
	struct dump dump = { .admin = admin };
	enum exit_status status;

	dump.is_sealed = !span_is_absent(admin->passphrase);
	dump.scratch = arena_new(SCRATCH_MAX);
	if (dump.scratch == NULL)
		return report_fail(OST_NOMEM, "dump");
	status = write_all(&dump);
	arena_free(dump.scratch);
	crypto_wipe(dump.key, sizeof(dump.key));
	return status;
}

static const struct option options[] = {
	{ .name = "passphrase-file",
		.value = "FILE",
		.help = "its first line seals the signing keys" },
	{ .name = "passphrase-stdin",
		.help = "or that of standard input does" },
	{ .name = NULL },
};

const struct command dump_commands[] = {
	{ "dump", "", 0, 0, options, "Write the whole state as JSON lines",
		"For `ostiary load`. Passwords and secrets stand there as the "
		"hashes that the\nstate holds. Signing keys are sealed by a "
		"passphrase; without one they are left\nout, and what was "
		"signed is not accepted where the dump is loaded.",
		NEEDS_RING, run },
	{ .name = NULL },
};
