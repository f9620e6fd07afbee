#ifndef OSTIARY_ROLES_H
#define OSTIARY_ROLES_H
#include "command.h"
/* Those of --role and, without those of --remove-role, those that were there.
 * EXIT_REFUSED: one is no role, or they are too long together. */
enum exit_status roles_given(
	struct admin *admin, struct span before, struct span *roles);
#endif
