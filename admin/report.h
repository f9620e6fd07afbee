#ifndef OSTIARY_REPORT_H
#define OSTIARY_REPORT_H
#include "err.h"
#include <stdbool.h>
/*
 * How the command says that something went wrong: "ostiary: message" on
 * stderr, or with --json one line {"error":"word","message":"..."} and nothing
 * else. Each returns the status to exit with.
 */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1, /* understood, but no */
	EXIT_USAGE = 2,
	EXIT_FAILED = 3, /* configuration, store or system */
};

/* Sends log messages here: they are printed as they come, with --json kept for
 * the line that report_fail() writes. */
void report_begin(bool is_json);
__attribute__((format(printf, 1, 2))) enum exit_status report_usage(
	const char *format, ...);
/* word is stable, for programs. */
__attribute__((format(printf, 2, 3))) enum exit_status report_refuse(
	const char *word, const char *format, ...);
/* EXIT_FAILED, but EXIT_REFUSED for OST_CONFLICT: somebody else was faster.
 * The message is what was logged, or else this one, for nothing is said
 * twice. */
__attribute__((format(printf, 2, 3))) enum exit_status report_fail(
	enum ost_err err, const char *format, ...);
/* EXIT_FAILED for a system call of the command's own, which nobody logged. */
__attribute__((format(printf, 1, 2))) enum exit_status report_fail_system(
	const char *format, ...);
/* A remark that is no error; nothing with --json. */
__attribute__((format(printf, 1, 2))) void report_remark(
	const char *format, ...);
#endif
