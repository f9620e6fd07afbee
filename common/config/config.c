#include "config.h"
#include "origin.h"
#include "setting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_SIZE_MAX  65536
#define ARENA_SIZE_MAX (8 * 1024 * 1024)
#define NAME_SIZE_MAX  32
#define CONFIG_PATH    "/etc/ostiary/ostiary.conf"
#define MINUTE	       60
#define DAY	       86400

#define FIELD(name) offsetof(struct config, name)

static const char *const yes_no[] = { "yes", "no" };
static const char *const es256_hs256[] = { "ES256", "HS256" };
static const char *const everywhere_login[] = { "everywhere", "login" };

/* ostiary.conf(5) describes them in the same order. */
/* clang-format off */
static const struct setting settings[] = {
	{ "issuer", SETTING_ISSUER, FIELD(issuer), "https://localhost:8443", 0, NULL },
	{ "site_name", SETTING_TEXT, FIELD(site_name), "Example Open Data", 0, NULL },
	{ "realm", SETTING_TEXT, FIELD(realm), "Example API", 0, NULL },
	{ "state", SETTING_STATE, FIELD(state), "gdbm:/var/lib/ostiary", 0, NULL },
	{ "policy", SETTING_PATH, FIELD(policy), "policy", 0, NULL },
	{ "login_token_lifetime", SETTING_DURATION, FIELD(login_token_lifetime_s), "10m", 365 * DAY, NULL },
	{ "basic_password", SETTING_CHOICE, FIELD(is_basic_password_everywhere), "everywhere", 0, everywhere_login },
	{ "password_cost", SETTING_COST, FIELD(password_cost), "ln=15,r=8,p=3", 0, NULL },
	{ "two_step_roles", SETTING_ROLES, FIELD(two_step_roles), NULL, 0, NULL },
	{ "session_lifetime", SETTING_DURATION, FIELD(session_lifetime_s), "12h", 365 * DAY, NULL },
	{ "session_idle", SETTING_DURATION, FIELD(session_idle_s), "1h", 365 * DAY, NULL },
	/* RFC 6749 section 4.1.2: ten minutes at most. */
	{ "code_lifetime", SETTING_DURATION, FIELD(code_lifetime_s), "60s", 10 * MINUTE, NULL },
	{ "access_token_lifetime", SETTING_DURATION, FIELD(access_token_lifetime_s), "1h", 365 * DAY, NULL },
	{ "access_token_alg", SETTING_CHOICE, FIELD(is_access_token_es256), "HS256", 0, es256_hs256 },
	{ "refresh_token_lifetime", SETTING_DURATION, FIELD(refresh_token_lifetime_s), "90d", 3650 * DAY, NULL },
	{ "refresh_token_idle", SETTING_DURATION, FIELD(refresh_token_idle_s), "30d", 3650 * DAY, NULL },
	/* A stolen token is worth as much for so long as one that is not used. */
	{ "refresh_grace", SETTING_DURATION, FIELD(refresh_grace_s), "30s", 10 * MINUTE, NULL },
	{ "device_code_lifetime", SETTING_DURATION, FIELD(device_code_lifetime_s), "10m", 60 * MINUTE, NULL },
	{ "consent_lifetime", SETTING_DURATION, FIELD(consent_lifetime_s), "180d", 3650 * DAY, NULL },
	{ "signup", SETTING_SIGNUP, FIELD(signup), "off", 0, NULL },
	{ "register_apps", SETTING_CHOICE, FIELD(has_app_registration), "yes", 0, yes_no },
	{ "sendmail", SETTING_PATH, FIELD(sendmail), "/usr/sbin/sendmail", 0, NULL },
	{ "sendmail_timeout", SETTING_DURATION, FIELD(sendmail_timeout_s), "60s", 10 * MINUTE, NULL },
	{ "mail_from", SETTING_MAILBOX, FIELD(mail_from), NULL, 0, NULL },
	{ "ticket_lifetime", SETTING_DURATION, FIELD(ticket_lifetime_s), "24h", 30 * DAY, NULL },
	{ "invitation_lifetime", SETTING_DURATION, FIELD(invitation_lifetime_s), "7d", 365 * DAY, NULL },
	{ "secret_in_query", SETTING_CHOICE, FIELD(is_secret_in_query), "yes", 0, yes_no },
	{ "limit_anonymous", SETTING_LIMIT, FIELD(limit_anonymous), "60/15m", 0, NULL },
	{ "limit_app", SETTING_LIMIT, FIELD(limit_app), "300/15m", 0, NULL },
	{ "limit_app_total", SETTING_LIMIT, FIELD(limit_app_total), "10000/15m", 0, NULL },
	{ "limit_user", SETTING_LIMIT, FIELD(limit_user), "300/15m", 0, NULL },
	{ "limit_login", SETTING_LIMIT, FIELD(limit_login), "10/15m", 0, NULL },
	{ "limit_login_address", SETTING_LIMIT, FIELD(limit_login_address), "50/15m", 0, NULL },
	{ "limit_login_account", SETTING_LIMIT, FIELD(limit_login_account), "200/15m", 0, NULL },
	{ "messages", SETTING_PATH, FIELD(messages), NULL, 0, NULL },
	{ "logo", SETTING_PATH, FIELD(logo), NULL, 0, NULL },
	{ "style", SETTING_PATH, FIELD(style), NULL, 0, NULL },
	{ "front_data", SETTING_PATH, FIELD(front_data), NULL, 0, NULL },
	{ "front_path", SETTING_URL_PATH, FIELD(front_path), NULL, 0, NULL },
	{ "protect_root", SETTING_PATH, FIELD(protect_root), NULL, 0, NULL },
	{ "log", SETTING_LOG, FIELD(log), "stderr", 0, NULL },
};
/* clang-format on */

#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

/* What config_load() gives out, with what config_free() needs. */
struct box {
	struct config config; /* first: a pointer to it is one to the box */
	struct arena *arena;
};

static const struct setting *
setting_find(struct span name)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (span_eq(name, span_of(settings[i].name)))
			return &settings[i];
	return NULL;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters to change, add or drop to come from a to b, whatever their
 * case (Levenshtein, one row at a time). */
static size_t
distance(struct span a, struct span b)
{
	size_t row[NAME_SIZE_MAX + 1];

	if (a.n > NAME_SIZE_MAX || b.n > NAME_SIZE_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 0; i < a.n; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < b.n; j++) {
			size_t change = diagonal + (char_lower(a.p[i]) !=
							   char_lower(b.p[j]));

			diagonal = row[j + 1];
			row[j + 1] =
				least(change, least(row[j], row[j + 1]) + 1);
		}
	}
	return row[b.n];
}

static void
unknown_key(struct textfile *file, struct span name)
{
	size_t nearest = 3; /* as far as a slip of the fingers goes, and 1 */
	const char *known = NULL;

	for (size_t i = 0; i < SETTINGS; i++) {
		size_t far = distance(name, span_of(settings[i].name));

		if (far >= nearest)
			continue;
		nearest = far;
		known = settings[i].name;
	}
	if (known != NULL)
		textfile_error(file, "unknown key %.*s; did you mean %s?",
			TEXTFILE_ARG(name), known);
	else
		textfile_error(file,
			"unknown key %.*s; ostiary.conf(5) lists those allowed",
			TEXTFILE_ARG(name));
}

/* scope.NAME = SENTENCE: one more for the registry, or its sentence anew. */
static enum ost_err
read_scope(
	const struct setting_target *target, struct span key, struct span value)
{
	struct scope_registry *scopes = &target->config->scopes;
	struct span name = span_skip(key, 6), copy;
	struct setting setting = { .kind = SETTING_TEXT };
	size_t i = 0;
	enum ost_err err;

	while (i < scopes->n && !span_eq(scopes->entries[i].name, name))
		i++;
	if (!scope_token_is_valid(name) || i == SCOPES_MAX) {
		textfile_error(target->file,
			i == SCOPES_MAX ? "%.*s: there are 64 scopes already"
					: "%.*s: this cannot be a scope's name",
			TEXTFILE_ARG(key));
		return OST_OK;
	}
	err = arena_copy(target->file->arena, key, &copy);
	if (err != OST_OK)
		return err;
	setting.name = copy.p;
	setting.offset = FIELD(scopes.entries) +
			 i * sizeof(struct scope_entry) +
			 offsetof(struct scope_entry, sentence);
	scopes->entries[i].name = span_skip(copy, 6);
	scopes->n += i == scopes->n;
	return setting_set(&setting, target, value);
}

/* OST_OK also for a line with an error, which is counted: the next lines have
 * a right to be read. */
static enum ost_err
read_line(const struct setting_target *target, struct span line)
{
	const struct setting *setting;
	struct span name, value = line;
	bool is_scope;
	enum ost_err err;

	if (line.n == 0 || line.p[0] == '#')
		return OST_OK;
	if (!span_cut(&value, '=', &name)) {
		textfile_error(target->file, "expected key = value, found %.*s",
			TEXTFILE_ARG(line));
		return OST_OK;
	}
	name = span_trim(name);
	value = span_trim(value);
	is_scope = span_starts(name, SPAN("scope."));
	setting = setting_find(name);
	if (setting == NULL && !is_scope) {
		unknown_key(target->file, name);
		return OST_OK;
	}
	if (value.n == 0) {
		textfile_error(target->file,
			"%.*s has no value; leave the line out for the default",
			TEXTFILE_ARG(name));
		return OST_OK;
	}
	err = is_scope ? read_scope(target, name, value)
		       : setting_set(setting, target, value);
	return err == OST_BADINPUT ? OST_OK : err;
}

static enum ost_err
set_defaults(const struct setting_target *target)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		enum ost_err err;

		if (settings[i].value == NULL)
			continue;
		err = setting_set(
			&settings[i], target, span_of(settings[i].value));
		if (err != OST_OK)
			return err;
	}
	return OST_OK;
}

/* The file's absolute path and its folder ("" for /), in one piece. A link to
 * the file is not followed: relative paths start where the link lies. */
static enum ost_err
find_folder(struct textfile *file, struct span *path, struct span *folder)
{
	const char *slash = strrchr(file->path, '/');
	const char *name = slash != NULL ? slash + 1 : file->path;
	struct span given = { file->path, (size_t)(name - file->path) };
	struct span copy, real;
	struct buf buf;
	char *found;
	enum ost_err err;

	err = arena_copy(file->arena, given.n > 0 ? given : SPAN("."), &copy);
	if (err != OST_OK)
		return err;
	found = realpath(copy.p, NULL);
	if (found == NULL) {
		textfile_error(file, "its folder cannot be found: %s",
			strerror(errno));
		return OST_SYSTEM;
	}
	real = span_of(found);
	if (span_eq(real, SPAN("/")))
		real.n = 0;
	buf_init(&buf, file->arena);
	buf_add(&buf, real);
	buf_char(&buf, '/');
	buf_text(&buf, name);
	free(found);
	err = buf_span(&buf, path);
	if (err == OST_OK)
		*folder = (struct span){ path->p, real.n };
	return err;
}

/* What no line says by itself. */
static void
check_together(struct textfile *file, const struct config *config)
{
	if (config->signup != SIGNUP_OPEN ||
		!span_is_absent(config->mail_from.address))
		return;
	file->line = 0;
	textfile_error(file, "signup = open needs mail_from: whoever signs up "
			     "gets a mail");
}

static enum ost_err
read_config(struct textfile *file, struct config *config)
{
	struct setting_target target = { .file = file, .config = config };
	struct span line;
	enum ost_err err;

	err = find_folder(file, &config->file, &target.folder);
	if (err == OST_OK)
		err = set_defaults(&target);
	while (err == OST_OK && textfile_next(file, &line))
		err = read_line(&target, line);
	if (err == OST_OK)
		check_together(file, config);
	if (err == OST_OK && file->errors > 0)
		err = OST_BADINPUT;
	return err;
}

enum ost_err
config_load(const char *path, void (*report)(void *arg, const char *line),
	void *arg, struct config **config)
{
	struct arena *arena = arena_new(ARENA_SIZE_MAX);
	struct box *box = NULL;
	struct textfile file;
	enum ost_err err = OST_NOMEM;

	if (arena != NULL)
		box = arena_alloc(arena, sizeof(*box));
	if (box == NULL)
		goto out;
	box->arena = arena;
	err = textfile_open(&file, arena, path, FILE_SIZE_MAX, report, arg);
	if (err == OST_OK)
		err = read_config(&file, &box->config);
	if (err != OST_OK)
		goto out;
	*config = &box->config;
	return OST_OK;
out:
	arena_free(arena);
	return err;
}

void
config_free(struct config *config)
{
	struct box *box = (struct box *)config;

	if (box != NULL)
		arena_free(box->arena);
}

const char *
config_path(void)
{
	const char *path = getenv("OSTIARY_CONF");

	return path != NULL && path[0] != '\0' ? path : CONFIG_PATH;
}

enum ost_err
duration_parse(struct span text, int64_t *seconds)
{
	static const struct {
		char letter;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct span digits = text;
		uint64_t n;

		if (text.n == 0 || text.p[text.n - 1] != units[i].letter)
			continue;
		digits.n--;
		if (span_to_u64(digits, 1, DURATION_MAX_S / units[i].seconds,
			    &n) != OST_OK)
			return OST_BADINPUT;
		*seconds = (int64_t)(n * units[i].seconds);
		return OST_OK;
	}
	return OST_BADINPUT;
}

enum ost_err
limit_rule_parse(struct span text, struct limit_rule *rule)
{
	struct span window = text, digits;
	uint64_t count;
	int64_t seconds;

	if (!span_cut(&window, '/', &digits) ||
		span_to_u64(digits, 1, LIMIT_COUNT_MAX, &count) != OST_OK ||
		duration_parse(window, &seconds) != OST_OK)
		return OST_BADINPUT;
	*rule = (struct limit_rule){ .count = (uint32_t)count,
		.window_s = (uint32_t)seconds };
	return OST_OK;
}

bool
issuer_is_valid(struct span text)
{
	struct origin origin;

	return origin_fault(text, &origin) == NULL &&
	       span_eq(origin.scheme, SPAN("https"));
}
