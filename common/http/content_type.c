#include "content_type.h"

bool
content_type_is(struct span content_type, struct span type)
{
	struct span rest = content_type, piece, name;

	if (!span_next(&rest, ';', &piece) ||
		!span_eq_nocase(span_trim(piece), type))
		return false;
	while (span_next(&rest, ';', &piece)) {
		piece = span_trim(piece);
		if (span_cut(&piece, '=', &name) &&
			span_eq_nocase(span_trim(name), SPAN("charset")) &&
			!span_eq_nocase(piece, SPAN("utf-8")) &&
			!span_eq_nocase(piece, SPAN("\"utf-8\"")))
			return false;
	}
	return true;
}
