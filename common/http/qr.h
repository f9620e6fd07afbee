#ifndef OSTIARY_QR_H
#define OSTIARY_QR_H
#include "arena.h"

#define QR_QUIET 4 /* modules on each side (ISO/IEC 18004) */

/*
 * Text as a QR code (correction level M): *path is the `d` of an SVG path whose
 * shapes are the dark modules, for a viewBox of "0 0 SIDE SIDE" that is light;
 * the quiet zone is in *side. OST_TOOBIG: more than such a code holds (2331
 * bytes); OST_BADINPUT: empty; OST_NOMEM.
 */
OST_CHECK enum ost_err qr_path(
	struct arena *arena, struct span text, struct span *path, int *side);
#endif
