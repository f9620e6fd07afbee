/* QR codes: zbarimg (Debian's zbar-tools) reads what is drawn, as a phone
 * would. */
#include "qr.h"
#include "totp.h"
#include "vectors.h"
#include "workshop.h"

int test_qr(void);

#define ZOOM	 4
#define SIDE_MAX 185 /* version 40 with its quiet zone */

static struct arena *arena;
static char *folder;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(4u << 20);
	folder = workshop_open(NULL);
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	workshop_close(folder);
	return 0;
}

/* Draws the path, and fails on what is not as the header says. */
static void
draw(struct span path, int side, bool dark[static SIDE_MAX * SIDE_MAX])
{
	const char *p = path.p;

	memset(dark, 0, SIDE_MAX * SIDE_MAX * sizeof(*dark));
	assert_in_range(side, 21 + 2 * QR_QUIET, SIDE_MAX);
	while (p < path.p + path.n) {
		int x, y, n, back, used = 0;

		assert_int_equal(sscanf(p, "M%d %dh%dv1h-%dz%n", &x, &y, &n,
					 &back, &used),
			4);
		assert_true(used > 0 && n > 0 && n == back);
		assert_true(x >= QR_QUIET && y >= QR_QUIET);
		assert_true(x + n <= side - QR_QUIET && y < side - QR_QUIET);
		for (int i = x; i < x + n; i++) {
			assert_false(dark[y * side + i]);
			dark[y * side + i] = true;
		}
		/* Runs are merged. */
		assert_false(dark[y * side + x - 1]);
		p += used;
	}
}

/* As a picture of grey levels, each module ZOOM points wide. */
static void
write_picture(const char *path, int side, const bool *dark)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	fprintf(file, "P5\n%d %d\n255\n", side * ZOOM, side * ZOOM);
	for (int y = 0; y < side * ZOOM; y++)
		for (int x = 0; x < side * ZOOM; x++)
			fputc(dark[y / ZOOM * side + x / ZOOM] ? 0 : 255, file);
	assert_int_equal(fclose(file), 0);
}

static void
assert_is_read(struct span text)
{
	static bool dark[SIDE_MAX * SIDE_MAX];
	char picture[256], command[512], got[2400];
	struct span path;
	size_t n;
	FILE *pipe;
	int side;

	assert_int_equal(qr_path(arena, text, &path, &side), OST_OK);
	draw(path, side, dark);
	snprintf(picture, sizeof(picture), "%s/qr.pgm", folder);
	write_picture(picture, side, dark);
	snprintf(command, sizeof(command),
		"zbarimg --quiet --raw -Sdisable -Sqrcode.enable %s", picture);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	n = fread(got, 1, sizeof(got), pipe);
	if (pclose(pipe) != 0)
		fail_msg("zbarimg read nothing of %zu bytes", text.n);
	/* It ends its answer with a line feed. */
	assert_true(n > 0 && got[n - 1] == '\n');
	assert_span((struct span){ got, n - 1 }, text);
}

static void
what_authenticators_read(void **state)
{
	struct span secret, uri;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(totp_new_secret(arena, &secret), OST_OK);
		assert_int_equal(
			totp_uri(arena, SPAN("Datos abiertos de Espa\303\261a"),
				SPAN("joe@example.org"), secret, &uri),
			OST_OK);
		assert_is_read(uri);
	}
}

static void
texts_of_many_lengths(void **state)
{
	static const size_t lengths[] = { 1, 14, 15, 100, 213, 500, 2331 };
	static char text[2331];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('!' + i * i % 93);
	for (size_t i = 0; i < COUNT(lengths); i++)
		assert_is_read((struct span){ text, lengths[i] });
}

static void
what_cannot_be_drawn(void **state)
{
	static char text[2332];
	struct span path = SPAN("untouched");
	struct arena *small = arena_new(64);
	int side = -7;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(qr_path(arena, SPAN(""), &path, &side), OST_BADINPUT);
	assert_int_equal(
		qr_path(arena, SPAN_ABSENT, &path, &side), OST_BADINPUT);
	assert_int_equal(
		qr_path(arena, BYTES_SPAN(text), &path, &side), OST_TOOBIG);
	assert_int_equal(qr_path(small, SPAN("x"), &path, &side), OST_NOMEM);
	assert_span(path, SPAN("untouched"));
	assert_int_equal(side, -7);
	arena_free(small);
}

int
test_qr(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_authenticators_read),
		cmocka_unit_test(texts_of_many_lengths),
		cmocka_unit_test(what_cannot_be_drawn),
	};

	return cmocka_run_group_tests_name("qr", tests, setup, teardown);
}
