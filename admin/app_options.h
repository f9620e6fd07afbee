#ifndef OSTIARY_APP_OPTIONS_H
#define OSTIARY_APP_OPTIONS_H
#include "app.h"
#include "command.h"
/* The options that `app add` and `app set` have in common. */

/*
 * Puts what was given into *app, and leaves the rest as it is: a list takes
 * the place of the former one, and an empty value takes away. Whether the app
 * is public and what it is called must be known before. Unless EXIT_DONE it
 * was said why.
 */
enum exit_status app_options_read(struct admin *admin, struct app *app);
/* A name for people, into *app. */
enum exit_status app_options_name(struct span name, struct app *app);

/* For a table of options. */
#define APP_OPTIONS                                                            \
	{ .name = "callback-prefix",                                           \
		.value = "URL",                                                \
		.help = "it may be called back below this",                    \
		.is_repeatable = true },                                       \
		{ .name = "redirect-uri",                                      \
			.value = "URL",                                        \
			.help = "or exactly there",                            \
			.is_repeatable = true },                               \
		{ .name = "description",                                       \
			.value = "T",                                          \
			.help = "what people are told about it" },             \
		{ .name = "website",                                           \
			.value = "URL",                                        \
			.help = "where people find it" },                      \
		{ .name = "refresh-tokens",                                    \
			.value = "yes|no",                                     \
			.help = "refresh tokens also without offline_access; " \
				"no stops these too" },                        \
		{ .name = "device-grant",                                      \
			.value = "yes|no",                                     \
			.help = "it may run on devices without a browser" },   \
		{ .name = "own-scope",                                         \
			.value = "NAME",                                       \
			.help = "a scope that it may have for itself",         \
			.is_repeatable = true },                               \
		{ .name = "introspect",                                        \
			.value = "yes|no",                                     \
			.help = "an API: it may ask about any token" },        \
	{                                                                      \
		.name = "id-token-alg", .value = "ALG",                        \
		.help = "what signs its ID tokens: RS256 or ES256"             \
	}
#endif
