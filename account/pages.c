#include "pages.h"

const struct portal_page account_pages[] = {
	{ "/account", 0, overview_get, NULL },
	{ NULL, 0, NULL, NULL },
};
