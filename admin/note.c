#include "note.h"
#include "operate.h"

void
note_operator(struct admin *admin, struct span user_id, enum event_kind kind,
	struct span name)
{
	operate_note(&admin->context, admin->arena, user_id, kind, name,
		SPAN_ABSENT);
}
