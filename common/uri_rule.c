#include "uri_rule.h"

static const struct {
	const char *name, *sentence;
} rules[] = {
	[URI_OK] = { "ok", "The callback URL is good." },
	[URI_MISSING] = { "redirect_uri_missing",
		"The callback URL (redirect_uri) is missing." },
	[URI_TOO_LONG] = { "redirect_uri_too_long",
		"The callback URL is longer than 2000 bytes." },
	[URI_NOT_ABSOLUTE] = { "redirect_uri_not_absolute",
		"The callback URL must be absolute: https://host/path." },
	[URI_NOT_HTTPS] = { "redirect_uri_not_https",
		"The callback URL must begin with https://." },
	[URI_SCHEME_PLAIN] = { "redirect_uri_scheme_without_dot",
		"An application's own scheme must be made of a domain name "
		"that is turned round, with a dot in it: "
		"com.example.app:/callback." },
	[URI_SCHEME_CASE] = { "redirect_uri_scheme_not_lower_case",
		"An application's own scheme must be in lower case: "
		"com.example.app:/callback." },
	[URI_BAD_CHARACTER] = { "redirect_uri_bad_character",
		"The callback URL holds a character or a percent escape that "
		"may not stand there." },
	[URI_USERINFO] = { "redirect_uri_userinfo",
		"The callback URL must not have a user name before its host." },
	[URI_BAD_HOST] = { "redirect_uri_bad_host",
		"The host of the callback URL is neither a host name nor an "
		"address." },
	[URI_BAD_PORT] = { "redirect_uri_bad_port",
		"The port of the callback URL must be a number from 1 to "
		"65535." },
	[URI_LOCALHOST] = { "redirect_uri_localhost",
		"The callback URL must say http://127.0.0.1 and not localhost: "
		"a name may lead elsewhere." },
	[URI_NOT_LOOPBACK] = { "redirect_uri_not_loopback",
		"A callback URL that begins with http:// may only lead to the "
		"device itself: http://127.0.0.1 or http://[::1]." },
	[URI_FRAGMENT] = { "redirect_uri_fragment",
		"The callback URL must not have a fragment (#)." },
	[URI_BAD_PATH] = { "redirect_uri_bad_path",
		"The path of the callback URL must not have \".\" or \"..\" "
		"segments, empty segments or a semicolon." },
	[URI_RESERVED_QUERY] = { "redirect_uri_reserved_query",
		"The query of the callback URL uses a name that belongs to the "
		"answer: code, state, error, error_description or iss." },
	[URI_HAS_QUERY] = { "redirect_uri_has_query",
		"A callback prefix must not have a query." },
	[URI_ROOT_PREFIX] = { "redirect_uri_root_prefix",
		"A callback prefix must have a path: a whole host is too "
		"much." },
	[URI_NOT_REGISTERED] = { "redirect_uri_not_registered",
		"The callback URL is not registered for this application." },
};

const char *
uri_rule_name(enum uri_rule rule)
{
	return rules[rule].name;
}

const char *
uri_rule_sentence(enum uri_rule rule)
{
	return rules[rule].sentence;
}
