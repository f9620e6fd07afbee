#ifndef OSTIARY_TERMINAL_H
#define OSTIARY_TERMINAL_H
#include "arena.h"
/* The person at the controlling terminal, wherever the standard streams go. */

bool terminal_is_there(void);
/* Asks for a line that is not shown while it is typed; in the arena. False
 * when there is none, or when it is longer than size_max. A signal that ends
 * the program meanwhile finds the terminal as it was. */
bool terminal_ask_secret(struct arena *arena, const char *prompt,
	size_t size_max, struct span *line);
/* Whether the answer begins with y or Y. */
bool terminal_ask_yes(const char *question);
#endif
