#ifndef OSTIARY_TORTURE_DISK_H
#define OSTIARY_TORTURE_DISK_H
/*
 * What of a folder would be there after a power cut. The folder DISK holds, of
 * each file that was synced or named when the folder was, a link KEY, of what
 * was synced the bytes, KEY.data, and the names as they were when the folder
 * was synced.
 */
#define DISK_NAMES 32

/* What the cut leaves of what was not synced. */
enum disk_cut {
	DISK_NOTHING,
	DISK_NAMES_ONLY, /* files have their names, and the bytes are gone */
	DISK_BASE_NAME,	 /* the rename of *.gdbm was faster than others */
	DISK_BYTES_ONLY,
	DISK_CUTS
};

/* After fsync(fd), of a file or of the folder. 0, or -1. */
int disk_synced(int fd, const char *folder, const char *disk);
/* Makes the folder what the cut leaves, of the very same files; *.ctl stays. */
int disk_cut(const char *folder, const char *disk, enum disk_cut cut);
#endif
