#include "note.h"

/* Of a name that is too long enough is kept, so that the rest fits. */
#define NAME_MAX_BYTES (EVENT_DETAIL_MAX - 20)

void
note_operator(struct admin *admin, struct span user_id, enum event_kind kind,
	struct span name)
{
	struct span detail = SPAN("by the operator");
	struct buf buf;

	if (name.n > NAME_MAX_BYTES)
		name.n = NAME_MAX_BYTES;
	while (name.n > 0 && ((unsigned char)name.p[name.n] & 0xc0) == 0x80)
		name.n--;
	buf_init(&buf, admin->arena);
	buf_add(&buf, name);
	if (name.n > 0)
		buf_text(&buf, ", ");
	buf_add(&buf, detail);
	if (buf_span(&buf, &detail) != OST_OK)
		detail = SPAN("by the operator");
	event_note(&admin->context, admin->arena, user_id, kind, SPAN_ABSENT,
		detail);
}
