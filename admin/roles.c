#include "roles.h"
#include "user.h"

#define ROLES_MAX 1024 /* bytes: they go into a header each time */

static void
add_word(struct buf *list, struct span word)
{
	if (list->n > 0)
		buf_char(list, ' ');
	buf_add(list, word);
}

enum exit_status
roles_given(struct admin *admin, struct span before, struct span *given)
{
	const struct arguments *arguments = &admin->arguments;
	struct span rest = before, role, gone = SPAN(""), all;
	struct buf removed, roles;
	size_t i = 0;

	buf_init(&removed, admin->arena);
	while (argument_next(arguments, "remove-role", &i, &role))
		add_word(&removed, role);
	if (buf_span(&removed, &gone) != OST_OK)
		return report_fail(OST_NOMEM, "roles");
	buf_init(&roles, admin->arena);
	while (span_next(&rest, ' ', &role))
		if (role.n > 0 && !list_has(gone, role))
			add_word(&roles, role);
	for (i = 0; argument_next(arguments, "role", &i, &role);) {
		if (!user_role_is_valid(role))
			return report_refuse("bad_role",
				"%.*s is no role: 1 to 64 of A-Z a-z 0-9 _ -",
				SPAN_ARG(role));
		if (!list_has((struct span){ roles.p, roles.n }, role))
			add_word(&roles, role);
	}
	if (buf_span(&roles, &all) != OST_OK)
		return report_fail(OST_NOMEM, "roles");
	if (all.n > ROLES_MAX)
		return report_refuse(
			"bad_role", "the roles have over %d bytes", ROLES_MAX);
	*given = all;
	return EXIT_DONE;
}
