#ifndef OSTIARY_CONTENT_TYPE_H
#define OSTIARY_CONTENT_TYPE_H
#include "span.h"

/* Whether a Content-Type is that type, in any case, with no charset but utf-8.
 */
bool content_type_is(struct span content_type, struct span type);
#endif
