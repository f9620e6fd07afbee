#ifndef OSTIARY_MESSAGES_H
#define OSTIARY_MESSAGES_H
#include "arena.h"
/*
 * The texts of the pages, by language: those of www/messages, compiled in, and
 * over them what the operator's folder says (`messages` of ostiary.conf): a
 * file LANGUAGE.txt there, with lines `key = text`, replaces single texts or
 * adds a language, whose missing texts are English.
 */
struct messages;
struct language;

/*
 * folder: an absolute path; absent: nothing but what is compiled in. Faults of
 * its files are reported as file:line: message (report may be NULL), then
 * OST_BADINPUT; OST_SYSTEM: the folder cannot be read; OST_NOMEM.
 */
OST_CHECK enum ost_err messages_load(struct span folder,
	void (*report)(void *arg, const char *line), void *arg,
	struct messages **messages);
void messages_free(struct messages *messages); /* NULL is allowed */

/*
 * The language for somebody: chosen (absent: none) if there is such a one,
 * else what Accept-Language asks for first (RFC 9110 section 12.5.4, matched
 * as RFC 4647 section 3.4 looks up), else English. messages NULL: of those
 * compiled in. It lives as long as messages.
 */
const struct language *messages_pick(const struct messages *messages,
	struct span chosen, struct span accept_language);
/* The i-th language, in the order of their tags; NULL behind the last. */
const struct language *messages_language(
	const struct messages *messages, size_t i);
/* "en". */
struct span language_tag(const struct language *language);
/* The text of that key, if need be in English; false: there is none. NULL is
 * English. */
bool language_text(
	const struct language *language, struct span key, struct span *text);
#endif
