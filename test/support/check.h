/* SPDX-License-Identifier: MIT */
/* What always holds, checked against the model by looking at every word of heaps and ledger. */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include "support/world.h"

/*
 * Everything, after each operation:
 *
 * heaps   from the first head to the sentinel: spans tile the heap, each live block is one of the model's
 *         with its size, owner and alignment (so none overlap and none is lost), each free block has its
 *         foot, none touch, P bits are right; free bytes and the least free bytes; each free block in the
 *         list of its bin, bitmap and back links right, nothing else in any list
 * content of each live block: its fill pattern (of blocks over CONTENT_WHOLE bytes: at both ends)
 * ledger  accounts = sums over the walked blocks = the model's; peaks, counters, limits; each card; the
 *         order of vacant slots; the facts
 * bounds  nothing written around heaps and instance
 * hooks   called as the model predicted, with what it predicted
 */
void check_world(struct world *w);

/* What the walk over the heaps found, to be compared with the accounts. */
struct check_sums {
    uint32_t bytes[WORLD_HEAPS][WORLD_IDS];
    uint32_t blocks[WORLD_HEAPS][WORLD_IDS];
};

/* check_ledger.c: a part of check_world. */
void check_ledger(struct world *w, const struct check_sums *sums);

#endif
