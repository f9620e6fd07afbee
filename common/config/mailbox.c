#include "mailbox.h"
#include "codec.h"

#define LOCAL_MAX 64 /* RFC 5321 section 4.5.3.1.1 */
#define LABEL_MAX 63 /* RFC 1035 section 2.3.4 */

/* RFC 5322 section 3.2.3. */
static bool
is_atext(char c)
{
	return char_is_alnum(c) || span_has(SPAN("!#$%&'*+-/=?^_`{|}~"), c);
}

static bool
is_dot_atom(struct span text)
{
	char before = '.';

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '.' ? before == '.' : !is_atext(text.p[i]))
			return false;
		before = text.p[i];
	}
	return before != '.';
}

static bool
is_label(struct span label)
{
	for (size_t i = 0; i < label.n; i++)
		if (!char_is_alnum(label.p[i]) && label.p[i] != '-')
			return false;
	return label.n > 0 && label.n <= LABEL_MAX && label.p[0] != '-' &&
	       label.p[label.n - 1] != '-';
}

static bool
is_host_name(struct span host)
{
	struct span label;

	if (host.n == 0 || span_ends(host, SPAN(".")))
		return false;
	while (span_next(&host, '.', &label))
		if (!is_label(label))
			return false;
	return true;
}

bool
mail_address_is_valid(struct span address)
{
	struct span host = address, local;

	return address.n <= MAIL_ADDRESS_MAX && span_cut(&host, '@', &local) &&
	       local.n <= LOCAL_MAX && is_dot_atom(local) &&
	       local.p[0] != '-' && is_host_name(host);
}

static bool
name_is_good(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (char_is_control(name.p[i]) ||
			span_has(SPAN("<>\"\\"), name.p[i]))
			return false;
	return utf8_is_valid(name);
}

enum ost_err
mailbox_parse(struct span text, struct mailbox *mailbox)
{
	struct mailbox found = { .address = text };
	struct span name;

	if (span_ends(text, SPAN(">")) &&
		span_cut(&found.address, '<', &name)) {
		found.address.n--;
		name = span_trim(name);
		if (name.n >= 2 && span_starts(name, SPAN("\"")) &&
			span_ends(name, SPAN("\"")))
			name = (struct span){ name.p + 1, name.n - 2 };
		if (!name_is_good(name))
			return OST_BADINPUT;
		if (name.n > 0)
			found.name = name;
	}
	if (!mail_address_is_valid(found.address))
		return OST_BADINPUT;
	*mailbox = found;
	return OST_OK;
}
