#ifndef OSTIARY_STORE_H
#define OSTIARY_STORE_H
#include "arena.h"
/*
 * Moves bytes by key; knows no users. Each operation is atomic and, unless
 * the store was opened with STORE_FAST, durable when it returns OST_OK.
 * A record whose expires_ms (wall clock, 0: never) has come is not there.
 *
 * Every operation may return OST_STORE: the store did not answer (I/O error,
 * full disk, damage), which must never be read as OST_NOTFOUND. Keys are 1 to
 * 512 bytes of printable ASCII, values at most 64 KiB: else OST_BADINPUT.
 */
struct store;

enum store_flags {
	STORE_FAST = 1 << 0, /* no fdatasync: what may be lost in a power cut */
	STORE_SHARED = 1 << 1, /* files 0660 instead of 0600 (separate users) */
};

enum store_action {
	STORE_CHECK,  /* only its expectation counts */
	STORE_PUT,    /* write value */
	STORE_DELETE, /* the record need not be there */
};

enum store_expect {
	STORE_ANY,
	STORE_ABSENT, /* must not be there */
	STORE_EQUALS, /* must be there with the bytes `expected` */
};

struct store_item {
	enum store_action action;
	enum store_expect expect;
	struct span key, value, expected;
	int64_t expires_ms; /* of a STORE_PUT; 0: never */
};

/*
 * url is "gdbm:/absolute/folder"; name is the store's name in it: accounts,
 * grants, activity, keyring. The folder must exist. OST_BADINPUT (unknown
 * type), OST_STORE, OST_NOMEM. Ended by store_close(). Not to be used across
 * fork(): a child opens its own.
 */
OST_CHECK enum ost_err store_open(struct span url, const char *name,
	unsigned int flags, struct store **store);
void store_close(struct store *store); /* NULL is allowed */

/* The value, copied into the arena. OST_NOTFOUND. */
OST_CHECK enum ost_err store_get(struct store *store, struct span key,
	struct arena *arena, struct span *value);
/* Writes; OST_CONFLICT when expect is STORE_ABSENT and it is there. expect may
 * not be STORE_EQUALS (that is store_swap()), nor expires_ms be negative. */
OST_CHECK enum ost_err store_put(struct store *store, struct span key,
	struct span value, int64_t expires_ms, enum store_expect expect);
/* Reads and deletes: of several callers exactly one gets it, the others
 * OST_NOTFOUND. */
OST_CHECK enum ost_err store_take(struct store *store, struct span key,
	struct arena *arena, struct span *value);
/* Replaces old by value: OST_NOTFOUND, or OST_CONFLICT when it is not old. */
OST_CHECK enum ost_err store_swap(struct store *store, struct span key,
	struct span old, struct span value, int64_t expires_ms);
/* All items or none: OST_CONFLICT when any expectation fails. No two items
 * may have the same key (OST_BADINPUT). At most 16. */
OST_CHECK enum ost_err store_batch(
	struct store *store, const struct store_item *items, size_t n);
/*
 * For administration: calls each() for every record whose key begins with
 * prefix, in no order, over one consistent state. What it is given lives
 * until it returns. It may not use the store. Ends early with what each()
 * returns when that is not OST_OK.
 */
OST_CHECK enum ost_err store_each(struct store *store, struct span prefix,
	enum ost_err (*each)(void *arg, struct span key, struct span value,
		int64_t expires_ms),
	void *arg);

/*
 * A backend puts off what would make an answer late. Whoever has a moment lets
 * it be done: a program after it has answered, the command before it ends. It
 * costs next to nothing when there is nothing to do. Without it all is right,
 * but files grow.
 */
enum store_leisure {
	STORE_BRIEF,	    /* a program that lives for one request */
	STORE_BETWEEN,	    /* one that lives on */
	STORE_AT_ALL_COSTS, /* all that can be done, now */
};
/* OST_STORE: it failed, nothing is lost, and it will be tried again. */
enum ost_err store_settle(struct store *store, enum store_leisure leisure);

/* Whether a store keeps what it could be made of again, were it damaged. */
enum store_spare {
	STORE_SPARE_NONE, /* not yet */
	STORE_SPARE_GOOD,
	STORE_SPARE_BAD, /* damaged, or not complete */
};

/* What store_check() finds. */
struct store_checker {
	/* key: absent when it is about the store. Never given a value. */
	void (*report)(
		void *arg, bool is_error, struct span key, const char *message);
	/* As of store_each(). */
	enum ost_err (*each)(void *arg, struct span key, struct span value,
		int64_t expires_ms);
	void *arg;
};

struct store_size {
	uint64_t records;     /* that each() was called for */
	uint64_t log_records; /* changes since the store was last folded */
	uint64_t bytes;	      /* of its files */
	enum store_spare spare;
};

/*
 * Looks at a store that need not be sound, and changes nothing: neither takes
 * locks nor mends what store_open() would. Reports what is wrong with it, and
 * calls each() for the records of one consistent state; when an error was
 * reported, for those that can be read. OST_OK: it has looked, whatever it
 * found. OST_STORE: it could not. OST_BADINPUT: nor can this backend.
 */
OST_CHECK enum ost_err store_check(struct span url, const char *name,
	const struct store_checker *checker, struct store_size *size);

/*
 * A backend: the same promises. `put`, `take` and `swap` are made of these
 * three by store.c. take is get plus a batch with STORE_EQUALS, repeated on
 * OST_CONFLICT.
 */
struct store_backend {
	const char *type; /* the word before ':' in the url */
	enum ost_err (*open)(struct span path, const char *name,
		unsigned int flags, void **handle);
	void (*close)(void *handle);
	enum ost_err (*get)(void *handle, struct span key, struct arena *arena,
		struct span *value);
	enum ost_err (*batch)(
		void *handle, const struct store_item *items, size_t n);
	enum ost_err (*each)(void *handle, struct span prefix,
		enum ost_err (*each)(void *arg, struct span key,
			struct span value, int64_t expires_ms),
		void *arg);
	/* NULL: nothing is put off. */
	enum ost_err (*settle)(void *handle, enum store_leisure leisure);
	/* NULL: it cannot. */
	enum ost_err (*check)(struct span path, const char *name,
		const struct store_checker *checker, struct store_size *size);
};

/* store_open() with a backend that is not in the table: for tests. */
OST_CHECK enum ost_err store_open_with(const struct store_backend *backend,
	struct span path, const char *name, unsigned int flags,
	struct store **store);
#endif
