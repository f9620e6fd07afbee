/* How many answers were yes and no: charts, reasons, who was turned away. */
#include "admin.h"
#include "chart.h"
#include "tally.h"

#define STEPS_MAX 96
#define WIDTH	  576
#define HEIGHT	  80

/* A chart: of so many steps of so many minutes, up to now. */
struct chart {
	size_t n;
	uint32_t step_minutes;
	const char *rows;		 /* the list of its numbers */
	const char *yes, *no;		 /* the sums */
	const char *yes_path, *all_path; /* as drawn */
	const char *scale, *from;	 /* the ends of its axes */
};

static const struct chart charts[] = {
	{ 60, 1, "hour", "hour_yes", "hour_no", "hour_yes_path",
		"hour_all_path", "hour_scale", "hour_from" },
	{ STEPS_MAX, 15, "day", "day_yes", "day_no", "day_yes_path",
		"day_all_path", "day_scale", "day_from" },
};

static void
set_count(struct values *values, const char *name, uint64_t count)
{
	values_number(
		values, name, count > INT64_MAX ? INT64_MAX : (int64_t)count);
}

static uint64_t
sum(const uint64_t *counts, size_t n)
{
	uint64_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += counts[i];
	return all;
}

/* All answers and, before them, the yes: what is left to see of all is the no.
 */
static enum ost_err
draw(struct visit *visit, const struct chart *chart,
	uint64_t counts[2][STEPS_MAX], struct values *values)
{
	uint64_t sums[STEPS_MAX], scale;
	struct span yes, all;
	enum ost_err err;

	for (size_t i = 0; i < chart->n; i++)
		sums[i] = counts[0][i] + counts[1][i];
	scale = chart_scale(sums, chart->n);
	err = chart_bars(
		visit->arena, counts[1], chart->n, scale, WIDTH, HEIGHT, &yes);
	if (err == OST_OK)
		err = chart_bars(visit->arena, sums, chart->n, scale, WIDTH,
			HEIGHT, &all);
	if (err != OST_OK)
		return err;
	values_set(values, chart->yes_path, yes);
	values_set(values, chart->all_path, all);
	set_count(values, chart->scale, scale);
	return OST_OK;
}

static enum ost_err
add_chart(struct visit *visit, const struct chart *chart, struct values *values)
{
	int64_t first =
		tally_minute() + 1 - (int64_t)chart->n * chart->step_minutes;
	uint64_t counts[2][STEPS_MAX] = { { 0 }, { 0 } };
	enum ost_err err = OST_OK;

	for (int is_yes = 0; is_yes < 2 && err == OST_OK; is_yes++)
		err = tally_series(visit->context->tally, SPAN_ABSENT, is_yes,
			first, chart->step_minutes, chart->n, counts[is_yes]);
	if (err == OST_OK)
		err = draw(visit, chart, counts, values);
	if (err != OST_OK)
		return err;
	set_count(values, chart->yes, sum(counts[1], chart->n));
	set_count(values, chart->no, sum(counts[0], chart->n));
	values_time(values, chart->from, first * 60000);
	for (size_t i = 0; i < chart->n; i++) {
		struct values *row = values_row(values, chart->rows);

		values_time(row, "time",
			(first + (int64_t)i * chart->step_minutes) * 60000);
		set_count(row, "yes", counts[1][i]);
		set_count(row, "no", counts[0][i]);
	}
	return OST_OK;
}

/* The word of the log, and the text that says what it means; none for one that
 * another version of the programs wrote. What is wrong with a callback address
 * has its sentence by the word alone. */
static void
set_reason(struct visit *visit, struct values *row, struct span word)
{
	struct span key = SPAN_ABSENT, text;
	struct buf buf;

	values_set(row, "reason", word);
	buf_init(&buf, visit->arena);
	if (!span_starts(word, SPAN("redirect_uri_")))
		buf_text(&buf, "reason.");
	buf_add(&buf, word);
	if (buf_span(&buf, &key) != OST_OK ||
		!language_text(visit->response->look.language, key, &text))
		key = SPAN_ABSENT;
	values_set(row, "why", key);
}

/* Why it was no; the sums are those of the reasons. */
static enum ost_err
add_reasons(struct visit *visit, struct values *values)
{
	struct tally_reason *reasons;
	uint64_t hour = 0, day = 0;
	size_t n;
	enum ost_err err = tally_reasons(
		visit->context->tally, visit->arena, &reasons, &n);

	for (size_t i = 0; err == OST_OK && i < n; i++) {
		struct values *row;

		if (reasons[i].is_yes)
			continue;
		row = values_row(values, "reasons");
		set_reason(visit, row, reasons[i].word);
		set_count(row, "hour_count", reasons[i].hour);
		set_count(row, "day_count", reasons[i].day);
		hour += reasons[i].hour;
		day += reasons[i].day;
	}
	set_count(values, "reasons_hour", hour);
	set_count(values, "reasons_day", day);
	return err;
}

enum ost_err
admin_rates(struct visit *visit, struct values *values)
{
	enum ost_err err = visit->context->tally == NULL ? OST_STORE : OST_OK;

	for (size_t i = 0; err == OST_OK && i < 2; i++)
		err = add_chart(visit, &charts[i], values);
	if (err == OST_OK)
		err = add_reasons(visit, values);
	/* Nothing of the doors depends on it: the rest of the page is right. */
	values_flag(values, "is_uncounted", err == OST_STORE);
	return err == OST_STORE ? OST_OK : err;
}

enum ost_err
admin_refusals(struct visit *visit, bool is_limited, size_t offset, size_t max,
	struct values *values, const char *list, bool *has_more)
{
	struct tally *tally = visit->context->tally;
	struct tally_refusal *found = NULL;
	size_t n = 0;
	enum ost_err err = OST_OK;

	/* One more, to see whether there are more. */
	if (tally != NULL)
		err = tally_recent(tally, visit->arena,
			is_limited ? TALLY_LIMITED : TALLY_FAILED, offset,
			max + 1, &found, &n);
	if (err == OST_STORE) {
		n = 0;
		err = OST_OK;
	}
	if (err != OST_OK)
		return err;
	*has_more = n > max;
	for (size_t i = 0; i < n && i < max; i++) {
		struct values *row = values_row(values, list);

		values_time(row, "time", found[i].time_ms);
		values_set(row, "who", found[i].subject);
		values_set(row, "address", found[i].address);
		values_set(row, "path", found[i].path);
		set_reason(visit, row, found[i].reason);
	}
	return OST_OK;
}
