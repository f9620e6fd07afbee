#include "statefolder.h"
#include "log.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define LUSTRE_SUPER_MAGIC 0x0bd00bd0 /* not in the header */

static enum ost_err
failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

enum ost_err
statefolder_check(const char *path)
{
	struct stat folder;
	struct statfs system;

	if (stat(path, &folder) != 0 || statfs(path, &system) != 0)
		return failed(path, "no state folder; `ostiary init` makes it");
	if (!S_ISDIR(folder.st_mode)) {
		errno = ENOTDIR;
		return failed(path, "no state folder; `ostiary init` makes it");
	}
	switch ((unsigned long)system.f_type) {
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case CIFS_SUPER_MAGIC:
	case SMB2_SUPER_MAGIC:
	case AFS_SUPER_MAGIC:
	case AFS_FS_MAGIC:
	case CEPH_SUPER_MAGIC:
	case CODA_SUPER_MAGIC:
	case NCP_SUPER_MAGIC:
	case V9FS_MAGIC:
	case LUSTRE_SUPER_MAGIC:
		log_message("error", "%s: on a network file system", path);
		return OST_STORE;
	default:
		return OST_OK;
	}
}
