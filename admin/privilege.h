#ifndef OSTIARY_PRIVILEGE_H
#define OSTIARY_PRIVILEGE_H
#include "config.h"
#include "report.h"
/*
 * When root runs the command: becomes, for good, the owner and group of the
 * state folder (of the folder that it would lie in when there is none), so
 * that what is written belongs to them, and a link that they laid leads root
 * nowhere. Nothing happens when that is root or we are not. The owner must be
 * able to read the configuration, as the programs must: EXIT_FAILED.
 */
enum exit_status privilege_drop(const struct config *config);
#endif
