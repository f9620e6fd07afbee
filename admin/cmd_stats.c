/* ostiary stats: how many answers were a yes and how many a no, and why. */
#include "command.h"
#include "privilege.h"
#include "tally.h"

#define LIMIT_DEFAULT 20
#define HOURS	      24

static enum ost_err
show_reasons(struct admin *admin, struct tally *tally)
{
	enum { COLUMNS = 4 };
	struct tally_reason *reasons = NULL;
	struct field *fields;
	size_t n = 0;
	enum ost_err err = OST_OK;

	if (tally != NULL)
		err = tally_reasons(tally, admin->arena, &reasons, &n);
	if (err != OST_OK)
		return err;
	fields = arena_array(admin->arena, n * COLUMNS + 1, sizeof(*fields));
	if (fields == NULL)
		return OST_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct field row[COLUMNS] = {
			{ .name = "reason",
				.heading = "REASON",
				.text = reasons[i].word },
			{ .name = "answer",
				.heading = "ANSWER",
				.text = reasons[i].is_yes ? SPAN("yes")
							  : SPAN("no") },
			{ .name = "last_hour",
				.heading = "LAST HOUR",
				.kind = FIELD_COUNT,
				.number = (int64_t)reasons[i].hour },
			{ .name = "last_day",
				.heading = "LAST DAY",
				.kind = FIELD_COUNT,
				.number = (int64_t)reasons[i].day },
		};

		for (size_t j = 0; j < COLUMNS; j++)
			fields[i * COLUMNS + j] = row[j];
	}
	output_table(&admin->out, NULL, "answers", fields, n, COLUMNS);
	return OST_OK;
}

static enum ost_err
show_day(struct admin *admin, struct tally *tally)
{
	enum { COLUMNS = 3 };
	int64_t first = tally_minute() + 1 - HOURS * 60;
	uint64_t counts[2][HOURS] = { { 0 }, { 0 } };
	struct field fields[HOURS * COLUMNS];
	enum ost_err err = OST_OK;

	for (int is_yes = 0; is_yes < 2 && err == OST_OK && tally; is_yes++)
		err = tally_series(tally, SPAN_ABSENT, is_yes, first, 60, HOURS,
			counts[is_yes]);
	if (err != OST_OK)
		return err;
	for (size_t i = 0; i < HOURS; i++) {
		fields[i * COLUMNS] = (struct field){ .name = "from",
			.heading = "HOUR FROM",
			.kind = FIELD_TIME,
			.number = (first + (int64_t)i * 60) * 60000 };
		fields[i * COLUMNS + 1] = (struct field){ .name = "yes",
			.heading = "YES",
			.kind = FIELD_COUNT,
			.number = (int64_t)counts[1][i] };
		fields[i * COLUMNS + 2] = (struct field){ .name = "no",
			.heading = "NO",
			.kind = FIELD_COUNT,
			.number = (int64_t)counts[0][i] };
	}
	output_table(&admin->out, NULL, "answers", fields, HOURS, COLUMNS);
	return OST_OK;
}

static enum ost_err
show_refused(struct admin *admin, struct tally *tally, size_t limit)
{
	enum { COLUMNS = 7 };
	struct tally_refusal *found = NULL;
	struct field *fields;
	size_t n = 0;
	enum ost_err err = OST_OK;

	if (tally != NULL)
		err = tally_recent(
			tally, admin->arena, TALLY_ALL, 0, limit, &found, &n);
	if (err != OST_OK)
		return err;
	fields = arena_array(admin->arena, n * COLUMNS + 1, sizeof(*fields));
	if (fields == NULL)
		return OST_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct field row[COLUMNS] = {
			{ .name = "time",
				.heading = "TIME",
				.kind = FIELD_TIME,
				.number = found[i].time_ms },
			{ .name = "status",
				.heading = "STATUS",
				.kind = FIELD_COUNT,
				.number = found[i].status },
			{ .name = "reason",
				.heading = "REASON",
				.text = found[i].reason },
			{ .name = "program",
				.heading = "PROGRAM",
				.text = found[i].program },
			{ .name = "subject",
				.heading = "SUBJECT",
				.text = found[i].subject },
			{ .name = "address",
				.heading = "ADDRESS",
				.text = found[i].address },
			{ .name = "path",
				.heading = "PATH",
				.text = found[i].path },
		};

		for (size_t j = 0; j < COLUMNS; j++)
			fields[i * COLUMNS + j] = row[j];
	}
	output_table(&admin->out, NULL, "refusals", fields, n, COLUMNS);
	return OST_OK;
}

static enum ost_err
show(struct admin *admin, size_t limit)
{
	const struct arguments *arguments = &admin->arguments;
	struct tally *tally = NULL;
	enum ost_err err = tally_open_there(admin->config->state_path, &tally);

	/* Nothing has been counted yet. */
	if (err == OST_NOTFOUND)
		err = OST_OK;
	if (err != OST_OK)
		return err;
	if (argument_has(arguments, "refused"))
		err = show_refused(admin, tally, limit);
	else if (argument_has(arguments, "day"))
		err = show_day(admin, tally);
	else
		err = show_reasons(admin, tally);
	tally_close(tally);
	return err;
}

static enum exit_status
run(struct admin *admin)
{
	const struct arguments *arguments = &admin->arguments;
	bool is_refused = argument_has(arguments, "refused");
	struct span text = argument_get(arguments, "limit");
	uint64_t limit = LIMIT_DEFAULT;
	enum exit_status status;
	enum ost_err err;

	if (is_refused && argument_has(arguments, "day"))
		return report_usage("stats: --refused or --day, not both");
	if (!span_is_absent(text) && !is_refused)
		return report_usage("stats: --limit is of --refused");
	if (!span_is_absent(text) &&
		span_to_u64(text, 1, TALLY_REFUSALS, &limit) != OST_OK)
		return report_usage("stats: --limit is a number from 1 to %d",
			TALLY_REFUSALS);
	status = privilege_drop(admin->config);
	if (status != EXIT_DONE)
		return status;
	err = show(admin, (size_t)limit);
	return err == OST_OK ? EXIT_DONE : report_fail(err, "the tally");
}

static const struct option options[] = {
	{ .name = "day", .help = "the last 24 hours, hour by hour" },
	{ .name = "refused", .help = "the last refusals, the newest first" },
	{ .name = "limit",
		.value = "N",
		.help = "so many of them; 20 unless told" },
	{ .name = NULL },
};

const struct command stats_commands[] = {
	{ "stats", "", 0, 0, options,
		"Count what was answered yes and no, and why",
		"By the reasons of the log, over the last hour and the last "
		"day; a yes is a status\nbelow 400. With --refused who was "
		"turned away: what is there is in the log, too,\nof which the "
		"last 1024 refusals are kept.",
		NEEDS_CONFIG, run },
	{ .name = NULL },
};
