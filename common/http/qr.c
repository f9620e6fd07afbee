#include "qr.h"
#include "buf.h"

#include <errno.h>
#include <qrencode.h>

#define TEXT_MAX 2331 /* bytes: version 40, level M */

static bool
is_dark(const QRcode *code, int x, int y)
{
	return (code->data[y * code->width + x] & 1) != 0;
}

/* One shape for each run of dark modules of a row. */
static void
add_row(struct buf *buf, const QRcode *code, int y)
{
	for (int x = 0; x < code->width;) {
		int end = x;

		while (end < code->width && is_dark(code, end, y))
			end++;
		if (end > x)
			buf_printf(buf, "M%d %dh%dv1h-%dz", x + QR_QUIET,
				y + QR_QUIET, end - x, end - x);
		x = end + 1;
	}
}

enum ost_err
qr_path(struct arena *arena, struct span text, struct span *path, int *side)
{
	QRcode *code;
	struct buf buf;
	enum ost_err err;

	if (text.n == 0)
		return OST_BADINPUT;
	if (text.n > TEXT_MAX)
		return OST_TOOBIG;
	code = QRcode_encodeData(
		(int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	if (code == NULL)
		return errno == ERANGE ? OST_TOOBIG : OST_NOMEM;
	buf_init(&buf, arena);
	for (int y = 0; y < code->width; y++)
		add_row(&buf, code, y);
	err = buf_span(&buf, path);
	if (err == OST_OK)
		*side = code->width + 2 * QR_QUIET;
	QRcode_free(code);
	return err;
}
