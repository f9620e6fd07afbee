#include "dump.h"
#include "load.h"
#include "record_check.h"

enum exit_status
load_check(struct load *load, unsigned int store, const struct store_item *item)
{
	enum exit_status status = EXIT_DONE;
	struct checked checked;
	enum ost_err err = record_check(
		load->arena, store, item->key, item->value, &checked);

	if (err != OST_OK)
		return report_fail(err, "load");
	if (checked.fault != NULL)
		return load_fault(load, "%s", checked.fault);
	for (size_t i = 0; i < checked.indexes_n && status == EXIT_DONE; i++)
		status = load_add(load, store, &checked.indexes[i]);
	return status;
}
