#include "uri_rule.h"
#include "messages.h"

/* Each is the key of its sentence, too. */
static const char *const names[] = {
	[URI_OK] = "redirect_uri_ok",
	[URI_MISSING] = "redirect_uri_missing",
	[URI_TOO_LONG] = "redirect_uri_too_long",
	[URI_NOT_ABSOLUTE] = "redirect_uri_not_absolute",
	[URI_NOT_HTTPS] = "redirect_uri_not_https",
	[URI_SCHEME_PLAIN] = "redirect_uri_scheme_without_dot",
	[URI_SCHEME_CASE] = "redirect_uri_scheme_not_lower_case",
	[URI_BAD_CHARACTER] = "redirect_uri_bad_character",
	[URI_USERINFO] = "redirect_uri_userinfo",
	[URI_BAD_HOST] = "redirect_uri_bad_host",
	[URI_BAD_PORT] = "redirect_uri_bad_port",
	[URI_LOCALHOST] = "redirect_uri_localhost",
	[URI_NOT_LOOPBACK] = "redirect_uri_not_loopback",
	[URI_FRAGMENT] = "redirect_uri_fragment",
	[URI_BAD_PATH] = "redirect_uri_bad_path",
	[URI_RESERVED_QUERY] = "redirect_uri_reserved_query",
	[URI_HAS_QUERY] = "redirect_uri_has_query",
	[URI_ROOT_PREFIX] = "redirect_uri_root_prefix",
	[URI_NOT_REGISTERED] = "redirect_uri_not_registered",
};

const char *
uri_rule_name(enum uri_rule rule)
{
	return names[rule];
}

const char *
uri_rule_sentence(enum uri_rule rule)
{
	struct span text = SPAN("");

	return language_text(NULL, span_of(names[rule]), &text) ? text.p : "";
}
