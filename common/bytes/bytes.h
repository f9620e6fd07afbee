#ifndef OSTIARY_BYTES_H
#define OSTIARY_BYTES_H
#include <stddef.h>
#include <stdint.h>
/* Numbers in files: the least byte first, whatever the machine. n is 1 to 8
 * bytes. */
static inline void
bytes_put(char *p, size_t n, uint64_t number)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(number >> (8 * i) & 0xff);
}

static inline uint64_t
bytes_get(const char *p, size_t n)
{
	uint64_t number = 0;

	for (size_t i = 0; i < n; i++)
		number |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return number;
}
#endif
