/* SPDX-License-Identifier: MIT */
/* Numbers what comes again from snapshot to snapshot: tasks, heaps, blocks. */
#ifndef HOST_REPORT_INDEX_H
#define HOST_REPORT_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct index_slot {
    uint64_t key[2];
    size_t value; /* + 1; 0: unused */
};

/* From a pair of numbers to a value. Zeroed: empty. */
struct index_map {
    struct index_slot *slot;
    size_t room, count; /* room: a power of two */
};

/* Where the key's value is, plus 1; 0 there: the key is new. Good until the next call. */
size_t *index_at(struct index_map *map, uint64_t high, uint64_t low);
void index_free(struct index_map *map);

/* Two words that stand for a text: equal for equal ones, and for others as good as never. */
void index_hash(uint64_t hash[2], const char *text);

#endif
