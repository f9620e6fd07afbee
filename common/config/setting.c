#include "setting.h"
#include "codec.h"
#include "origin.h"
#include "policy_rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE_MAX 1000 /* log.c and the stores need some room behind it */
#define TEXT_SIZE_MAX 200
#define MINUTE	      60
#define DAY	      86400

/* A blank and a #: the start of a comment, thinks who wrote it. */
static bool
has_comment(struct span value)
{
	for (size_t i = 1; i < value.n; i++)
		if (value.p[i] == '#' &&
			(value.p[i - 1] == ' ' || value.p[i - 1] == '\t'))
			return true;
	return false;
}

/* Says that value is not allowed for the setting, and what is. */
__attribute__((format(printf, 4, 5))) static enum ost_err
refuse(const struct setting_target *target, const struct setting *setting,
	struct span value, const char *format, ...)
{
	char allowed[200];
	va_list args;

	va_start(args, format);
	vsnprintf(allowed, sizeof(allowed), format, args);
	va_end(args);
	textfile_error(target->file, "%s = %.*s: %s%s", setting->name,
		TEXTFILE_ARG(value), allowed,
		has_comment(value) ? " (a comment stands on its own line)"
				   : "");
	return OST_BADINPUT;
}

static enum ost_err
set_text(const struct setting_target *target, const struct setting *setting,
	struct span value, struct span *field)
{
	if (value.n > TEXT_SIZE_MAX || !utf8_is_valid(value))
		return refuse(target, setting, value,
			"must be UTF-8 of at most %d bytes", TEXT_SIZE_MAX);
	return arena_copy(target->file->arena, value, field);
}

static enum ost_err
set_issuer(const struct setting_target *target, const struct setting *setting,
	struct span value)
{
	struct config *config = target->config;
	struct origin origin;
	const char *fault = origin_fault(value, &origin);
	enum ost_err err;

	if (fault == NULL && !span_eq(origin.scheme, SPAN("https")))
		fault = "http will not do";
	if (fault != NULL)
		return refuse(target, setting, value,
			"must be https://host or https://host:port; %s", fault);
	err = arena_copy(target->file->arena, value, &config->issuer);
	if (err != OST_OK)
		return err;
	config->is_issuer_local = origin_is_local(&origin);
	return arena_copy(
		target->file->arena, origin.host, &config->issuer_host);
}

/* Adds the absolute path to buf; nothing for / and for an empty path. */
static void
add_path(const struct setting_target *target, struct span path, struct buf *buf)
{
	bool is_absolute = span_starts(path, SPAN("/"));

	while (span_ends(path, SPAN("/")))
		path.n--;
	while (span_starts(path, SPAN("./")))
		path = span_skip(path, 2);
	if (path.n == 0)
		return;
	if (!is_absolute)
		buf_add(buf, target->folder);
	if (span_eq(path, SPAN(".")))
		return;
	if (!is_absolute)
		buf_char(buf, '/');
	buf_add(buf, path);
}

/* Relative paths start in the file's folder. Value and field begin with
 * prefix, the path follows. */
static enum ost_err
set_path(const struct setting_target *target, const struct setting *setting,
	struct span value, const char *prefix, struct span *field)
{
	struct span path;
	struct buf buf;
	enum ost_err err;

	if (has_comment(value))
		return refuse(target, setting, value,
			"must be a path without \" #\"");
	buf_init(&buf, target->file->arena);
	buf_text(&buf, prefix);
	add_path(target, span_skip(value, strlen(prefix)), &buf);
	err = buf_span(&buf, &path);
	if (err != OST_OK)
		return err;
	if (path.n == strlen(prefix) || path.n > PATH_SIZE_MAX)
		return refuse(target, setting, value,
			"must be %sPATH, with an absolute path of at most %d "
			"bytes that is not /",
			prefix, PATH_SIZE_MAX);
	*field = path;
	return OST_OK;
}

static enum ost_err
set_state(const struct setting_target *target, const struct setting *setting,
	struct span value)
{
	static const char type[] = "gdbm:";
	struct config *config = target->config;
	enum ost_err err;

	if (!span_starts(value, span_of(type)))
		return refuse(target, setting, value,
			"must be gdbm:FOLDER; gdbm is the only type of store");
	err = set_path(target, setting, value, type, &config->state);
	if (err == OST_OK)
		config->state_path = span_skip(config->state, strlen(type));
	return err;
}

static enum ost_err
set_log(const struct setting_target *target, const struct setting *setting,
	struct span value)
{
	if (span_eq(value, SPAN("stderr")) || span_eq(value, SPAN("syslog")))
		return arena_copy(
			target->file->arena, value, &target->config->log);
	/* A misspelt word must not become a file. */
	if (!span_has(value, '/') && !span_has(value, '.'))
		return refuse(target, setting, value,
			"must be stderr, syslog or a file (with a / or a . in "
			"its name)");
	return set_path(target, setting, value, "", &target->config->log);
}

static enum ost_err
set_duration(const struct setting_target *target, const struct setting *setting,
	struct span value, int64_t *field)
{
	int64_t seconds;

	if (duration_parse(value, &seconds) != OST_OK ||
		seconds > setting->max_s)
		return refuse(target, setting, value,
			"must be a duration such as 30s, 10m, 12h or 90d, from "
			"1s to %lld%s",
			(long long)(setting->max_s /
				    (setting->max_s < DAY ? MINUTE : DAY)),
			setting->max_s < DAY ? "m" : "d");
	*field = seconds;
	return OST_OK;
}

static enum ost_err
set_choice(const struct setting_target *target, const struct setting *setting,
	struct span value, bool *field)
{
	bool is_true = span_eq(value, span_of(setting->words[0]));

	if (!is_true && !span_eq(value, span_of(setting->words[1])))
		return refuse(target, setting, value, "must be %s or %s",
			setting->words[0], setting->words[1]);
	*field = is_true;
	return OST_OK;
}

/* Words parted by blanks; the field has one between two. */
static enum ost_err
set_roles(const struct setting_target *target, const struct setting *setting,
	struct span value, struct span *field)
{
	struct span rest = value, role;
	struct buf buf;

	buf_init(&buf, target->file->arena);
	while (span_next(&rest, ' ', &role)) {
		if (role.n == 0)
			continue;
		if (!policy_role_is_valid(role))
			return refuse(target, setting, value,
				"must be roles parted by blanks, each 1 to %d "
				"letters, digits, - and _",
				POLICY_ROLE_SIZE_MAX);
		if (buf.n > 0)
			buf_char(&buf, ' ');
		buf_add(&buf, role);
	}
	return buf_span(&buf, field);
}

static enum ost_err
set_signup(const struct setting_target *target, const struct setting *setting,
	struct span value, enum signup_mode *field)
{
	if (span_eq(value, SPAN("off")))
		*field = SIGNUP_OFF;
	else if (span_eq(value, SPAN("invite")))
		*field = SIGNUP_INVITE;
	else if (span_eq(value, SPAN("open")))
		*field = SIGNUP_OPEN;
	else
		return refuse(
			target, setting, value, "must be off, invite or open");
	return OST_OK;
}

static enum ost_err
set_mailbox(const struct setting_target *target, const struct setting *setting,
	struct span value, struct mailbox *field)
{
	struct mailbox mailbox;
	struct span copy;
	enum ost_err err = arena_copy(target->file->arena, value, &copy);

	if (err != OST_OK)
		return err;
	if (value.n > TEXT_SIZE_MAX || mailbox_parse(copy, &mailbox) != OST_OK)
		return refuse(target, setting, value,
			"must be user@host or Name <user@host>, of at most %d "
			"bytes",
			TEXT_SIZE_MAX);
	*field = mailbox;
	return OST_OK;
}

/* People paste it into a shell: nothing in it may mean anything there. */
static enum ost_err
set_url_path(const struct setting_target *target, const struct setting *setting,
	struct span value, struct span *field)
{
	bool is_good = value.n <= TEXT_SIZE_MAX && value.p[0] == '/';

	for (size_t i = 0; i < value.n; i++)
		if (!char_is_alnum(value.p[i]) &&
			!span_has(SPAN("/-._%"), value.p[i]))
			is_good = false;
	if (!is_good)
		return refuse(target, setting, value,
			"must be /PATH of letters, digits and -._%%, of at "
			"most %d bytes",
			TEXT_SIZE_MAX);
	return arena_copy(target->file->arena, value, field);
}

enum ost_err
setting_set(const struct setting *setting, const struct setting_target *target,
	struct span value)
{
	void *field = (char *)target->config + setting->offset;

	switch (setting->kind) {
	case SETTING_TEXT:
		return set_text(target, setting, value, field);
	case SETTING_ISSUER:
		return set_issuer(target, setting, value);
	case SETTING_STATE:
		return set_state(target, setting, value);
	case SETTING_PATH:
		return set_path(target, setting, value, "", field);
	case SETTING_URL_PATH:
		return set_url_path(target, setting, value, field);
	case SETTING_LOG:
		return set_log(target, setting, value);
	case SETTING_DURATION:
		return set_duration(target, setting, value, field);
	case SETTING_CHOICE:
		return set_choice(target, setting, value, field);
	case SETTING_ROLES:
		return set_roles(target, setting, value, field);
	case SETTING_SIGNUP:
		return set_signup(target, setting, value, field);
	case SETTING_MAILBOX:
		return set_mailbox(target, setting, value, field);
	case SETTING_LIMIT:
		if (limit_rule_parse(value, field) == OST_OK)
			return OST_OK;
		return refuse(target, setting, value,
			"must be COUNT/DURATION such as 300/15m, with a count "
			"from 1 to %d and a duration from 1s to %dd",
			LIMIT_COUNT_MAX, DURATION_MAX_S / DAY);
	case SETTING_COST:
		if (password_cost_parse(value, field) == OST_OK)
			return OST_OK;
		return refuse(target, setting, value,
			"must be ln=N,r=N,p=N with ln from 10 to 17, r from 1 "
			"to 32, p from 1 to 16");
	}
	return OST_BADINPUT;
}
