#include "value.h"

#include <stdio.h>
#include <string.h>

static unsigned int
pad_of(unsigned int version)
{
	return version * 37 % 900;
}

struct span
value_of(char text[static VALUE_MAX], unsigned int version)
{
	int n = snprintf(text, 32, "%u", version);

	memset(text + n, '.', pad_of(version));
	return (struct span){ text, (size_t)n + pad_of(version) };
}

bool
value_read(struct span value, unsigned int *version)
{
	struct span digits = value;
	uint64_t n;

	while (digits.n > 0 && digits.p[digits.n - 1] == '.')
		digits.n--;
	if (span_to_u64(digits, 0, UINT32_MAX, &n) != OST_OK)
		return false;
	*version = (unsigned int)n;
	return value.n - digits.n == pad_of(*version);
}
