#ifndef OSTIARY_PASSWORD_RULE_H
#define OSTIARY_PASSWORD_RULE_H
#include "span.h"
/* What a person's new password must be, wherever it is set. */
#define PASSWORD_LENGTH_MIN 8 /* characters */

/* What it breaks, a literal sentence; NULL: nothing. */
const char *password_fault(struct span password);
/* The same as the key of a text of the pages (messages.h). */
const char *password_fault_key(struct span password);
#endif
