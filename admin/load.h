#ifndef OSTIARY_LOAD_H
#define OSTIARY_LOAD_H
#include "command.h"
#include "seal.h"
/* What `ostiary load` has read of a dump and not yet written. */

struct load_item {
	unsigned int line;
	unsigned int store; /* index into dump_stores */
	struct store_item item;
};

struct load {
	struct admin *admin;
	struct arena *arena;
	unsigned int line; /* being read, from 1 */
	bool has_header, has_end;
	int64_t records; /* lines that hold one */
	size_t expired;	 /* records left out */
	struct load_item *items;
	size_t n, size;
	bool is_sealed; /* the signing keys' secrets are there */
	bool has_seal_key;
	unsigned char seal_key[SEAL_KEY_SIZE];
	size_t signing_keys_n;
	struct signing_key signing_keys[KEYRING_MAX];
	struct span pairs[KEYRING_MAX]; /* their records; absent: none */
};

/* "line N: message", as EXIT_REFUSED. */
__attribute__((format(printf, 2, 3))) enum exit_status load_fault(
	const struct load *load, const char *format, ...);
/* Reads one line of the dump. */
enum exit_status load_line(struct load *load, struct span line);
/* Adds an item, unless it has expired already. */
enum exit_status load_add(
	struct load *load, unsigned int store, const struct store_item *item);
/* Checks a record as its module would, and adds the records that lead to it
 * by name or hash, which a dump leaves out. */
enum exit_status load_check(
	struct load *load, unsigned int store, const struct store_item *item);
#endif
