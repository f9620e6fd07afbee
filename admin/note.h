#ifndef OSTIARY_NOTE_H
#define OSTIARY_NOTE_H
#include "command.h"
#include "event.h"
/* Tells users what the operator has done to what is theirs: name is that of a
 * key or an application, or absent. */
void note_operator(struct admin *admin, struct span user_id,
	enum event_kind kind, struct span name);
#endif
