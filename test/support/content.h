/* SPDX-License-Identifier: MIT */
/* What live blocks are filled with, to see whether it stays. */
#ifndef TEST_CONTENT_H
#define TEST_CONTENT_H

#include "support/world.h"

enum {
    CONTENT_WHOLE = 4096
}; /* of larger blocks content_check looks at both ends */

void content_fill(const struct model_block *block);
void content_check(const struct model_block *block);

/* Requires that the first bytes at `at` are those that the block had. */
void content_check_part(const struct model_block *block, const unsigned char *at, uint32_t bytes);

#endif
