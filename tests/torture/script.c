#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS	 8
#define TEXT_MAX 24000

/* 0: not there; else the step (from 1) that wrote it. */
struct model {
	int keys[KEYS];
};

enum kind { PUT, BATCH, SWAP, TAKE, FOLD };

static const enum kind kinds[SCRIPT_STEPS] = { PUT, BATCH, SWAP, PUT, FOLD,
	TAKE, PUT, BATCH, PUT, SWAP, FOLD, TAKE, PUT, TAKE, BATCH, SWAP, FOLD,
	PUT, SWAP, TAKE, BATCH, PUT };

static struct span
key_of(char text[static 16], int key)
{
	int n = snprintf(text, 16, "key%d", key % KEYS);

	return (struct span){ text, (size_t)n };
}

static size_t
size_of(int step)
{
	return step % 9 == 4 ? 20000 + (size_t)step : 10 + (size_t)step * 31;
}

static struct span
value_of(char *text, int step)
{
	int n = snprintf(text, 16, "%d:", step);

	memset(text + n, 'a' + step % 26, size_of(step));
	return (struct span){ text, (size_t)n + size_of(step) };
}

static void
model_do(struct model *model, int i)
{
	int step = i + 1;

	switch (kinds[i]) {
	case PUT:
		model->keys[i * 3 % KEYS] = step;
		break;
	case SWAP:
		model->keys[i * 5 % KEYS] = step;
		break;
	case BATCH:
		model->keys[i % KEYS] = step;
		model->keys[(i + 1) % KEYS] = step;
		model->keys[(i + 2) % KEYS] = 0;
		break;
	case TAKE:
		model->keys[(i + 3) % KEYS] = 0;
		break;
	case FOLD:
		break;
	}
}

static struct model
model_after(int n)
{
	struct model model = { { 0 } };

	for (int i = 0; i < n; i++)
		model_do(&model, i);
	return model;
}

static enum ost_err
do_batch(struct store *store, const struct model *model, int i,
	struct span value, char *old)
{
	char a[16], b[16], c[16];
	int was = model->keys[i % KEYS];
	const struct store_item items[] = {
		{ .action = STORE_PUT,
			.expect = was ? STORE_EQUALS : STORE_ABSENT,
			.key = key_of(a, i),
			.value = value,
			.expected = value_of(old, was) },
		{ .action = STORE_PUT,
			.key = key_of(b, i + 1),
			.value = value },
		{ .action = STORE_DELETE, .key = key_of(c, i + 2) },
	};

	return store_batch(store, items, 3);
}

static enum ost_err
do_swap(struct store *store, const struct model *model, int i,
	struct span value, char *old)
{
	int was = model->keys[i * 5 % KEYS];
	char key[16];

	if (was == 0)
		return store_put(
			store, key_of(key, i * 5), value, 0, STORE_ABSENT);
	return store_swap(
		store, key_of(key, i * 5), value_of(old, was), value, 0);
}

static enum ost_err
do_take(struct store *store, const struct model *model, struct arena *arena,
	int i)
{
	struct span taken;
	char key[16];
	enum ost_err err;

	err = store_take(store, key_of(key, i + 3), arena, &taken);
	if (err == OST_NOTFOUND && model->keys[(i + 3) % KEYS] == 0)
		return OST_OK;
	return err;
}

enum ost_err
script_do(struct store *store, struct arena *arena, int i)
{
	struct model model = model_after(i);
	char *text = arena_alloc(arena, TEXT_MAX);
	char *old = arena_alloc(arena, TEXT_MAX), key[16];
	enum ost_err err = OST_NOMEM;
	struct span value;

	if (text == NULL || old == NULL)
		return OST_NOMEM;
	value = value_of(text, i + 1);
	switch (kinds[i]) {
	case PUT:
		err = store_put(store, key_of(key, i * 3), value, 0, STORE_ANY);
		break;
	case BATCH:
		err = do_batch(store, &model, i, value, old);
		break;
	case SWAP:
		err = do_swap(store, &model, i, value, old);
		break;
	case TAKE:
		err = do_take(store, &model, arena, i);
		break;
	case FOLD:
		err = store_settle(store, STORE_AT_ALL_COSTS);
		break;
	}
	arena_reset(arena);
	return err;
}

/* The step that wrote it, 0: not there, -1: no value of ours, -2: an error. */
static int
step_read(struct store *store, struct arena *arena, int key)
{
	struct span value, digits;
	char text[16], *want = malloc(TEXT_MAX);
	uint64_t step = 0;
	enum ost_err err;
	int found = -1;

	err = store_get(store, key_of(text, key), arena, &value);
	if (err == OST_NOTFOUND)
		found = 0;
	else if (err != OST_OK)
		found = -2;
	else if (want != NULL && span_cut(&value, ':', &digits) &&
		 span_to_u64(digits, 1, SCRIPT_STEPS, &step) == OST_OK &&
		 span_eq(span_skip(value_of(want, (int)step), digits.n + 1),
			 value))
		found = (int)step;
	free(want);
	arena_reset(arena);
	return found;
}

int
script_find(struct store *store, struct arena *arena, int from, int to)
{
	struct model found, model;

	for (int key = 0; key < KEYS; key++)
		found.keys[key] = step_read(store, arena, key);
	/* A fold and a taking of nothing leave no trace: the last one. */
	for (int n = to < SCRIPT_STEPS ? to : SCRIPT_STEPS; n >= from; n--) {
		model = model_after(n);
		if (memcmp(&found, &model, sizeof(model)) == 0)
			return n;
	}
	return -1;
}
