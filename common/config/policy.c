#include "policy.h"
#include "policy_rule.h"
#include "textfile.h"

#include <string.h>

#define FILE_SIZE_MAX  (256 * 1024)
#define ARENA_SIZE_MAX (32 * 1024 * 1024)

struct policy {
	struct arena *arena;
	struct policy_rule *rules; /* n of them, room for size */
	size_t n, size;
};

/* What "*" is for Access-Control-Allow-Methods. */
static const char usual_methods[] = "GET,HEAD,POST,PUT,PATCH,DELETE";

static bool
path_covers(struct span rule, struct span path)
{
	if (rule.n == 0 || !span_starts(path, rule))
		return false;
	return path.n == rule.n || rule.p[rule.n - 1] == '/';
}

const struct policy_rule *
policy_match(const struct policy *policy, struct span method, struct span path)
{
	if (method.n == 0)
		return NULL;
	for (size_t i = 0; i < policy->n; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		if (path_covers(rule->path, path) &&
			(span_eq(rule->methods, SPAN("*")) ||
				policy_method_listed(rule->methods, method)))
			return rule;
	}
	return NULL;
}

/* Warns when for each of the rule's methods an earlier line decides. */
static void
warn_unreachable(const struct policy *policy, struct textfile *file,
	const struct policy_rule *rule)
{
	const struct policy_rule *earlier = NULL;
	struct span rest = rule->methods, method;

	while (span_next(&rest, ',', &method)) {
		earlier = policy_match(policy, method, rule->path);
		if (earlier == NULL)
			return;
	}
	if (earlier != NULL)
		textfile_warning(file, rule->line,
			"this line never matches, line %u always does before",
			earlier->line);
}

static enum ost_err
add_rule(struct policy *policy, const struct policy_rule *rule)
{
	if (policy->n == policy->size) {
		size_t size = policy->size > 0 ? 2 * policy->size : 64;
		struct policy_rule *rules =
			arena_array(policy->arena, size, sizeof(*rules));

		if (rules == NULL)
			return OST_NOMEM;
		if (policy->n > 0)
			memcpy(rules, policy->rules,
				policy->n * sizeof(*rules));
		policy->rules = rules;
		policy->size = size;
	}
	policy->rules[policy->n++] = *rule;
	return OST_OK;
}

static enum ost_err
read_rules(struct policy *policy, struct textfile *file)
{
	struct policy_rule rule;
	struct span line;

	while (textfile_next(file, &line)) {
		enum ost_err err = policy_rule_parse(file, line, &rule);

		if (err == OST_NOMEM)
			return err;
		if (err != OST_OK)
			continue;
		/* Only for who reads it: it takes a look at all lines. */
		if (file->report != NULL)
			warn_unreachable(policy, file, &rule);
		if (add_rule(policy, &rule) != OST_OK)
			return OST_NOMEM;
	}
	if (file->errors > 0)
		return OST_BADINPUT;
	if (policy->n == 0)
		textfile_warning(file, file->line,
			"there is no rule: every request is refused");
	return OST_OK;
}

enum ost_err
policy_load(const char *path, void (*report)(void *arg, const char *line),
	void *arg, struct policy **policy)
{
	struct arena *arena = arena_new(ARENA_SIZE_MAX);
	struct policy *made = NULL;
	struct textfile file;
	enum ost_err err = OST_NOMEM;

	if (arena != NULL)
		made = arena_alloc(arena, sizeof(*made));
	if (made == NULL)
		goto out;
	made->arena = arena;
	err = textfile_open(&file, arena, path, FILE_SIZE_MAX, report, arg);
	if (err == OST_OK)
		err = read_rules(made, &file);
	if (err != OST_OK)
		goto out;
	*policy = made;
	return OST_OK;
out:
	arena_free(arena);
	return err;
}

void
policy_free(struct policy *policy)
{
	if (policy != NULL)
		arena_free(policy->arena);
}

enum ost_err
policy_methods(const struct policy *policy, struct span path,
	struct arena *arena, struct span *methods)
{
	struct buf buf;

	buf_init(&buf, arena);
	for (size_t i = 0; i < policy->n; i++) {
		const struct policy_rule *rule = &policy->rules[i];
		struct span rest = rule->methods, method;

		if (!path_covers(rule->path, path))
			continue;
		if (span_eq(rest, SPAN("*")))
			rest = span_of(usual_methods);
		while (span_next(&rest, ',', &method)) {
			if (policy_method_listed(
				    (struct span){ buf.p, buf.n }, method))
				continue;
			if (buf.n > 0)
				buf_text(&buf, ", ");
			buf_add(&buf, method);
		}
	}
	return buf_span(&buf, methods);
}

size_t
policy_count(const struct policy *policy)
{
	return policy->n;
}

const struct policy_rule *
policy_rule_at(const struct policy *policy, size_t i)
{
	return i < policy->n ? &policy->rules[i] : NULL;
}
