#include "dump.h"

const char *const dump_stores[DUMP_STORES] = { "accounts", "activity",
	"grants" };

struct store *
dump_store(const struct context *context, unsigned int store)
{
	switch (store) {
	case DUMP_ACCOUNTS:
		return context->accounts;
	case DUMP_ACTIVITY:
		return context->activity;
	default:
		return context->grants;
	}
}

bool
dump_is_index(unsigned int store, struct span key)
{
	return store == DUMP_ACCOUNTS &&
	       (span_starts(key, SPAN("username:")) ||
		       span_starts(key, SPAN("keyhash:")));
}

enum ost_err
dump_seal_label(struct arena *arena, const char *what, struct span kid,
	struct span *label)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_printf(&buf, "ostiary dump, %s ", what);
	buf_add(&buf, kid);
	return buf_span(&buf, label);
}
