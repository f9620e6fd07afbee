#include "err.h"

const char *
ost_err_name(enum ost_err err)
{
	switch (err) {
	case OST_OK:
		return "ok";
	case OST_NOTFOUND:
		return "not_found";
	case OST_CONFLICT:
		return "conflict";
	case OST_EXPIRED:
		return "expired";
	case OST_DENIED:
		return "denied";
	case OST_LIMITED:
		return "limited";
	case OST_BADINPUT:
		return "bad_input";
	case OST_TOOBIG:
		return "too_big";
	case OST_STORE:
		return "store";
	case OST_BUSY:
		return "busy";
	case OST_CRYPTO:
		return "crypto";
	case OST_NOMEM:
		return "no_memory";
	case OST_SYSTEM:
		return "system";
	}
	return "unknown";
}
