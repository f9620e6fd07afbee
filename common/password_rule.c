#include "password_rule.h"
#include "codec.h"
#include "password.h"
#include "plain.h"
#include "secret.h"

const char *
password_fault(struct span password)
{
	if (!utf8_is_valid(password))
		return "the password is not UTF-8";
	if (password.n > PASSWORD_SIZE_MAX)
		return "the password has more than 1024 bytes";
	if (!text_is_plain(password, PASSWORD_SIZE_MAX))
		return "the password has control characters (its line may not "
		       "end in CR LF)";
	if (text_length(password) < PASSWORD_LENGTH_MIN)
		return "the password has fewer than 8 characters";
	if (span_starts(password, SPAN(SECRET_KEY_PREFIX)))
		return "a password may not begin with osk_, for API keys do";
	return NULL;
}
