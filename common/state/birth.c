#define _GNU_SOURCE /* statx */
#include "birth.h"
#include "siphash.h"

#include <fcntl.h>
#include <sys/stat.h>

bool
birth_of(int fd, uint64_t *birth)
{
	static const uint64_t key[2] = { 0, 0 };
	struct statx file;
	uint64_t words[3] = { 0, 0, 0 };

	if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &file) != 0)
		return false;
	words[0] = file.stx_ino;
	/* Where the file system knows no such time, the number has to do. */
	if ((file.stx_mask & STATX_BTIME) != 0) {
		words[1] = (uint64_t)file.stx_btime.tv_sec;
		words[2] = file.stx_btime.tv_nsec;
	}
	/* Fits a number that span_to_u64() reads. */
	*birth = (siphash(key, (struct span){ (const char *)words,
				       sizeof(words) }) >>
			 1) |
		 1;
	return true;
}

enum birth
birth_look(int fd, uint64_t held)
{
	uint64_t birth;

	if (held == 0 || !birth_of(fd, &birth))
		return BIRTH_UNKNOWN;
	return birth == held ? BIRTH_OWN : BIRTH_COPY;
}
