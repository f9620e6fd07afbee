#include "spool_name.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *const spool_folder_names[SPOOL_FOLDERS] = { "new", "wait",
	"failed" };

enum ost_err
spool_failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

/* state/mail[/middle[/name]] */
enum ost_err
spool_path(const struct spool *spool, const char *middle, const char *name,
	char path[static PATH_MAX])
{
	int n = snprintf(path, PATH_MAX, "%.*s/mail%s%s%s%s",
		SPAN_ARG(spool->state), middle != NULL ? "/" : "",
		middle != NULL ? middle : "", name != NULL ? "/" : "",
		name != NULL ? name : "");

	if (n < PATH_MAX)
		return OST_OK;
	log_message("error", "%.*s: too long a path", SPAN_ARG(spool->state));
	return OST_STORE;
}

enum ost_err
spool_path_of(const struct spool *spool, const struct spooled *file,
	char path[static PATH_MAX])
{
	return spool_path(
		spool, spool_folder_names[file->folder], file->name, path);
}

static bool
read_number(struct span *rest, size_t digits, int64_t *number)
{
	int64_t sum = 0;

	if (rest->n < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (!char_is_digit(rest->p[i]))
			return false;
		sum = sum * 10 + (rest->p[i] - '0');
	}
	*rest = span_skip(*rest, digits);
	*number = sum;
	return true;
}

static bool
read_dash(struct span *rest)
{
	bool is_there = span_starts(*rest, SPAN("-"));

	*rest = span_skip(*rest, 1);
	return is_there;
}

bool
spool_name_read(struct span name, struct spooled *file)
{
	struct span rest = name;
	int64_t tries = 0;

	if (name.n != SPOOL_NAME_SIZE ||
		!read_number(&rest, 13, &file->created_ms) ||
		!read_dash(&rest) || !read_number(&rest, 13, &file->next_ms) ||
		!read_dash(&rest) || !read_number(&rest, 2, &tries) ||
		!read_dash(&rest))
		return false;
	for (size_t i = 0; i < rest.n; i++)
		if (!char_is_alnum(rest.p[i]))
			return false;
	file->tries = (unsigned int)tries;
	memcpy(file->name, name.p, name.n);
	file->name[name.n] = '\0';
	return true;
}

void
spool_name_write(struct spooled *file, const char *random)
{
	char name[80];

	snprintf(name, sizeof(name), "%013lld-%013lld-%02u-%.8s",
		(long long)file->created_ms, (long long)file->next_ms,
		file->tries, random);
	memcpy(file->name, name, SPOOL_NAME_SIZE);
	file->name[SPOOL_NAME_SIZE] = '\0';
}
