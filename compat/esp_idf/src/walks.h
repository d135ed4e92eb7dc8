/* SPDX-License-Identifier: MIT */
/* Walks over the blocks of a heap, as they were at one moment. */
#ifndef COMPAT_WALKS_H
#define COMPAT_WALKS_H

#include <stdbool.h>
#include <stddef.h>

#include "heapledger/facts.h"
#include "heapledger/snapshot.h"

/* A heap of an instance, whichever that is. */
struct walk_heap {
    struct hl *hl;
    int index;
};

/* All blocks of a heap in address order, in the computer's memory. */
struct block_list {
    struct hl_block_info *blocks;
    size_t count;
    size_t room;
};

/* Only one walk of an instance is under way at a time. After HL_ERR_BUSY: lets the other one go on.
 * False: it cannot, as long as the caller goes on like this. */
bool walk_wait(void);

/* Lists the blocks. `find` gives the heap and is called with other tasks held off, so that its
 * index stays what it is. 0, or the error of hl_visit_blocks. */
typedef struct walk_heap (*walk_find)(const void *context);
int block_list_take(struct block_list *list, walk_find find, const void *context);
void block_list_free(struct block_list *list);

/* The block in use that an address lies in, or NULL. */
const struct hl_block_info *block_list_around(const struct block_list *list, const void *ptr);

/* What is known of a heap, and what only a walk tells, of one moment; the latter is all 0 when no
 * walk is possible. */
void walk_survey(struct hl_heap_survey *survey, struct hl_heap_facts *facts, walk_find find,
                 const void *context);

/* Is a heap sound? If not, and `print`, what is wrong is said on standard error. */
bool walk_check(walk_find find, const void *context, bool print);

/* Prints a heap's blocks as ESP-IDF dumps them. */
void walk_dump(const void *start, walk_find find, const void *context);

#endif
