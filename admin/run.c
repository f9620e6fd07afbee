#include "run.h"
#include "input.h"
#include "log.h"
#include "privilege.h"

static void
report_config(void *arg, const char *line)
{
	(void)arg;
	log_message("error", "%s", line);
}

static enum exit_status
run_with_state(struct admin *admin, const char *path)
{
	unsigned int flags =
		admin->command->needs == NEEDS_RING ? 0 : CONTEXT_NO_RING;
	enum exit_status status = privilege_drop(admin->config);
	enum ost_err err;

	if (admin->command->needs == NEEDS_TEXTS)
		flags |= CONTEXT_PAGES;
	if (status != EXIT_DONE)
		return status;
	err = context_open(path, NULL, flags, admin->arena, &admin->context);
	if (err != OST_OK)
		return report_fail(err == OST_CONFLICT ? OST_STORE : err,
			"%.*s cannot be opened",
			SPAN_ARG(admin->config->state_path));
	status = admin->command->run(admin);
	context_settle(&admin->context, STORE_BETWEEN);
	context_close(&admin->context);
	return status;
}

enum exit_status
run_command(struct admin *admin, const char *path)
{
	struct config *config;
	enum exit_status status;
	enum ost_err err;

	err = config_load(path, report_config, NULL, &config);
	if (err != OST_OK)
		return report_fail(err, "%s cannot be used", path);
	admin->config = config;
	/* Before root's rights go: the file may be root's. */
	status = input_passphrase(admin);
	if (status == EXIT_DONE)
		status = admin->command->needs == NEEDS_CONFIG
				 ? admin->command->run(admin)
				 : run_with_state(admin, path);
	if (status == EXIT_DONE)
		status = output_finish(&admin->out);
	config_free(config);
	return status;
}
