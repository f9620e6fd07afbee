#include "messages.h"
#include "codec.h"
#include "textfile.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX     (256u << 10) /* bytes of one file */
#define MEMORY_MAX    (8u << 20)
#define OVERRIDES_MAX 2048 /* texts of one file */
#define LANGUAGES_MAX 16

struct message {
	struct span key, text;
};

/* With the operator's texts, which come first. */
struct language {
	struct span tag;
	const struct message *built_in; /* sorted by key */
	size_t built_in_n;
	struct message *own; /* sorted by key */
	size_t own_n;
};

#define M(key, text)                                                           \
	{                                                                      \
		{ key, sizeof(key) - 1 },                                      \
		{                                                              \
			text, sizeof(text) - 1                                 \
		}                                                              \
	}
/* What the operator has nothing to say about is left out in there. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include "messages.inc"
#pragma GCC diagnostic pop
#define BUILT_IN (sizeof(built_in) / sizeof(built_in[0]))

struct messages {
	struct arena *arena;
	struct language languages[LANGUAGES_MAX];
	size_t n;
};

static int
compare(struct span a, struct span b)
{
	int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int
compare_messages(const void *a, const void *b)
{
	const struct message *x = a, *y = b;

	return compare(x->key, y->key);
}

static const struct message *
find(const struct message *sorted, size_t n, struct span key)
{
	const struct message wanted = { .key = key };

	return n == 0 ? NULL
		      : bsearch(&wanted, sorted, n, sizeof(*sorted),
				compare_messages);
}

static const struct language *
by_tag(const struct language *languages, size_t n, struct span tag)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(languages[i].tag, tag))
			return &languages[i];
	return NULL;
}

static const struct language *
english(void)
{
	return by_tag(built_in, BUILT_IN, SPAN("en"));
}

/* Two or three letters, as the first subtag of RFC 5646 has them. */
static bool
tag_is_valid(struct span tag)
{
	if (tag.n < 2 || tag.n > 3)
		return false;
	for (size_t i = 0; i < tag.n; i++)
		if (tag.p[i] < 'a' || tag.p[i] > 'z')
			return false;
	return true;
}

static void
read_line(struct textfile *file, struct language *language, struct span line)
{
	struct span key = line, text = line;

	if (!span_cut(&text, '=', &key)) {
		textfile_error(file, "not `key = text`");
		return;
	}
	key = span_trim(key);
	text = span_trim(text);
	if (find(english()->built_in, english()->built_in_n, key) == NULL) {
		textfile_error(
			file, "there is no text \"%.*s\"", TEXTFILE_ARG(key));
		return;
	}
	if (!utf8_is_valid(text)) {
		textfile_error(file, "the text is not UTF-8");
		return;
	}
	if (language->own_n == OVERRIDES_MAX) {
		textfile_error(file, "too many texts");
		return;
	}
	language->own[language->own_n++] =
		(struct message){ .key = key, .text = text };
}

static enum ost_err
read_language(struct messages *messages, struct language *language,
	const char *path, void (*report)(void *arg, const char *line),
	void *arg)
{
	struct textfile file;
	struct span line;
	enum ost_err err = textfile_open(
		&file, messages->arena, path, TEXTS_MAX, report, arg);

	language->own = arena_alloc(
		messages->arena, OVERRIDES_MAX * sizeof(*language->own));
	if (err != OST_OK || language->own == NULL)
		return err != OST_OK ? err : OST_NOMEM;
	while (textfile_next(&file, &line))
		if (line.n > 0 && line.p[0] != '#')
			read_line(&file, language, line);
	qsort(language->own, language->own_n, sizeof(*language->own),
		compare_messages);
	for (size_t i = 1; i < language->own_n; i++)
		if (span_eq(language->own[i - 1].key, language->own[i].key))
			textfile_error(&file, "%.*s stands there twice",
				TEXTFILE_ARG(language->own[i].key));
	return file.errors > 0 ? OST_BADINPUT : OST_OK;
}

/* The file of that name, if it is one of texts. */
static enum ost_err
read_file(struct messages *messages, struct span folder, const char *name,
	void (*report)(void *arg, const char *line), void *arg)
{
	struct span tag = span_of(name), path;
	struct language *language;
	struct buf buf;
	size_t i = 0;

	if (!span_ends(tag, SPAN(".txt")))
		return OST_OK;
	tag.n -= 4;
	if (!tag_is_valid(tag))
		return OST_OK;
	while (i < messages->n && !span_eq(messages->languages[i].tag, tag))
		i++;
	if (i == LANGUAGES_MAX)
		return OST_TOOBIG;
	language = &messages->languages[i];
	if (i == messages->n) {
		*language = (struct language){ .tag = tag };
		if (arena_copy(messages->arena, tag, &language->tag) != OST_OK)
			return OST_NOMEM;
		messages->n++;
	}
	buf_init(&buf, messages->arena);
	buf_printf(&buf, "%.*s/%s", SPAN_ARG(folder), name);
	buf_char(&buf, '\0');
	if (buf_span(&buf, &path) != OST_OK)
		return OST_NOMEM;
	return read_language(messages, language, path.p, report, arg);
}

static int
compare_languages(const void *a, const void *b)
{
	const struct language *x = a, *y = b;

	return compare(x->tag, y->tag);
}

static enum ost_err
read_folder(struct messages *messages, struct span folder,
	void (*report)(void *arg, const char *line), void *arg)
{
	struct dirent *entry;
	struct span path;
	enum ost_err err = arena_copy(messages->arena, folder, &path);
	DIR *dir;

	if (err != OST_OK)
		return err;
	dir = opendir(path.p);
	if (dir == NULL) {
		struct buf buf;

		buf_init(&buf, messages->arena);
		buf_printf(&buf, "%s: %s", path.p, strerror(errno));
		buf_char(&buf, '\0');
		if (report != NULL && buf_span(&buf, &path) == OST_OK)
			report(arg, path.p);
		return OST_SYSTEM;
	}
	while (err == OST_OK && (entry = readdir(dir)) != NULL)
		err = read_file(messages, folder, entry->d_name, report, arg);
	closedir(dir);
	qsort(messages->languages, messages->n, sizeof(struct language),
		compare_languages);
	return err;
}

enum ost_err
messages_load(struct span folder, void (*report)(void *arg, const char *line),
	void *arg, struct messages **out)
{
	struct arena *arena = arena_new(MEMORY_MAX);
	struct messages *messages =
		arena ? arena_alloc(arena, sizeof(*messages)) : NULL;
	enum ost_err err = OST_OK;

	if (messages == NULL) {
		arena_free(arena);
		return OST_NOMEM;
	}
	*messages = (struct messages){ .arena = arena, .n = BUILT_IN };
	memcpy(messages->languages, built_in, sizeof(built_in));
	if (!span_is_absent(folder))
		err = read_folder(messages, folder, report, arg);
	if (err != OST_OK) {
		arena_free(arena);
		return err;
	}
	*out = messages;
	return OST_OK;
}

void
messages_free(struct messages *messages)
{
	if (messages != NULL)
		arena_free(messages->arena);
}

const struct language *
messages_language(const struct messages *messages, size_t i)
{
	if (messages == NULL)
		return i < BUILT_IN ? &built_in[i] : NULL;
	return i < messages->n ? &messages->languages[i] : NULL;
}

static const struct language *
find_language(const struct messages *messages, struct span tag)
{
	return messages == NULL ? by_tag(built_in, BUILT_IN, tag)
				: by_tag(messages->languages, messages->n, tag);
}

/* "q=0.5" -> 500; 1000 without; 0 for what is no weight. */
static unsigned int
weight(struct span parameters)
{
	struct span part;
	unsigned int value = 0, unit = 100;

	while (span_next(&parameters, ';', &part)) {
		part = span_trim(part);
		if (!span_starts(part, SPAN("q=")) &&
			!span_starts(part, SPAN("Q=")))
			continue;
		part = span_skip(part, 2);
		if (part.n == 0 || part.n > 5 ||
			(part.p[0] != '0' && part.p[0] != '1') ||
			(part.n > 1 && part.p[1] != '.'))
			return 0;
		if (part.p[0] == '1')
			return 1000;
		for (size_t i = 2; i < part.n; i++, unit /= 10) {
			if (part.p[i] < '0' || part.p[i] > '9')
				return 0;
			value += (unsigned int)(part.p[i] - '0') * unit;
		}
		return value;
	}
	return 1000;
}

const struct language *
messages_pick(
	const struct messages *messages, struct span chosen, struct span accept)
{
	const struct language *best = find_language(messages, SPAN("en"));
	const struct language *found;
	unsigned int best_weight = 0;
	struct span range, tag;

	if (chosen.n > 0 && (found = find_language(messages, chosen)) != NULL)
		return found;
	while (span_next(&accept, ',', &range)) {
		unsigned int w;

		tag = SPAN_ABSENT;
		if (!span_cut(&range, ';', &tag)) {
			tag = range;
			range = SPAN("");
		}
		tag = span_trim(tag);
		w = weight(range);
		for (size_t i = 0; i < tag.n; i++)
			if (tag.p[i] == '-')
				tag.n = i;
		found = find_language(messages, tag);
		if (found == NULL || w <= best_weight)
			continue;
		best = found;
		best_weight = w;
	}
	return best;
}

struct span
language_tag(const struct language *language)
{
	return language == NULL ? SPAN("en") : language->tag;
}

bool
language_text(
	const struct language *language, struct span key, struct span *text)
{
	const struct message *found = NULL;

	if (language == NULL)
		language = english();
	found = find(language->own, language->own_n, key);
	if (found == NULL)
		found = find(language->built_in, language->built_in_n, key);
	if (found == NULL)
		found = find(english()->built_in, english()->built_in_n, key);
	if (found == NULL)
		return false;
	*text = found->text;
	return true;
}
