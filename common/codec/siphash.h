#ifndef OSTIARY_SIPHASH_H
#define OSTIARY_SIPHASH_H
#include "span.h"
/*
 * SipHash-2-4 (Aumasson, Bernstein 2012): a keyed hash of 64 bits for tables.
 * Who does not know the key can neither find collisions nor aim at a place in
 * the table. Too short to authenticate anything.
 */
uint64_t siphash(const uint64_t key[static 2], struct span data);
#endif
