#include "cors.h"
#include "limit.h"

/*
 * Which other headers the API takes and gives is its own business: the "*" of
 * the Fetch standard, which holds only where the browser adds no credential of
 * its own, and there is no Access-Control-Allow-Credentials here. It does not
 * stand for Authorization; browsers that do not know it have the names.
 */
#define TAKEN SPAN("Authorization, Content-Type, X-App-Token, *")
#define GIVEN                                                                  \
	SPAN("X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "   \
	     "Retry-After, X-Request-Id, *")

bool
cors_is_preflight(const struct request *request)
{
	struct span method;

	return span_eq(request->method_name, SPAN("OPTIONS")) &&
	       !span_is_absent(request->origin) &&
	       request_param(request, "HTTP_ACCESS_CONTROL_REQUEST_METHOD",
		       &method) == OST_OK;
}

static bool
allows_origin(const struct request *request, const struct policy_rule *rule)
{
	return rule != NULL && !span_is_absent(rule->cors) &&
	       !span_is_absent(request->origin) &&
	       (span_eq(rule->cors, SPAN("*")) ||
		       span_eq(rule->cors, request->origin));
}

void
cors_headers(const struct request *request, struct response *response,
	const struct policy_rule *rule)
{
	if (rule == NULL || span_is_absent(rule->cors))
		return;
	/* Caches must not give one origin's answer to another. */
	if (!span_eq(rule->cors, SPAN("*")))
		response_header(response, "Vary", SPAN("Origin"));
	if (!allows_origin(request, rule))
		return;
	response_header(response, "Access-Control-Allow-Origin", rule->cors);
	response_header(response, "Access-Control-Expose-Headers", GIVEN);
}

enum ost_err
cors_preflight(const struct context *c, const struct request *request,
	struct response *response, struct span path)
{
	const struct policy_rule *rule;
	struct span method, methods;
	enum ost_err err = request_param(
		request, "HTTP_ACCESS_CONTROL_REQUEST_METHOD", &method);

	if (err != OST_OK)
		return OST_NOTFOUND;
	rule = policy_match(c->policy, method, path);
	if (!allows_origin(request, rule))
		return OST_NOTFOUND;
	err = limit_charge(
		c, request, response, LIMIT_ADDRESS, SPAN_ABSENT, NULL);
	if (err == OST_OK)
		err = policy_methods(c->policy, path, request->arena, &methods);
	if (err != OST_OK)
		return err;
	response_begin(response, 204, "preflight", NULL);
	cors_headers(request, response, rule);
	response_header(response, "Access-Control-Allow-Methods", methods);
	response_header(response, "Access-Control-Allow-Headers", TAKEN);
	response_header(response, "Access-Control-Max-Age", SPAN("600"));
	return OST_OK;
}
