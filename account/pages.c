#include "pages.h"

const struct portal_page account_pages[] = {
	{ "/account", 0, overview_get, NULL },
	{ "/account/logo", PORTAL_OPEN, logo_get, NULL },
	{ "/account/style.css", PORTAL_OPEN, style_get, NULL },
	{ "/account/two-step", PORTAL_FIRST, two_step_get, two_step_post },
	{ "/account/two-step/codes", 0, two_step_codes_get,
		two_step_codes_post },
	{ "/account/two-step/off", 0, two_step_off_get, two_step_off_post },
	{ "/account/signup", PORTAL_OPEN, signup_get, signup_post },
	{ "/account/reset", PORTAL_OPEN, reset_get, reset_post },
	{ NULL, 0, NULL, NULL },
};
