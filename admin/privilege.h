#ifndef OSTIARY_PRIVILEGE_H
#define OSTIARY_PRIVILEGE_H
#include "report.h"
#include "span.h"
/*
 * When root runs the command: becomes, for good, the owner and group of the
 * state folder (of the folder that it would lie in when there is none), so
 * that what is written belongs to them, and a link that they laid leads root
 * nowhere. Nothing happens when that is root or we are not.
 */
enum exit_status privilege_drop(struct span state_path);
#endif
