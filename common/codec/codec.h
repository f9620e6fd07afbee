#ifndef OSTIARY_CODEC_H
#define OSTIARY_CODEC_H
#include "buf.h"
/*
 * Text codings, all strict: what has one meaning has one spelling. Decoders
 * put their result into the arena and leave *out untouched on OST_BADINPUT
 * (not in the coding) or OST_NOMEM. An empty or absent text is decoded to the
 * empty span, which is not absent. Encoders add to buf, never a NUL.
 */

/* RFC 4648 section 4: padded, canonical (zero pad bits), no white space. */
OST_CHECK enum ost_err base64_decode(
	struct arena *arena, struct span text, struct span *out);
void base64_encode(struct buf *buf, struct span bytes);
/* The same without padding: the fields of a password hash string. */
OST_CHECK enum ost_err base64_bare_decode(
	struct arena *arena, struct span text, struct span *out);
void base64_bare_encode(struct buf *buf, struct span bytes);
/* RFC 7515 section 2: section 5 of RFC 4648 without padding, canonical. */
OST_CHECK enum ost_err base64url_decode(
	struct arena *arena, struct span text, struct span *out);
void base64url_encode(struct buf *buf, struct span bytes);
/* Lower-case digits; decoding takes lower case only. */
OST_CHECK enum ost_err hex_decode(
	struct arena *arena, struct span text, struct span *out);
void hex_encode(struct buf *buf, struct span bytes);
/*
 * RFC 3986 section 2.1: each % has two hex digits (either case). Decoded
 * once. A NUL, escaped or raw, is refused: no value of ours may hold one.
 */
OST_CHECK enum ost_err percent_decode(
	struct arena *arena, struct span text, struct span *out);
/* The same with '+' read as a blank (RFC 6749 appendix B), and the result
 * must be UTF-8. */
OST_CHECK enum ost_err form_decode(
	struct arena *arena, struct span text, struct span *out);
/* All but RFC 3986 unreserved characters as %XX; a blank too (as %20), which
 * every form decoder reads. */
void percent_encode(struct buf *buf, struct span bytes);
/* RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF. */
bool utf8_is_valid(struct span text);
/*
 * Adds text, each character of it replaced by what escape() gives for its
 * code point: bytes in room or a literal, or the absent span to keep the
 * character. A byte that belongs to no UTF-8 character becomes U+FFFD.
 */
void buf_escape(struct buf *buf, struct span text,
	struct span (*escape)(uint32_t code, char room[static 8]));
/* Text for HTML and XML element content and quoted attributes: & < > " ' are
 * escaped, what XML 1.0 cannot hold becomes U+FFFD, broken UTF-8 too. */
void buf_html(struct buf *buf, struct span text);
#endif
