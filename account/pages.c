#include "pages.h"

const struct portal_page account_pages[] = {
	{ "/account", 0, overview_get, NULL },
	{ "/account/logo", PORTAL_OPEN, logo_get, NULL },
	{ "/account/style.css", PORTAL_OPEN, style_get, NULL },
	{ NULL, 0, NULL, NULL },
};
