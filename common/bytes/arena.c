#include "arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 16384

struct block {
	struct block *next;
	size_t size, used; /* bytes of data[] */
	alignas(max_align_t) char data[];
};

struct arena {
	struct block *blocks;
	size_t size_max, size;
};

struct arena *
arena_new(size_t size_max)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena != NULL)
		arena->size_max = size_max;
	return arena;
}

static struct block *
block_add(struct arena *arena, size_t n)
{
	size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;
	struct block *block = malloc(sizeof(*block) + size);

	if (block == NULL)
		return NULL;
	block->size = size;
	block->used = 0;
	/* A large piece goes behind the block in use, which keeps its room. */
	if (n > BLOCK_SIZE && arena->blocks != NULL) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

void *
arena_alloc(struct arena *arena, size_t n)
{
	const size_t align = alignof(max_align_t);
	struct block *block = arena->blocks;
	void *piece;

	if (n == 0)
		n = 1;
	if (n > arena->size_max - arena->size)
		return NULL;
	n = (n + align - 1) / align * align;
	if (block == NULL || n > block->size - block->used) {
		block = block_add(arena, n);
		if (block == NULL)
			return NULL;
	}
	piece = block->data + block->used;
	block->used += n;
	arena->size = n > arena->size_max - arena->size ? arena->size_max
							: arena->size + n;
	return memset(piece, 0, n);
}

void *
arena_array(struct arena *arena, size_t n, size_t size)
{
	if (size != 0 && n > arena->size_max / size)
		return NULL;
	return arena_alloc(arena, n * size);
}

enum ost_err
arena_copy(struct arena *arena, struct span s, struct span *copy)
{
	char *p;

	if (span_is_absent(s)) {
		*copy = s;
		return OST_OK;
	}
	p = s.n < SIZE_MAX ? arena_alloc(arena, s.n + 1) : NULL;
	if (p == NULL)
		return OST_NOMEM;
	memcpy(p, s.p, s.n);
	*copy = (struct span){ p, s.n };
	return OST_OK;
}

static void
block_free(struct block *block)
{
	explicit_bzero(block->data, block->used);
	free(block);
}

void
arena_reset(struct arena *arena)
{
	struct block *keep = arena->blocks, *next;

	/* The first block stays: a request that fits it costs no malloc. */
	if (keep != NULL) {
		for (struct block *b = keep->next; b != NULL; b = next) {
			next = b->next;
			block_free(b);
		}
		keep->next = NULL;
		explicit_bzero(keep->data, keep->used);
		keep->used = 0;
	}
	arena->size = 0;
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	arena_reset(arena);
	free(arena->blocks);
	free(arena);
}
