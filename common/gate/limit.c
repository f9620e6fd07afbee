#include "limit.h"
#include "clock.h"

static bool
was_charged(const struct request *request)
{
	struct span before;

	return request->face == FACE_NGINX &&
	       request_param(request, "OSTIARY_CHARGED", &before) == OST_OK;
}

static enum ost_err
count(const struct context *c, const struct request *request,
	enum rate_table table, struct span key, const struct limit_rule *limit,
	struct rate_result *result)
{
	enum ost_err err;

	if (!was_charged(request))
		return rate_hit(c->rate, table, key, limit->count,
			limit->window_s, result);
	err = rate_peek(
		c->rate, table, key, limit->count, limit->window_s, result);
	if (err == OST_OK)
		result->is_admitted = true;
	return err;
}

/* "r:METHODS PATH|" names the counters of a policy line with its own limit:
 * they stay when lines are moved. */
static enum ost_err
subject_key(const struct request *request, enum limit_subject subject,
	struct span id, const struct policy_rule *rule, struct span *key)
{
	static const char *const kinds[] = {
		"address:", "app:", "client:", "user:"
	};
	struct span address = SPAN_ABSENT;
	struct buf buf;

	buf_init(&buf, request->arena);
	if (rule != NULL && rule->has_limit) {
		buf_text(&buf, "r:");
		buf_add(&buf, rule->methods);
		buf_char(&buf, ' ');
		buf_add(&buf, rule->path);
		buf_char(&buf, '|');
	}
	buf_text(&buf, kinds[subject]);
	buf_add(&buf, id);
	if (subject == LIMIT_ADDRESS || subject == LIMIT_APP) {
		enum ost_err err = request_address_key(request, &address);

		if (err != OST_OK)
			return err;
		buf_char(&buf, '|');
		buf_add(&buf, address);
	}
	return buf_span(&buf, key);
}

static enum ost_err
app_total_key(struct arena *arena, struct span id, struct span *key)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_text(&buf, "app-total:");
	buf_add(&buf, id);
	return buf_span(&buf, key);
}

/* The app over all addresses, after the pair was admitted. */
static enum ost_err
charge_app_total(const struct context *c, const struct request *request,
	struct span id, struct rate_result *result)
{
	struct span key;
	enum ost_err err = app_total_key(request->arena, id, &key);

	if (err == OST_OK)
		err = count(c, request, RATE_SUBJECTS, key,
			&c->config->limit_app_total, result);
	return err;
}

static const struct limit_rule *
limit_of(const struct config *config, enum limit_subject subject,
	const struct policy_rule *rule)
{
	if (rule != NULL && rule->has_limit)
		return &rule->limit;
	switch (subject) {
	case LIMIT_USER:
		return &config->limit_user;
	case LIMIT_APP:
	case LIMIT_CLIENT:
		return &config->limit_app;
	case LIMIT_ADDRESS:
		break;
	}
	return &config->limit_anonymous;
}

static enum rate_table
table_of(enum limit_subject subject)
{
	return subject == LIMIT_USER || subject == LIMIT_CLIENT
		       ? RATE_SUBJECTS
		       : RATE_ADDRESSES;
}

enum ost_err
limit_charge(const struct context *c, const struct request *request,
	struct response *response, enum limit_subject subject, struct span id,
	const struct policy_rule *rule)
{
	const struct limit_rule *limit = limit_of(c->config, subject, rule);
	enum rate_table table = table_of(subject);
	struct rate_result result, total;
	struct span key;
	enum ost_err err = subject_key(request, subject, id, rule, &key);

	if (err == OST_OK)
		err = count(c, request, table, key, limit, &result);
	if (err != OST_OK)
		return err;
	if (subject == LIMIT_APP && result.is_admitted) {
		err = charge_app_total(c, request, id, &total);
		if (err == OST_OK && !total.is_admitted) {
			err = rate_give_back(c->rate, table, key,
				limit->window_s, result.reset_s);
			result = total;
		}
		if (err != OST_OK)
			return err;
	}
	response->limit = result;
	response->has_limit = true;
	return result.is_admitted ? OST_OK : OST_LIMITED;
}

enum ost_err
limit_count(const struct context *c, enum rate_table table, struct span key,
	const struct limit_rule *limit, int64_t *wait_s)
{
	struct rate_result result;
	int64_t left_s;
	enum ost_err err = rate_hit(
		c->rate, table, key, limit->count, limit->window_s, &result);

	if (err != OST_OK || result.is_admitted)
		return err;
	left_s = result.reset_s - clock_wall_s();
	*wait_s = left_s < 1 ? 1 : left_s;
	return OST_LIMITED;
}

enum ost_err
limit_pair(const struct context *c, struct arena *arena, struct span user_id,
	struct span client_id, int64_t *wait_s)
{
	static const struct limit_rule limit = { LIMIT_PAIR_MAX,
		LIMIT_PAIR_WINDOW_S };
	struct span key;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, arena);
	buf_text(&buf, "pair:");
	buf_add(&buf, user_id);
	buf_char(&buf, '|');
	buf_add(&buf, client_id);
	err = buf_span(&buf, &key);
	return err == OST_OK
		       ? limit_count(c, RATE_SUBJECTS, key, &limit, wait_s)
		       : err;
}

enum ost_err
limit_peek(const struct context *c, const struct request *request,
	enum limit_subject subject, struct span id,
	const struct policy_rule *rule, struct rate_result *result,
	uint32_t *window_s)
{
	const struct limit_rule *limit = limit_of(c->config, subject, rule);
	struct span key;
	enum ost_err err = subject_key(request, subject, id, rule, &key);

	*window_s = limit->window_s;
	return err == OST_OK ? rate_peek(c->rate, table_of(subject), key,
				       limit->count, limit->window_s, result)
			     : err;
}

enum ost_err
limit_peek_app_total(const struct context *c, struct arena *arena,
	struct span client_id, struct rate_result *result, uint32_t *window_s)
{
	const struct limit_rule *limit = &c->config->limit_app_total;
	struct span key;
	enum ost_err err = app_total_key(arena, client_id, &key);

	*window_s = limit->window_s;
	return err == OST_OK ? rate_peek(c->rate, RATE_SUBJECTS, key,
				       limit->count, limit->window_s, result)
			     : err;
}

void
limit_show(const struct context *c, const struct request *request,
	struct response *response)
{
	struct rate_result result;
	uint32_t window_s;

	if (limit_peek(c, request, LIMIT_ADDRESS, SPAN_ABSENT, NULL, &result,
		    &window_s) != OST_OK)
		return;
	result.is_admitted = true; /* not why it was turned away */
	response->limit = result;
	response->has_limit = true;
}

void
limit_headers(struct response *response)
{
	const struct rate_result *limit = &response->limit;
	int64_t wait_s = limit->reset_s - clock_wall_s();

	if (!response->has_limit)
		return;
	response_header_u64(response, "X-RateLimit-Limit", limit->limit);
	response_header_u64(
		response, "X-RateLimit-Remaining", limit->remaining);
	response_header_u64(
		response, "X-RateLimit-Reset", (uint64_t)limit->reset_s);
	if (!limit->is_admitted)
		response_header_u64(response, "Retry-After",
			wait_s < 1 ? 1 : (uint64_t)wait_s);
}
