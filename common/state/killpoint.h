#ifndef OSTIARY_KILLPOINT_H
#define OSTIARY_KILLPOINT_H
/*
 * Where a process may be killed so that it makes a difference. Only in the
 * build for tests/torture, which defines killpoint() and dies there; in all
 * others there is nothing. doc/STATE.md says what each of them leaves behind.
 */
#ifdef OSTIARY_TORTURE
void killpoint(const char *name);
#define KILLPOINT(name) killpoint(name)
#else
#define KILLPOINT(name) ((void)0)
#endif
#endif
