#ifndef OSTIARY_AGENT_H
#define OSTIARY_AGENT_H
#include "span.h"
/*
 * Which browser a User-Agent header (RFC 9110 section 10.1.5) says it is, in
 * the words of people, for them to tell their sessions apart. Anybody sends
 * what he likes: nothing may depend on it, and the header is shown as well.
 */
struct agent {
	const char *browser; /* "Firefox", a literal; NULL: none we know */
	const char *system;  /* "Linux", likewise */
};

struct agent agent_read(struct span header);
#endif
