#ifndef OSTIARY_USER_CODE_H
#define OSTIARY_USER_CODE_H
#include "arena.h"
/*
 * The codes that people carry from a device to a browser (RFC 8628 section
 * 6.1): 8 of 20 consonants, so that no words come out and no letter looks like
 * another; 34 bits, which last for minutes and are guessed under a limit.
 */
#define USER_CODE_SIZE 8

/* A new one, in the arena. OST_NOMEM. */
OST_CHECK enum ost_err user_code_new(struct arena *arena, struct span *code);
/* What somebody typed as it is stored: in any case, with hyphens and blanks
 * anywhere. OST_BADINPUT: no code can be meant. */
OST_CHECK enum ost_err user_code_read(
	struct arena *arena, struct span typed, struct span *code);
/* As people read it: "XXXX-XXXX". code is a stored one. OST_NOMEM. */
OST_CHECK enum ost_err user_code_show(
	struct arena *arena, struct span code, struct span *shown);
#endif
