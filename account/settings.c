/* /account/settings: the name that others see, the language, and a link to
 * confirm the address with. */
#include "confirm.h"
#include "event.h"
#include "mailed.h"
#include "messages.h"
#include "pages.h"

/* What a language calls itself; its tag when its texts do not say. */
static struct span
language_label(const struct language *language)
{
	struct span name, english;

	if (!language_text(language, SPAN("language.name"), &name))
		return language_tag(language);
	/* A text that is missing is the English one. */
	if (language_text(NULL, SPAN("language.name"), &english) &&
		span_eq(name, english) &&
		!span_eq(language_tag(language), SPAN("en")))
		return language_tag(language);
	return name;
}

/* A row each; false: there is no language of the tag chosen. */
static bool
add_languages(
	const struct visit *visit, struct values *values, struct span chosen)
{
	const struct messages *messages = visit->response->look.messages;
	const struct language *language;
	bool is_found = chosen.n == 0;

	for (size_t i = 0; (language = messages_language(messages, i)) != NULL;
		i++) {
		struct values *row = values_row(values, "languages");
		struct span tag = language_tag(language);
		bool is_chosen = span_eq(tag, chosen);

		values_set(row, "tag", tag);
		values_set(row, "label", language_label(language));
		values_flag(row, "is_chosen", is_chosen);
		is_found = is_found || is_chosen;
	}
	return is_found;
}

static enum ost_err
begin(struct visit *visit, const struct user *user, struct values **values)
{
	enum ost_err err = portal_values(visit, "at_settings", values);

	if (err != OST_OK)
		return err;
	values_set(*values, "email", user->email);
	values_flag(*values, "is_proven", user_has_proven_email(user));
	values_flag(*values, "can_confirm",
		confirm_is_possible(visit->context->config, user));
	return OST_OK;
}

static enum ost_err
values_now(struct visit *visit, struct values **values)
{
	const struct user *user = &visit->visitor.user;
	enum ost_err err = begin(visit, user, values);

	if (err != OST_OK)
		return err;
	values_set(*values, "display_name", user->display_name);
	add_languages(visit, *values, user->language);
	return OST_OK;
}

enum ost_err
settings_get(struct visit *visit)
{
	struct values *values;
	enum ost_err err = values_now(visit, &values);

	if (err == OST_OK)
		portal_show(visit, "settings", "settings", values);
	return err;
}

/* The button that has a link sent. Where it is of no use any more, the page
 * says why by itself. */
static enum ost_err
send_link(struct visit *visit)
{
	struct values *values;
	int64_t wait_s = 0;
	enum ost_err err = portal_once(visit);

	if (err != OST_OK)
		return err;
	err = confirm_start(visit->context, visit->request,
		&visit->visitor.user,
		language_tag(visit->response->look.language), &wait_s);
	if (err == OST_OK)
		portal_done(visit, "/account/settings", "confirm_sent");
	if (err == OST_DENIED) {
		portal_go(visit, SPAN("/account/settings"));
		return OST_OK;
	}
	if (err != OST_LIMITED)
		return err;
	err = values_now(visit, &values);
	if (err != OST_OK)
		return err;
	portal_wrong(visit, values, "error_confirm", "mailed.limit");
	page_answer(visit->response, 429, "rate_limited", "settings", values);
	response_header_u64(visit->response, "Retry-After", (uint64_t)wait_s);
	return OST_OK;
}

/* What was typed, with what is wrong about it. */
static enum ost_err
check(struct visit *visit, const struct user *user, struct span name,
	struct span language, struct values **values)
{
	static const char *const typed[] = { "display_name", NULL };
	enum ost_err err = begin(visit, user, values);

	if (err != OST_OK)
		return err;
	portal_keep(visit, *values, typed);
	/* The operator may have given a longer one, which may stay. */
	if (name.n == 0)
		portal_wrong(visit, *values, "error_display_name",
			"settings.name_missing");
	else if (!user_display_name_is_valid(name) &&
		 !span_eq(name, user->display_name))
		portal_wrong(visit, *values, "error_display_name",
			"settings.name_unfit");
	if (!add_languages(visit, *values, language) ||
		(language.n > 0 && !user_language_is_valid(language)))
		portal_wrong(visit, *values, "error_language",
			"settings.language_unknown");
	return OST_OK;
}

static enum ost_err
save(struct visit *visit, struct span name, struct span language)
{
	struct user changed = visit->visitor.user;

	changed.display_name = name;
	changed.language = language.n > 0 ? language : SPAN_ABSENT;
	return user_update(visit->context->accounts, visit->arena, &changed);
}

enum ost_err
settings_post(struct visit *visit)
{
	const struct user *user = &visit->visitor.user;
	struct span name = portal_field(visit, "display_name");
	struct span language = portal_field(visit, "language");
	struct values *values;
	enum ost_err err;

	if (span_eq(portal_field(visit, "action"), SPAN("confirm")))
		return send_link(visit);
	err = check(visit, user, name, language, &values);
	if (err == OST_OK && !values_have(values, "has_error")) {
		err = portal_once(visit);
		if (err == OST_OK)
			err = save(visit, name, language);
		if (err == OST_OK) {
			event_note(visit->context, visit->arena, user->id,
				EVENT_ACCOUNT_CHANGED, visit->request->address,
				SPAN_ABSENT);
			portal_done(visit, "/account/settings", "saved");
			return OST_OK;
		}
		if (err == OST_CONFLICT) {
			portal_wrong(visit, values, "error_form",
				"account.changed_meanwhile");
			err = OST_OK;
		}
	}
	if (err == OST_OK)
		portal_show(visit, "settings", "settings", values);
	return err;
}
