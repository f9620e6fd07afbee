#include "password_change.h"
#include "password.h"
#include "permit.h"

enum ost_err
password_change_hash(const struct context *c, struct arena *arena,
	struct span password, struct span *phc)
{
	struct permit permit;
	struct buf buf;
	enum ost_err err =
		permit_take(c->config->state_path, c->is_shared, &permit);

	if (err != OST_OK)
		return err;
	buf_init(&buf, arena);
	err = password_hash(&buf, password, &c->config->password_cost);
	permit_give(&permit);
	return err == OST_OK ? buf_span(&buf, phc) : err;
}

enum ost_err
password_change(const struct context *c, struct arena *arena, struct user *user,
	struct span password)
{
	struct user changed = *user;
	enum ost_err err =
		password_change_hash(c, arena, password, &changed.password);

	if (err != OST_OK)
		return err;
	/* What the old password bought is bound to its generation. */
	changed.generation++;
	err = user_update(c->accounts, arena, &changed);
	if (err == OST_OK)
		*user = changed;
	return err;
}
