#include "roles.h"
#include "operate.h"

/* The values of that option, parted by one blank. */
static enum ost_err
words_of(struct admin *admin, const char *option, struct span *words)
{
	struct span word;
	struct buf buf;
	size_t i = 0;

	buf_init(&buf, admin->arena);
	while (argument_next(&admin->arguments, option, &i, &word)) {
		if (buf.n > 0)
			buf_char(&buf, ' ');
		buf_add(&buf, word);
	}
	return buf_span(&buf, words);
}

enum exit_status
roles_given(struct admin *admin, struct span before, struct span *given)
{
	struct span gone, added, role;
	enum ost_err err;
	size_t i = 0;

	/* One by one: two words in one option are no role. */
	while (argument_next(&admin->arguments, "role", &i, &role))
		if (!user_role_is_valid(role))
			return report_refuse("bad_role",
				"%.*s is no role: 1 to 64 of A-Z a-z 0-9 _ -",
				SPAN_ARG(role));
	err = words_of(admin, "remove-role", &gone);
	if (err == OST_OK)
		err = words_of(admin, "role", &added);
	if (err == OST_OK)
		err = operate_roles(admin->arena, before, gone, added, given);
	if (err == OST_TOOBIG)
		return report_refuse(
			"bad_role", "the roles have over %d bytes", ROLES_MAX);
	return err == OST_OK ? EXIT_DONE : report_fail(err, "roles");
}
