#include "mapfile.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static enum ost_err
failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

bool
mapfile_fill(int fd, size_t size)
{
	errno = posix_fallocate(fd, 0, (off_t)size);
	return errno == 0;
}

enum ost_err
mapfile_map(const char *path, int fd, size_t size, void **map)
{
	struct stat file;
	void *mapped;

	if (fstat(fd, &file) != 0)
		return failed(path, "cannot open");
	if (file.st_size != (off_t)size) {
		log_message("error", "%s: not %zu bytes", path, size);
		return OST_STORE;
	}
	if ((uint64_t)file.st_blocks * 512 < size && !mapfile_fill(fd, size))
		return failed(path, "cannot allocate");
	mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED)
		return failed(path, "cannot map");
	*map = mapped;
	return OST_OK;
}
