#include "tallyentry.h"
#include "codec.h"
#include "siphash.h"

#include <string.h>

#define TEXTS	  5
#define TEXT_SIZE 288

/* As it lies in the file. */
struct stored {
	uint64_t number;
	int64_t time_ms;
	uint32_t sum; /* of all, with 0 here */
	uint16_t status;
	uint8_t lengths[TEXTS]; /* 0: absent */
	char texts[TEXT_SIZE];	/* each at its place */
	char unused[5];
};
_Static_assert(sizeof(struct stored) == TALLYFILE_ENTRY, "no holes");

/* Reason, program, address, subject, path: the sum is TEXT_SIZE. */
static const uint8_t sizes[TEXTS] = { 56, 24, 48, 64, 96 };

/* Against two that write at once, not against who may write at all. */
static uint32_t
sum_of(const struct stored *stored)
{
	static const uint64_t key[2] = { 0, 0 };
	struct stored copy = *stored;

	copy.sum = 0;
	return (uint32_t)siphash(
		key, (struct span){ (const char *)&copy, sizeof(copy) });
}

/* The length that was kept. */
static uint8_t
put_text(char *p, size_t size, struct span text)
{
	bool is_utf8;
	size_t n = text.n < size ? text.n : size;

	/* Not in the middle of a character. */
	while (n > 0 && n < text.n && (text.p[n] & 0xc0) == 0x80)
		n--;
	is_utf8 = utf8_is_valid((struct span){ text.p, n });
	for (size_t i = 0; i < n; i++) {
		bool is_plain = !char_is_control(text.p[i]) &&
				(is_utf8 || (unsigned char)text.p[i] < 0x80);

		p[i] = is_plain ? text.p[i] : '?';
	}
	return (uint8_t)n;
}

void
tallyentry_write(struct tally_entry *entry, uint64_t number,
	const struct tally_refusal *refusal)
{
	const struct span texts[TEXTS] = { refusal->reason, refusal->program,
		refusal->address, refusal->subject, refusal->path };
	uint64_t words[TALLYFILE_ENTRY / 8];
	struct stored stored;
	char *p = stored.texts;

	memset(&stored, 0, sizeof(stored));
	stored.number = number;
	stored.time_ms = refusal->time_ms;
	stored.status = (uint16_t)refusal->status;
	for (size_t i = 0; i < TEXTS; p += sizes[i++])
		stored.lengths[i] = put_text(p, sizes[i], texts[i]);
	stored.sum = sum_of(&stored);
	memcpy(words, &stored, sizeof(words));
	for (size_t i = 0; i < TALLYFILE_ENTRY / 8; i++)
		atomic_store_explicit(
			&entry->words[i], words[i], memory_order_relaxed);
}

enum ost_err
tallyentry_read(const struct tally_entry *entry, uint64_t number,
	struct arena *arena, struct tally_refusal *refusal)
{
	struct tally_refusal found = { .status = 0 };
	struct span *const texts[TEXTS] = { &found.reason, &found.program,
		&found.address, &found.subject, &found.path };
	uint64_t words[TALLYFILE_ENTRY / 8];
	enum ost_err err = OST_OK;
	struct stored stored;
	const char *p = stored.texts;

	for (size_t i = 0; i < TALLYFILE_ENTRY / 8; i++)
		words[i] = atomic_load_explicit(
			&entry->words[i], memory_order_relaxed);
	memcpy(&stored, words, sizeof(stored));
	if (stored.number != number || stored.sum != sum_of(&stored))
		return OST_NOTFOUND;
	found.time_ms = stored.time_ms;
	found.status = stored.status;
	for (size_t i = 0; i < TEXTS && err == OST_OK; p += sizes[i++])
		if (stored.lengths[i] > sizes[i])
			err = OST_NOTFOUND;
		else if (stored.lengths[i] > 0)
			err = arena_copy(arena,
				(struct span){ p, stored.lengths[i] },
				texts[i]);
	if (err == OST_OK)
		*refusal = found;
	return err;
}
