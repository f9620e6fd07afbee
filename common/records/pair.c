#include "pair.h"
#include "codec.h"
#include "record.h"

static const char *const fields[] = { [PKEY_EC] = "ec", [PKEY_RSA] = "rsa" };

enum ost_err
pair_name(struct arena *arena, struct span kid, struct span *name)
{
	return record_key(arena, "pair:", kid, name);
}

static enum ost_err
add_new(struct buf *buf, enum pkey_type type)
{
	struct pkey *key = NULL;
	struct span der, text;
	struct buf hex;
	enum ost_err err = pkey_generate(type, &key);

	if (err == OST_OK)
		err = pkey_encode(key, buf->arena, &der);
	pkey_free(key);
	if (err != OST_OK)
		return err;
	buf_init(&hex, buf->arena);
	hex_encode(&hex, der);
	err = buf_span(&hex, &text);
	if (err == OST_OK)
		record_add(buf, fields[type], text);
	return err;
}

enum ost_err
pair_make(struct arena *arena, struct span *record)
{
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, arena);
	record_begin(&buf);
	err = add_new(&buf, PKEY_EC);
	if (err == OST_OK)
		err = add_new(&buf, PKEY_RSA);
	return err == OST_OK ? buf_span(&buf, record) : err;
}

static enum ost_err
read_key(struct arena *arena, const struct record *record, enum pkey_type type,
	struct pkey **key)
{
	struct span der;
	enum ost_err err =
		hex_decode(arena, record_get(record, fields[type]), &der);

	if (err == OST_OK)
		err = pkey_decode(type, der, key);
	return err == OST_BADINPUT ? OST_STORE : err;
}

enum ost_err
pair_decode(struct arena *arena, struct span raw, struct pair *pair)
{
	struct pair found = { NULL, NULL };
	struct record *record;
	enum ost_err err = record_parse(arena, raw, &record);

	if (err == OST_OK)
		err = read_key(arena, record, PKEY_EC, &found.ec);
	if (err == OST_OK)
		err = read_key(arena, record, PKEY_RSA, &found.rsa);
	if (err == OST_OK)
		*pair = found;
	else
		pair_release(&found);
	return err;
}

enum ost_err
pair_check(const struct pair *pair, struct arena *arena)
{
	enum ost_err err = pkey_check(pair->ec, arena);

	return err == OST_OK ? pkey_check(pair->rsa, arena) : err;
}

void
pair_release(struct pair *pair)
{
	pkey_free(pair->ec);
	pkey_free(pair->rsa);
	*pair = (struct pair){ NULL, NULL };
}
