#include "pages.h"

const struct portal_page account_pages[] = {
	{ "/account", 0, overview_get, NULL },
	{ "/account/keys", 0, keys_get, keys_post },
	{ "/account/keys/revoke", 0, key_revoke_get, key_revoke_post },
	{ "/account/keys/rotate", 0, key_rotate_get, key_rotate_post },
	{ "/account/sessions", 0, sessions_get, sessions_post },
	{ "/account/events", 0, events_get, NULL },
	{ "/account/settings", 0, settings_get, settings_post },
	{ "/account/security", 0, security_get, security_post },
	{ "/account/logo", PORTAL_OPEN, logo_get, NULL },
	{ "/account/style.css", PORTAL_OPEN, style_get, NULL },
	{ "/account/usage", 0, usage_get, NULL },
	{ NULL, 0, NULL, NULL },
};
