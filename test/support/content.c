/* SPDX-License-Identifier: MIT */
/* Fill patterns. */
#include "support/content.h"

#include <string.h>

enum {
    PERIOD = 1021, /* a prime: no move by a power of two goes unseen */
    PATTERNS = 251,
};

/* Bytes that all lack the bit which says "used" in a head: so no word inside a live block looks like the
 * head of one, and a wrong pointer into it can always be told. Two periods and what patterns start at. */
static unsigned char bytes_of[2 * PERIOD + PATTERNS];

static void make_bytes(void)
{
    uint32_t random = 1;

    if (bytes_of[0] != 0) {
        return;
    }
    for (size_t i = 0; i < PERIOD; i++) {
        random = random * 1664525U + 1013904223U;
        bytes_of[i] = (unsigned char)(((random >> 16) | 2U) & ~(1U << HL_OWNER_BITS % 8));
    }
    for (size_t i = PERIOD; i < sizeof bytes_of; i++) {
        bytes_of[i] = bytes_of[i - PERIOD];
    }
}

void content_fill(const struct model_block *block)
{
    make_bytes();
    for (uint32_t done = 0; done < block->size; done += PERIOD) {
        uint32_t left = block->size - done;

        memcpy(block->ptr + done, bytes_of + block->pattern % PATTERNS,
               left < PERIOD ? left : PERIOD);
    }
}

static void check_range(const struct model_block *block, const unsigned char *at, uint32_t from,
                        uint32_t to)
{
    for (uint32_t done = from; done < to; done += PERIOD) {
        uint32_t left = to - done;

        WORLD_REQUIRE(memcmp(at + done, bytes_of + block->pattern % PATTERNS,
                             left < PERIOD ? left : PERIOD) == 0,
                      "the content of a block of %u bytes at %p is not what was written",
                      (unsigned)block->size, (const void *)at);
    }
}

void content_check_part(const struct model_block *block, const unsigned char *at, uint32_t bytes)
{
    check_range(block, at, 0, bytes);
}

void content_check(const struct model_block *block)
{
    if (block->size <= CONTENT_WHOLE) {
        check_range(block, block->ptr, 0, block->size);
        return;
    }
    check_range(block, block->ptr, 0, PERIOD);
    check_range(block, block->ptr, (block->size / PERIOD - 1) * PERIOD, block->size);
}
