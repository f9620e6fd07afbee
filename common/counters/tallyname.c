#include "tallyname.h"

#include <string.h>

/* A word as it stands in the file: cut, and filled up with NULs. */
struct word {
	uint64_t words[TALLYFILE_WORD / 8];
	uint64_t tag;
};

static struct word
word_of(struct span reason)
{
	struct word word = { .tag = 0 };
	size_t n = reason.n < TALLYFILE_WORD ? reason.n : TALLYFILE_WORD - 1;

	if (n > 0)
		memcpy(word.words, reason.p, n);
	word.tag = tallyfile_tag((struct span){ reason.p, n });
	return word;
}

/* Where a name is or could be, and what tag is there: its own or 0. */
static size_t
name_place(struct tally_map *map, uint64_t tag, uint64_t *found)
{
	for (size_t i = 0; i < TALLYFILE_NAMES - 1; i++) {
		size_t place = 1 + (tag + i) % (TALLYFILE_NAMES - 1);

		*found = atomic_load_explicit(
			&map->names[place].tag, memory_order_relaxed);
		if (*found == tag || *found == 0)
			return place;
	}
	return TALLYFILE_OTHER;
}

size_t
tallyname_take(struct tally_map *map, struct span reason)
{
	struct word word = word_of(reason);
	struct tally_name *name;
	uint64_t found = 0;
	size_t place;

	/* A place that another name took meanwhile is none: the next one. */
	do {
		place = name_place(map, word.tag, &found);
		if (place == TALLYFILE_OTHER)
			return place;
		name = &map->names[place];
	} while (
		found == 0 &&
		!atomic_compare_exchange_strong(&name->tag, &found, word.tag) &&
		found != word.tag);
	/* Also when he who took it was killed before he wrote it. */
	for (size_t i = 0; i < TALLYFILE_WORD / 8; i++)
		if (atomic_load_explicit(&name->word[i],
			    memory_order_relaxed) != word.words[i])
			atomic_store_explicit(&name->word[i], word.words[i],
				memory_order_relaxed);
	return place;
}

bool
tallyname_find(struct tally_map *map, struct span reason, size_t *place)
{
	struct word word = word_of(reason);
	uint64_t found = 0;

	*place = TALLYFILE_OTHER;
	if (span_eq(reason, SPAN("other")))
		return true;
	*place = name_place(map, word.tag, &found);
	return found == word.tag;
}

enum ost_err
tallyname_word(const struct tally_map *map, size_t place, struct arena *arena,
	struct span *word)
{
	uint64_t words[TALLYFILE_WORD / 8];
	const char *p = (const char *)words;
	struct span found = { p, 0 };

	for (size_t i = 0; i < TALLYFILE_WORD / 8; i++)
		words[i] = atomic_load_explicit(
			&map->names[place].word[i], memory_order_relaxed);
	while (found.n < TALLYFILE_WORD && p[found.n] != '\0')
		found.n++;
	/* What it is not, or not yet, is not shown. */
	if (place == TALLYFILE_OTHER ||
		map->names[place].tag != tallyfile_tag(found))
		found = SPAN("other");
	return arena_copy(arena, found, word);
}
