#include "policy_rule.h"
#include "codec.h"
#include "origin.h"

#define METHODS_SIZE_MAX 256
#define PATH_SIZE_MAX	 4096
#define SCOPE_SIZE_MAX	 128

/* The next field; false at the end of the line and before a comment. */
static bool
next_field(struct span *rest, struct span *field)
{
	size_t n = 0;

	*rest = span_trim(*rest);
	if (rest->n == 0 || rest->p[0] == '#')
		return false;
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	*field = (struct span){ rest->p, n };
	*rest = span_skip(*rest, n);
	return true;
}

static const char *
method_fault(struct span method)
{
	if (method.n == 0)
		return "a method is missing; write GET,HEAD without blanks";
	if (span_eq(method, SPAN("*")))
		return "* stands alone, for every method";
	for (size_t i = 0; i < method.n; i++) {
		char c = method.p[i];

		if (c >= 'a' && c <= 'z')
			return "methods are written in upper case";
		if (!char_is_alnum(c) && c != '-' && c != '_' && c != '.')
			return "expected * or methods joined by commas, such "
			       "as GET,HEAD";
	}
	return NULL;
}

bool
policy_method_listed(struct span list, struct span method)
{
	struct span piece;

	while (span_next(&list, ',', &piece))
		if (span_eq(span_trim(piece), method))
			return true;
	return false;
}

static void
read_methods(struct textfile *file, struct span field, struct policy_rule *rule)
{
	struct span rest = field, method;

	rule->methods = field;
	if (span_eq(field, SPAN("*")))
		return;
	if (field.n > METHODS_SIZE_MAX) {
		textfile_error(
			file, "methods: more than %d bytes", METHODS_SIZE_MAX);
		return;
	}
	while (span_next(&rest, ',', &method)) {
		const char *fault = method_fault(method);

		if (fault == NULL && policy_method_listed(rest, method))
			fault = "a method stands there twice";
		if (fault == NULL)
			continue;
		textfile_error(
			file, "methods %.*s: %s", TEXTFILE_ARG(field), fault);
		return;
	}
	if (policy_method_listed(field, SPAN("GET")) &&
		!policy_method_listed(field, SPAN("HEAD")))
		textfile_warning(file, file->line,
			"GET does not include HEAD; GET,HEAD is the usual");
}

/* Why path, decoded, is none that a request can have. */
static const char *
path_fault(struct span path)
{
	struct span rest = span_skip(path, 1), segment;

	for (size_t i = 0; i < path.n; i++)
		if (char_is_control(path.p[i]) || path.p[i] == '\\')
			return "no request path has a control byte or a "
			       "backslash";
	if (!utf8_is_valid(path))
		return "it must be UTF-8";
	while (span_next(&rest, '/', &segment)) {
		if (segment.n == 0 && !span_is_absent(rest))
			return "requests are matched with // joined; write /";
		if (span_eq(segment, SPAN(".")) || span_eq(segment, SPAN("..")))
			return "requests are matched with . and .. resolved; "
			       "write the path without them";
	}
	return NULL;
}

/* What is wrong with the path as it is written. */
static const char *
spelling_fault(struct span field)
{
	if (span_eq(field, SPAN("*")))
		return "/ stands for every path";
	if (!span_starts(field, SPAN("/")))
		return "it must begin with /";
	if (field.n > PATH_SIZE_MAX)
		return "it is too long";
	if (span_has(field, '#'))
		return "write # as %23; a comment has a blank before it";
	return NULL;
}

/* OST_NOMEM; faults are reported and counted. */
static enum ost_err
read_path(struct textfile *file, struct span field, struct policy_rule *rule)
{
	const char *fault = spelling_fault(field);

	if (fault == NULL) {
		enum ost_err err =
			percent_decode(file->arena, field, &rule->path);

		if (err == OST_NOMEM)
			return err;
		fault = err == OST_OK ? path_fault(rule->path)
				      : "% needs two hex digits, and not 00; "
					"% itself is %25";
	}
	if (fault != NULL)
		textfile_error(
			file, "path %.*s: %s", TEXTFILE_ARG(field), fault);
	else if (span_has(field, '?'))
		textfile_warning(file, file->line,
			"path %.*s: a query is not part of the path that is "
			"matched",
			TEXTFILE_ARG(field));
	return OST_OK;
}

bool
policy_role_is_valid(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!char_is_alnum(name.p[i]) && name.p[i] != '_' &&
			name.p[i] != '-')
			return false;
	return name.n > 0 && name.n <= POLICY_ROLE_SIZE_MAX;
}

/* RFC 6749 section 3.3, scope-token. */
static bool
is_scope(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < 0x21 || name.p[i] > 0x7e || name.p[i] == '"' ||
			name.p[i] == '\\')
			return false;
	return name.n > 0 && name.n <= SCOPE_SIZE_MAX;
}

static void
read_named(struct textfile *file, struct span field, struct policy_rule *rule)
{
	struct span kind = SPAN_ABSENT;

	rule->name = field;
	if (!span_cut(&rule->name, ':', &kind))
		kind = field;
	if (span_eq(kind, SPAN("role"))) {
		rule->who = POLICY_ROLE;
		if (policy_role_is_valid(rule->name) && kind.n < field.n)
			return;
		textfile_error(file,
			"%.*s: expected role:NAME of 1 to %d letters, digits, "
			"- and _",
			TEXTFILE_ARG(field), POLICY_ROLE_SIZE_MAX);
	} else if (span_eq(kind, SPAN("scope"))) {
		rule->who = POLICY_SCOPE;
		if (is_scope(rule->name) && kind.n < field.n)
			return;
		textfile_error(file,
			"%.*s: expected scope:NAME of 1 to %d printable ASCII "
			"characters but \" and \\",
			TEXTFILE_ARG(field), SCOPE_SIZE_MAX);
	} else {
		textfile_error(file,
			"who %.*s: expected anyone, app, user, role:NAME or "
			"scope:NAME",
			TEXTFILE_ARG(field));
	}
}

static void
read_who(struct textfile *file, struct span field, struct policy_rule *rule)
{
	if (span_eq(field, SPAN("anyone")))
		rule->who = POLICY_ANYONE;
	else if (span_eq(field, SPAN("app")))
		rule->who = POLICY_APP;
	else if (span_eq(field, SPAN("user")))
		rule->who = POLICY_USER;
	else
		read_named(file, field, rule);
}

static void
read_limit(struct textfile *file, struct span value, struct policy_rule *rule)
{
	rule->has_limit = true;
	if (limit_rule_parse(value, &rule->limit) != OST_OK)
		textfile_error(file,
			"limit=%.*s: expected COUNT/DURATION such as 300/15m, "
			"with a count from 1 to %d and a duration from 1s to "
			"%dd",
			TEXTFILE_ARG(value), LIMIT_COUNT_MAX,
			DURATION_MAX_S / 86400);
}

static void
read_auth(struct textfile *file, struct span value, struct policy_rule *rule)
{
	if (span_eq(value, SPAN("any")))
		rule->auth = POLICY_AUTH_ANY;
	else if (span_eq(value, SPAN("key")))
		rule->auth = POLICY_AUTH_KEY;
	else if (span_eq(value, SPAN("token")))
		rule->auth = POLICY_AUTH_TOKEN;
	else
		textfile_error(file, "auth=%.*s: expected any, key or token",
			TEXTFILE_ARG(value));
	if (rule->who == POLICY_ANYONE && rule->auth != POLICY_AUTH_ANY)
		textfile_error(file,
			"auth=%.*s: anyone needs no credential; say user",
			TEXTFILE_ARG(value));
}

static void
read_cors(struct textfile *file, struct span value, struct policy_rule *rule)
{
	struct origin origin;
	const char *fault = NULL;

	rule->cors = value;
	if (!span_eq(value, SPAN("*")))
		fault = origin_fault(value, &origin);
	if (fault != NULL)
		textfile_error(file,
			"cors=%.*s: expected * or an origin such as "
			"https://app.example; %s",
			TEXTFILE_ARG(value), fault);
}

static const struct option {
	const char *name;
	void (*read)(struct textfile *file, struct span value,
		struct policy_rule *rule);
} options[] = {
	{ "limit", read_limit },
	{ "auth", read_auth },
	{ "cors", read_cors },
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

/* seen has a bit for each option that the line had already. */
static void
read_option(struct textfile *file, struct span field, struct policy_rule *rule,
	unsigned int *seen)
{
	struct span value = field, name;

	if (!span_cut(&value, '=', &name))
		name = SPAN_ABSENT;
	for (size_t i = 0; i < OPTIONS; i++) {
		if (!span_eq(name, span_of(options[i].name)))
			continue;
		if (*seen & 1U << i)
			textfile_error(file, "%s= stands there twice",
				options[i].name);
		*seen |= 1U << i;
		options[i].read(file, value, rule);
		return;
	}
	textfile_error(file,
		"option %.*s: expected limit=COUNT/DURATION, "
		"auth=any|key|token or cors=ORIGIN|*",
		TEXTFILE_ARG(field));
}

enum ost_err
policy_rule_parse(
	struct textfile *file, struct span line, struct policy_rule *rule)
{
	struct span methods, path, who, option;
	unsigned int errors = file->errors, seen = 0;

	*rule = (struct policy_rule){ .line = file->line };
	if (!next_field(&line, &methods))
		return OST_NOTFOUND;
	if (!next_field(&line, &path) || !next_field(&line, &who)) {
		textfile_error(file,
			"expected methods, path, who and perhaps options, with "
			"blanks between them");
		return OST_BADINPUT;
	}
	read_methods(file, methods, rule);
	if (read_path(file, path, rule) != OST_OK)
		return OST_NOMEM;
	read_who(file, who, rule);
	while (next_field(&line, &option))
		read_option(file, option, rule, &seen);
	return file->errors == errors ? OST_OK : OST_BADINPUT;
}
