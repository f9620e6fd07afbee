#include "changes.h"

#include <stdio.h>
#include <string.h>

#define CHANGES_MAX 1000000

static unsigned int
mix(unsigned int n)
{
	n = (n ^ n >> 16) * 0x45d9f3bu;
	n = (n ^ n >> 15) * 0x45d9f3bu;
	return n ^ n >> 16;
}

static int
first_of(int n)
{
	return (int)(mix((unsigned int)n) % CHANGES_KEYS);
}

static int
second_of(int n)
{
	return (first_of(n) + 1 + (int)(mix((unsigned int)n + 7919) % 15)) %
	       CHANGES_KEYS;
}

static bool
is_deleting(int n)
{
	return mix((unsigned int)n + 104729) % 2 == 0;
}

static struct span
key_of(char text[static 16], int row, int key)
{
	int n = snprintf(text, 16, "%d/%d", row, key);

	return (struct span){ text, (size_t)n };
}

static struct span
value_of(char text[static 4000], int n)
{
	int size = snprintf(text, 16, "%d:", n) + n * 37 % 2500;

	memset(text + strcspn(text, ":") + 1, 'a' + n % 26, 3000);
	return (struct span){ text, (size_t)size };
}

enum ost_err
changes_make(struct changes *changes, int row, struct store *store)
{
	int n = ++changes->begun[row];
	char a[16], b[16], text[4000];
	const struct store_item items[] = {
		{ .action = STORE_PUT,
			.key = key_of(a, row, first_of(n)),
			.value = value_of(text, n) },
		{ .action = is_deleting(n) ? STORE_DELETE : STORE_PUT,
			.key = key_of(b, row, second_of(n)),
			.value = value_of(text, n) },
	};
	enum ost_err err = store_batch(store, items, 2);

	if (err == OST_OK)
		changes->acked[row] = n;
	return err;
}

enum ost_err
changes_see(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct changes_found *found = arg;
	struct span rest = value, digits, who;
	char text[4000];
	uint64_t n = 0, i = 0;

	(void)expires_ms;
	if (!span_cut(&key, '/', &who) ||
		span_to_u64(key, 0, CHANGES_KEYS - 1, &i) != OST_OK ||
		!span_cut(&rest, ':', &digits) ||
		span_to_u64(digits, 1, CHANGES_MAX, &n) != OST_OK ||
		!span_eq(value, value_of(text, (int)n)))
		found->is_wrong = true;
	else
		found->numbers[who.p[0] - '0'][i] = (int)n;
	return OST_OK;
}

/* Whether `numbers` are those after exactly n changes. */
static bool
is_after(const int numbers[static CHANGES_KEYS], int n)
{
	int want[CHANGES_KEYS] = { 0 };

	for (int i = 1; i <= n; i++) {
		want[first_of(i)] = i;
		want[second_of(i)] = is_deleting(i) ? 0 : i;
	}
	return memcmp(want, numbers, sizeof(want)) == 0;
}

int
changes_count(const struct changes_found *found, int row)
{
	int n = 0;

	for (int i = 0; i < CHANGES_KEYS; i++)
		if (found->numbers[row][i] > n)
			n = found->numbers[row][i];
	return is_after(found->numbers[row], n) ? n : -1;
}
