/*
 * One fuzz target for each parser of what strangers send, built by
 * tests/fuzz/run with -DTARGET=fuzz_NAME under libFuzzer, ASan and UBSan.
 * A target looks for more than crashes: what must hold of each result is
 * asserted.
 */
#include "asking.h"
#include "codec.h"
#include "credentials.h"
#include "crypto.h"
#include "envelope.h"
#include "form.h"
#include "json.h"
#include "keyring.h"
#include "path.h"
#include "policy.h"
#include "record.h"
#include "redirect.h"
#include "request.h"
#include "token.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct arena *arena;

void fuzz_authorization(struct span data);
void fuzz_asking(struct span data);
void fuzz_base64(struct span data);
void fuzz_form(struct span data);
void fuzz_path(struct span data);
void fuzz_json(struct span data);
void fuzz_redirect(struct span data);
void fuzz_native(struct span data);
void fuzz_prefix(struct span data);
void fuzz_record(struct span data);
void fuzz_envelope(struct span data);
void fuzz_request(struct span data);
void fuzz_token(struct span data);
void fuzz_pkey(struct span data);
void fuzz_pair(struct span data);
void fuzz_policy(struct span data);
void fuzz_config(struct span data);
int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

void
fuzz_authorization(struct span data)
{
	struct credentials found;

	if (credentials_parse(arena, data, &found) != OST_OK)
		return;
	if (found.scheme == SCHEME_BASIC) {
		assert(found.user.n > 0 && !span_has(found.user, ':'));
		assert(utf8_is_valid(found.user));
		assert(!span_has(found.password, '\0'));
		(void)!credentials_form_decode(arena, &found);
	}
	assert(found.scheme != SCHEME_BEARER || found.token.n > 0);
}

/* What decodes has one spelling: it encodes to what it was. */
void
fuzz_base64(struct span data)
{
	struct span bytes, again;
	struct buf buf;

	buf_init(&buf, arena);
	if (base64_decode(arena, data, &bytes) == OST_OK) {
		base64_encode(&buf, bytes);
		assert(buf_span(&buf, &again) == OST_OK);
		assert(span_eq(again, data));
	}
	buf_init(&buf, arena);
	if (base64url_decode(arena, data, &bytes) == OST_OK) {
		base64url_encode(&buf, bytes);
		assert(buf_span(&buf, &again) == OST_OK);
		assert(span_eq(again, data));
	}
}

void
fuzz_form(struct span data)
{
	struct span name, value;
	struct form *form;

	if (form_parse(arena, data, &form) != OST_OK)
		return;
	for (size_t i = 0; form_field(form, i, &name, &value); i++) {
		assert(utf8_is_valid(name) && utf8_is_valid(value));
		assert(!span_has(value, '\0'));
	}
	(void)form_has_duplicate(form);
}

/* After the sign-in that it asked for, a good request is good, asks for no
 * other one, and for the same thing. */
void
fuzz_asking(struct span data)
{
	static const struct scope_registry registry;
	struct asking asking, again;
	struct form *form;
	struct span rest;

	if (form_parse(arena, data, &form) != OST_OK ||
		asking_read(form, false, &registry, &asking) != OAUTH_OK)
		return;
	assert(asking.challenge.n == 0 || asking.challenge.n == 43);
	assert(asking.state.n <= ASKING_STATE_MAX);
	assert(!(asking.prompt & PROMPT_NONE) || asking.prompt == PROMPT_NONE);
	if (asking.prompt & PROMPT_NONE)
		return;
	assert(asking_after_signin(arena, &asking, data, &rest) == OST_OK);
	assert(form_parse(arena, rest, &form) == OST_OK);
	assert(asking_read(form, false, &registry, &again) == OAUTH_OK);
	assert(!asking_wants_signin(&again, 1, 1000000));
	assert(span_eq(again.scope, asking.scope));
	assert(span_eq(again.state, asking.state));
	assert(span_eq(again.challenge, asking.challenge));
	assert(span_eq(again.nonce, asking.nonce));
	assert(again.prompt == (asking.prompt & PROMPT_CONSENT));
}

void
fuzz_path(struct span data)
{
	struct span path;

	if (path_canonical(arena, data, &path) == OST_OK)
		assert(path_is_canonical(path));
}

void
fuzz_json(struct span data)
{
	struct json *json = NULL;
	struct span text;
	int64_t number;

	if (json_parse(data, 4096, &json) != OST_OK)
		return;
	(void)!json_get_string(json, "a", &text);
	(void)!json_get_i64(json, "a", &number);
	json_free(json);
}

/* Whatever is accepted begins, in any spelling of the host, with the prefix.
 */
void
fuzz_redirect(struct span data)
{
	const struct app app = { .client_id = SPAN("a"),
		.prefixes = SPAN("https://good.example/app") };
	struct span host;

	if (redirect_check(&app, data) != URI_OK)
		return;
	assert(data.n >= 24);
	assert(span_eq_nocase(
		(struct span){ data.p, 20 }, SPAN("https://good.example")));
	host = redirect_target_text(data);
	assert(host.n >= 12 && span_eq_nocase((struct span){ host.p, 12 },
				       SPAN("good.example")));
	assert(host.n == 12 || span_eq(span_skip(host, 12), SPAN(":443")));
	assert(span_starts(span_skip(data, 8 + host.n), SPAN("/app")));
}

/* Whatever is accepted of an application on a device is its own scheme's URI
 * or leads to the device. */
void
fuzz_native(struct span data)
{
	const struct app app = { .client_id = SPAN("a"),
		.is_public = true,
		.redirect_uris =
			SPAN("http://127.0.0.1/cb com.example.a:/cb") };
	struct span host;

	if (redirect_check(&app, data) != URI_OK)
		return;
	assert(redirect_is_native(data));
	host = redirect_target_text(data);
	if (span_eq(host, SPAN("com.example.a"))) {
		assert(span_eq(data, SPAN("com.example.a:/cb")));
		return;
	}
	assert(data.n >= 19 &&
		span_eq_nocase((struct span){ data.p, 7 }, SPAN("http://")));
	assert(span_starts(span_skip(data, 7), SPAN("127.0.0.1")));
	assert(data.p[16] == ':' || data.p[16] == '/');
	assert(span_eq(span_skip(data, 7 + host.n), SPAN("/cb")));
}

void
fuzz_prefix(struct span data)
{
	struct span stored, again;
	enum uri_rule rule;

	if (redirect_prefix_check(arena, data, &rule, &stored) != OST_OK)
		return;
	assert(redirect_prefix_check(arena, stored, &rule, &again) == OST_OK);
	assert(span_eq(stored, again));
}

void
fuzz_record(struct span data)
{
	struct record *record;
	struct span name, value;

	if (record_parse(arena, data, &record) != OST_OK)
		return;
	for (size_t i = 0; record_field(record, i, &name, &value); i++)
		(void)record_get_i64(record, "v");
}

void
fuzz_envelope(struct span data)
{
	struct span value;
	int64_t expires_ms;

	(void)!envelope_open(SPAN("key"), data, &value, &expires_ms);
}

/* NUL parts the variables. */
void
fuzz_request(struct span data)
{
	const char *params[64] = { NULL };
	struct request request;
	struct span copy, cookie;
	size_t n = 0;

	if (arena_copy(arena, data, &copy) != OST_OK)
		return;
	for (size_t i = 0; i < copy.n && n < 63; i += strlen(copy.p + i) + 1)
		params[n++] = copy.p + i;
	if (request_parse(&request, arena, params, false) != OST_OK)
		return;
	assert(request.id.n >= 8 && request.address.n > 0);
	(void)!request_cookie(&request, "__Host-ostiary", &cookie);
	(void)request_is_form(&request);
}

/* One of each type, made at the first call. */
static const struct pkey *
own_key(enum pkey_type type)
{
	static struct pkey *keys[2];

	if (keys[type] == NULL)
		assert(pkey_generate(type, &keys[type]) == OST_OK);
	return keys[type];
}

/* Nobody signs by chance. */
void
fuzz_token(struct span data)
{
	const struct jws_key keys[] = { { .secret = SPAN("key") },
		{ .pkey = own_key(PKEY_EC) }, { .pkey = own_key(PKEY_RSA) } };
	struct span payload;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert(jws_verify(arena, SPAN("aGVhZA"), &keys[i], data,
			       &payload) == OST_DENIED);
}

/* A private key in DER; what is taken and written is taken again. */
void
fuzz_pkey(struct span data)
{
	static const enum pkey_type types[] = { PKEY_EC, PKEY_RSA };
	struct pkey_public members;
	struct pkey *key, *again;
	struct span der;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (pkey_decode(types[i], data, &key) != OST_OK)
			continue;
		(void)!pkey_check(key, arena);
		assert(pkey_public(key, arena, &members) == OST_OK);
		if (pkey_encode(key, arena, &der) == OST_OK) {
			assert(pkey_decode(types[i], der, &again) == OST_OK);
			pkey_free(again);
		}
		pkey_free(key);
	}
}

void
fuzz_pair(struct span data)
{
	struct pair pair = { NULL, NULL };

	if (pair_decode(arena, data, &pair) == OST_OK)
		(void)!pair_check(&pair, arena);
	pair_release(&pair);
}

static void
load_as_file(struct span data, int (*load)(const char *path))
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/dev/shm/ostiary-fuzz.%d", (int)getpid());
	file = fopen(path, "w");
	assert(file != NULL);
	fwrite(data.p, 1, data.n, file);
	fclose(file);
	load(path);
	unlink(path);
}

static int
load_policy(const char *path)
{
	struct policy *policy;

	if (policy_load(path, NULL, NULL, &policy) != OST_OK)
		return 1;
	(void)policy_match(policy, SPAN("GET"), SPAN("/a"));
	policy_free(policy);
	return 0;
}

void
fuzz_policy(struct span data)
{
	load_as_file(data, load_policy);
}

static int
load_config(const char *path)
{
	struct config *config;

	if (config_load(path, NULL, NULL, &config) == OST_OK)
		config_free(config);
	return 0;
}

void
fuzz_config(struct span data)
{
	load_as_file(data, load_config);
}

int
LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	if (arena == NULL)
		arena = arena_new(8u << 20);
	TARGET((struct span){ n ? (const char *)bytes : "", n });
	arena_reset(arena);
	return 0;
}
