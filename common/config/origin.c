#include "origin.h"

#include <arpa/inet.h>
#include <string.h>

/* Whether text is the one spelling of an address that inet_ntop() gives. */
static bool
is_address(int family, struct span text)
{
	char copy[INET6_ADDRSTRLEN], canonical[INET6_ADDRSTRLEN];
	unsigned char bytes[sizeof(struct in6_addr)];

	if (text.n == 0 || text.n >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	return inet_pton(family, copy, bytes) == 1 &&
	       inet_ntop(family, bytes, canonical, sizeof(canonical)) != NULL &&
	       strcmp(copy, canonical) == 0;
}

static bool
is_label(struct span label)
{
	if (label.n == 0 || label.n > 63 || label.p[0] == '-' ||
		label.p[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++)
		if (!char_is_alnum(label.p[i]) && label.p[i] != '-')
			return false;
	return true;
}

/* RFC 1123 section 2.1; a name whose last label is a number, in hexadecimal
 * too, would be read as an address by others. */
static bool
is_name(struct span host)
{
	struct span rest = host, label = SPAN_ABSENT;

	if (host.n > 253)
		return false;
	while (span_next(&rest, '.', &label))
		if (!is_label(label))
			return false;
	if (span_starts(label, SPAN("0x")) || span_starts(label, SPAN("0X")))
		return false;
	for (size_t i = 0; i < label.n; i++)
		if (!char_is_digit(label.p[i]))
			return true;
	return false;
}

static bool
has_upper(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'A' && text.p[i] <= 'Z')
			return true;
	return false;
}

static bool
is_scheme(struct span scheme)
{
	if (scheme.n == 0 || !char_is_alpha(scheme.p[0]))
		return false;
	for (size_t i = 0; i < scheme.n; i++)
		if (!char_is_alnum(scheme.p[i]) &&
			!span_has(SPAN("+-."), scheme.p[i]))
			return false;
	return true;
}

static const char *
port_fault(struct span scheme, struct span port)
{
	uint64_t number;

	if (span_to_u64(port, 1, 65535, &number) != OST_OK)
		return "the port must be a number from 1 to 65535";
	if (span_eq(scheme, SPAN("https")) && number == 443)
		return "leave :443 out, it is the port of https anyway";
	if (span_eq(scheme, SPAN("http")) && number == 80)
		return "leave :80 out, it is the port of http anyway";
	return NULL;
}

/* Splits "host[:port]" or "[v6][:port]"; *port is absent when there is none. */
static void
split_port(struct span authority, struct span *host, struct span *port)
{
	size_t end = 0;

	if (span_starts(authority, SPAN("[")))
		while (end < authority.n && authority.p[end] != ']')
			end++;
	while (end < authority.n && authority.p[end] != ':')
		end++;
	*host = (struct span){ authority.p, end };
	*port = end < authority.n ? span_skip(authority, end + 1) : SPAN_ABSENT;
}

static const char *
host_fault(struct span host, bool *is_an_address)
{
	if (span_starts(host, SPAN("["))) {
		*is_an_address = host.n > 2 && host.p[host.n - 1] == ']' &&
				 is_address(AF_INET6, (struct span){ host.p + 1,
							      host.n - 2 });
		return *is_an_address
			       ? NULL
			       : "the address between [ and ] is not IPv6 "
				 "in its shortest form";
	}
	*is_an_address = is_address(AF_INET, host);
	if (*is_an_address || is_name(host))
		return NULL;
	return "the host must be a name of letters, digits, hyphens and dots, "
	       "or an address";
}

/* What belongs to an URL, but not to an origin. */
static const char *
extra_fault(struct span authority)
{
	for (size_t i = 0; i < authority.n; i++) {
		if (authority.p[i] == '/' && i == authority.n - 1)
			return "leave the last / out";
		if (span_has(SPAN("/?#"), authority.p[i]))
			return "it must end behind the host or port: no path, "
			       "no query";
		if (authority.p[i] == '@')
			return "it must not hold a user name";
	}
	return NULL;
}

const char *
origin_fault(struct span text, struct origin *origin)
{
	struct span rest = text, port;
	struct origin found;
	const char *fault;

	if (!span_cut(&rest, ':', &found.scheme) || !is_scheme(found.scheme) ||
		!span_starts(rest, SPAN("//")))
		return "it must be scheme://host or scheme://host:port";
	rest = span_skip(rest, 2);
	fault = extra_fault(rest);
	if (fault != NULL)
		return fault;
	if (has_upper(text))
		return "write it in lower case";
	split_port(rest, &found.host, &port);
	fault = host_fault(found.host, &found.is_address);
	if (fault == NULL && !span_is_absent(port))
		fault = port_fault(found.scheme, port);
	if (fault == NULL)
		*origin = found;
	return fault;
}

bool
origin_is_local(const struct origin *origin)
{
	return origin->is_address || span_eq(origin->host, SPAN("localhost")) ||
	       span_ends(origin->host, SPAN(".localhost"));
}
