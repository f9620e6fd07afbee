#ifndef OSTIARY_FILE_H
#define OSTIARY_FILE_H
#include "request.h"
#include "response.h"
/*
 * Answers with the file of that canonical path below root, for PROTECT_MODE =
 * serve: type by suffix, ETag, 304 for If-None-Match, a folder by its
 * index.json or index.html (a folder's path without its last slash is
 * redirected). Nothing outside root can be reached, by no link either; names
 * that begin with a dot are not served. What is not there is a 404 in the
 * format of the path, another method than GET and HEAD a 405. OST_SYSTEM: the
 * root cannot be read (logged).
 */
OST_CHECK enum ost_err file_respond(const struct request *request,
	struct response *response, struct span root, struct span path);
#endif
