#include "agent.h"

#include <stddef.h>

struct word {
	const char *sign, *name;
};

/* Most claim to be several: the first of these is what they are. */
static const struct word browsers[] = {
	{ "Edg/", "Edge" },
	{ "EdgA/", "Edge" },
	{ "EdgiOS/", "Edge" },
	{ "OPR/", "Opera" },
	{ "Vivaldi/", "Vivaldi" },
	{ "SamsungBrowser/", "Samsung Internet" },
	{ "SeaMonkey/", "SeaMonkey" },
	{ "FxiOS/", "Firefox" },
	{ "Firefox/", "Firefox" },
	{ "CriOS/", "Chrome" },
	{ "Chromium/", "Chromium" },
	{ "Chrome/", "Chrome" },
	{ "Version/", "Safari" }, /* with Safari/, see below */
	{ "curl/", "curl" },
	{ "Wget/", "Wget" },
	{ NULL, NULL },
};
static const struct word systems[] = {
	{ "iPhone", "iPhone" },
	{ "iPad", "iPad" },
	{ "Android", "Android" },
	{ "CrOS", "ChromeOS" },
	{ "Windows", "Windows" },
	{ "Macintosh", "macOS" },
	{ "FreeBSD", "FreeBSD" },
	{ "OpenBSD", "OpenBSD" },
	{ "NetBSD", "NetBSD" },
	{ "Linux", "Linux" },
	{ NULL, NULL },
};

/* At the start of a word: "HeadlessChrome/" is no Chrome. */
static bool
says(struct span header, const char *sign)
{
	for (size_t i = 0; i < header.n; i++)
		if ((i == 0 || !char_is_alnum(header.p[i - 1])) &&
			span_starts(span_skip(header, i), span_of(sign)))
			return true;
	return false;
}

static const struct word *
first_of(struct span header, const struct word *words)
{
	while (words->sign != NULL && !says(header, words->sign))
		words++;
	return words;
}

struct agent
agent_read(struct span header)
{
	struct agent agent = { .browser = first_of(header, browsers)->name,
		.system = first_of(header, systems)->name };

	/* Android's old browser says Version/ too. */
	if (agent.browser != NULL &&
		span_eq(span_of(agent.browser), SPAN("Safari")) &&
		(!says(header, "Safari/") || says(header, "Android")))
		agent.browser = NULL;
	return agent;
}
