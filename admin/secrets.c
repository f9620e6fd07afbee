#include "secrets.h"
#include "clock.h"

enum exit_status
secrets_make(struct admin *admin, const char *prefix, struct span *text,
	struct span *hash)
{
	enum ost_err err = secret_new(admin->arena, prefix, text);

	if (err == OST_OK)
		err = secret_hash(admin->arena, *text, hash);
	return err == OST_OK ? EXIT_DONE : report_fail(err, "making a secret");
}

enum exit_status
secrets_overlap(struct admin *admin, int64_t *old_until_ms)
{
	struct span overlap = argument_get(&admin->arguments, "overlap");
	int64_t seconds;

	*old_until_ms = 0;
	if (span_is_absent(overlap))
		return EXIT_DONE;
	if (duration_parse(overlap, &seconds) != OST_OK)
		return report_usage(
			"--overlap %.*s is no duration like 12h or 7d",
			SPAN_ARG(overlap));
	*old_until_ms = clock_wall_ms() + seconds * 1000;
	return EXIT_DONE;
}

void
secrets_say_once(struct admin *admin, const char *regret)
{
	output_say(&admin->out,
		"The secret is shown now and never again; only its hash is "
		"kept.");
	admin->out.regret = regret;
}
