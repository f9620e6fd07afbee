#ifndef OSTIARY_PATH_H
#define OSTIARY_PATH_H
#include "arena.h"
/* Paths of guarded requests. */

/*
 * The one spelling of a request target's path: query cut off, percent-decoded
 * once, repeated slashes joined, "." and ".." segments removed. Idempotent on
 * what it gives out, apart from the decoding. Absolute-form targets
 * (http://host/path) give their path. A decoded slash is a slash, for nginx's
 * $uri and lighttpd read it so; ";" stays. OST_BADINPUT: not absolute, broken
 * escape, control byte or NUL, broken UTF-8, a backslash, ".." above the root,
 * a bare "#" (no target has one, and web servers disagree on it). OST_NOMEM.
 */
OST_CHECK enum ost_err path_canonical(
	struct arena *arena, struct span target, struct span *path);
/* Whether path is spelled as path_canonical() would (it is not decoded): for
 * what a web server hands over as already normalised. */
bool path_is_canonical(struct span path);
/* Whether path is prefix itself or lies below it, at a segment boundary. Both
 * canonical; nothing is below an empty prefix, nor "/a" below "/a/". */
bool path_is_below(struct span path, struct span prefix);
#endif
