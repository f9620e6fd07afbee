#include "verified.h"
#include "buf.h"
#include "clock.h"
#include "crypto.h"

#include <string.h>
#include <sys/mman.h>

#define ENTRIES	    1024
#define LIFETIME_MS 60000

struct entry {
	unsigned char tag[CRYPTO_HASH_SIZE];
	int64_t until_ms; /* monotonic; 0: empty */
};

struct verified {
	unsigned char key[CRYPTO_HASH_SIZE];
	struct entry entries[ENTRIES];
};

struct verified *
verified_new(void)
{
	struct verified *v = mmap(NULL, sizeof(*v), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (v == MAP_FAILED)
		return NULL;
	/* Best effort: an old kernel may know neither. */
	(void)madvise(v, sizeof(*v), MADV_DONTDUMP);
	(void)madvise(v, sizeof(*v), MADV_WIPEONFORK);
	crypto_random(v->key, sizeof(v->key));
	return v;
}

void
verified_free(struct verified *v)
{
	if (v == NULL)
		return;
	crypto_wipe(v, sizeof(*v));
	munmap(v, sizeof(*v));
}

static bool
make_tag(struct verified *v, struct arena *arena, const struct user *user,
	struct span password, unsigned char tag[static CRYPTO_HASH_SIZE])
{
	const struct span part[] = { user->id, password, user->password };
	struct span data;
	struct buf buf;

	buf_init(&buf, arena);
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		buf_u64(&buf, part[i].n);
		buf_char(&buf, ':');
		buf_add(&buf, part[i]);
	}
	buf_i64(&buf, user->generation);
	return buf_span(&buf, &data) == OST_OK &&
	       crypto_hmac((struct span){ (char *)v->key, sizeof(v->key) },
		       data, tag) == OST_OK;
}

static struct entry *
entry_of(struct verified *v, const unsigned char *tag)
{
	return &v->entries[(tag[0] | (size_t)tag[1] << 8) % ENTRIES];
}

bool
verified_has(struct verified *v, struct arena *arena, const struct user *user,
	struct span password)
{
	unsigned char tag[CRYPTO_HASH_SIZE];
	struct entry *entry;

	if (v == NULL || !make_tag(v, arena, user, password, tag))
		return false;
	entry = entry_of(v, tag);
	if (entry->until_ms == 0)
		return false;
	if (clock_monotonic_ms() >= entry->until_ms) {
		crypto_wipe(entry, sizeof(*entry));
		return false;
	}
	return crypto_equal((struct span){ (char *)tag, sizeof(tag) },
		(struct span){ (char *)entry->tag, sizeof(entry->tag) });
}

void
verified_add(struct verified *v, struct arena *arena, const struct user *user,
	struct span password)
{
	unsigned char tag[CRYPTO_HASH_SIZE];
	struct entry *entry;

	if (v == NULL || !make_tag(v, arena, user, password, tag))
		return;
	entry = entry_of(v, tag);
	memcpy(entry->tag, tag, sizeof(tag));
	entry->until_ms = clock_monotonic_ms() + LIFETIME_MS;
}
