#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
find_owner(struct span path, struct stat *owner)
{
	char copy[PATH_MAX];

	if (stat(path.p, owner) == 0)
		return true;
	if (errno != ENOENT || path.n >= sizeof(copy))
		return false;
	snprintf(copy, sizeof(copy), "%.*s", SPAN_ARG(path));
	return stat(dirname(copy), owner) == 0;
}

enum exit_status
privilege_drop(const struct config *config)
{
	struct span path = config->state_path;
	struct stat owner;

	/* A folder that cannot be found is complained of by who needs it. */
	if (geteuid() != 0 || !find_owner(path, &owner))
		return EXIT_DONE;
	if (owner.st_uid == 0 && owner.st_gid == 0)
		return EXIT_DONE;
	if (setgroups(1, &owner.st_gid) != 0 || setgid(owner.st_gid) != 0 ||
		setuid(owner.st_uid) != 0)
		return report_fail_system("%.*s: cannot become its owner: %s",
			SPAN_ARG(path), strerror(errno));
	if (access(config->file.p, R_OK) != 0)
		return report_fail_system(
			"%s must be readable for the owner of %s: %s",
			config->file.p, path.p, strerror(errno));
	return EXIT_DONE;
}
