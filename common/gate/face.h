#ifndef OSTIARY_FACE_H
#define OSTIARY_FACE_H
#include "request.h"
#include "response.h"
/* How protect talks with the web server that asks it. The handler answers
 * with the true status and plain headers; face_apply() translates. */

/*
 * The canonical path of the guarded request, from what this face's server
 * sets and never from a header of the client: OSTIARY_PATH (nginx; also
 * lighttpd, where REQUEST_URI must come to the same), SCRIPT_FILENAME less
 * DOCUMENT_ROOT (authorizer without it), the request target (forward),
 * PATH_INFO (serve). OST_DENIED: missing, not canonical, or two sources that
 * disagree: deny.
 */
OST_CHECK enum ost_err face_path(
	const struct request *request, struct span *path);
/*
 * Under an authorizer a path may go on behind a file ("/data.json/x") and the
 * server still sends the file. *file is then the part that names the file,
 * else path itself. OST_NOMEM.
 */
OST_CHECK enum ost_err face_file_path(
	const struct request *request, struct span path, struct span *file);
/* Rewrites the finished answer for the face; headers, body and status are
 * final before. */
void face_apply(const struct request *request, struct response *response);
#endif
