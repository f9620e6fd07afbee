#include "statepaths.h"
#include "buf.h"

static enum ost_err
path_make(struct arena *arena, struct span folder, const char *name,
	const char *suffix, const char **path)
{
	struct span made;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, arena);
	buf_printf(&buf, "%.*s/%s", SPAN_ARG(folder), name);
	if (suffix != NULL)
		buf_printf(&buf, "/%s%s", name, suffix);
	err = buf_span(&buf, &made);
	if (err == OST_OK)
		*path = made.p;
	return err;
}

enum ost_err
statepaths_make(struct span folder, const char *name, struct arena *arena,
	struct statepaths *paths)
{
	const struct {
		const char *suffix;
		const char **path;
	} all[] = {
		{ NULL, &paths->folder },
		{ ".ctl", &paths->ctl },
		{ ".gdbm", &paths->base },
		{ ".prev", &paths->prev },
		{ ".log0", &paths->logs[0] },
		{ ".log1", &paths->logs[1] },
		{ ".log2", &paths->logs[2] },
		{ ".new", &paths->next_base },
		{ ".newlog", &paths->next_log },
		{ ".damaged", &paths->damaged },
	};
	enum ost_err err = OST_OK;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (err == OST_OK)
			err = path_make(arena, folder, name, all[i].suffix,
				all[i].path);
	return err;
}
