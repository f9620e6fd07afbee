#include "password_rule.h"
#include "codec.h"
#include "password.h"
#include "plain.h"
#include "secret.h"

struct fault {
	const char *sentence, *key;
};

static struct fault
find_fault(struct span password)
{
	if (!utf8_is_valid(password))
		return (struct fault){ "the password is not UTF-8",
			"password.not_utf8" };
	if (password.n > PASSWORD_SIZE_MAX)
		return (struct fault){ "the password has more than 1024 bytes",
			"password.too_long" };
	if (!text_is_plain(password, PASSWORD_SIZE_MAX))
		return (struct fault){
			"the password has control characters (its line may not "
			"end in CR LF)",
			"password.control"
		};
	if (text_length(password) < PASSWORD_LENGTH_MIN)
		return (struct fault){
			"the password has fewer than 8 characters",
			"password.too_short"
		};
	if (span_starts(password, SPAN(SECRET_KEY_PREFIX)))
		return (struct fault){
			"a password may not begin with osk_, for API keys do",
			"password.like_key"
		};
	return (struct fault){ NULL, NULL };
}

const char *
password_fault(struct span password)
{
	return find_fault(password).sentence;
}

const char *
password_fault_key(struct span password)
{
	return find_fault(password).key;
}
