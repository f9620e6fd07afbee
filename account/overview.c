/* /account: what there is of one's own, at a glance. */
#include "pages.h"

enum ost_err
overview_get(struct visit *visit)
{
	struct values *values;
	enum ost_err err = portal_values(visit, "at_overview", &values);

	if (err != OST_OK)
		return err;
	values_set(values, "display_name", visit->visitor.user.display_name);
	portal_show(visit, "account", "overview", values);
	return OST_OK;
}
