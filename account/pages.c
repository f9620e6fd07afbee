#include "pages.h"

const struct portal_page account_pages[] = {
	{ "/account", 0, overview_get, NULL },
	{ "/account/logo", PORTAL_OPEN, logo_get, NULL },
	{ "/account/style.css", PORTAL_OPEN, style_get, NULL },
	{ "/account/allowed", 0, allowed_get, NULL },
	{ "/account/allowed/withdraw", 0, allowed_withdraw_get,
		allowed_withdraw_post },
	{ "/account/apps", 0, apps_get, NULL },
	{ "/account/apps/callbacks", 0, app_callbacks_get, app_callbacks_post },
	{ "/account/apps/delete", 0, app_delete_get, app_delete_post },
	{ "/account/apps/edit", 0, app_edit_get, app_edit_post },
	{ "/account/apps/new", 0, app_new_get, app_new_post },
	{ "/account/apps/rotate", 0, app_rotate_get, app_rotate_post },
	{ NULL, 0, NULL, NULL },
};
