#include "codes.h"
#include "exchange.h"
#include "vectors.h"

#define CALLBACK "https://c.example/cb"

const struct code codes_plain = { .scope = { "read write", 10 } };
const struct code codes_offline = { .scope = { "read offline_access", 19 },
	.is_offline = true };

const char *
codes_asked(struct code code)
{
	struct span text;

	code.client_id = world.app.client_id;
	code.user_id = world.user.id;
	code.redirect_uri = SPAN(CALLBACK);
	code.user_epoch = world.user.epoch;
	code.app_epoch = world.app.epoch;
	assert_int_equal(code_create(world.context.grants, world.arena, &code,
				 MINUTE_MS, SPAN_ABSENT, NULL, &text),
		OST_OK);
	world.batches = 0;
	return world_joined("redirect_uri=" CALLBACK "&code=", text);
}

const char *
codes_with(const char *form, const char *more)
{
	return world_joined(form, span_of(more));
}

struct issue
codes_given(const char *form)
{
	struct issue issue;

	assert_int_equal(world_ask(exchange_code, form, &issue), OST_OK);
	return issue;
}

void
assert_code_refused(const char *form, const char *why)
{
	assert_denies(exchange_code, form, OAUTH_INVALID_GRANT, why);
}
