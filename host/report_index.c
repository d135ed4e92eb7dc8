/* SPDX-License-Identifier: MIT */
/* Numbers what comes again from snapshot to snapshot. */
#include "report_index.h"

#include <stdlib.h>

#include "memory.h"

/* The mixer of SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static struct index_slot *find(const struct index_map *map, uint64_t high, uint64_t low)
{
    size_t at = (size_t)mix(mix(high) + low) & (map->room - 1);

    while (map->slot[at].value != 0 &&
           (map->slot[at].key[0] != high || map->slot[at].key[1] != low)) {
        at = (at + 1) & (map->room - 1);
    }
    return &map->slot[at];
}

static void grow(struct index_map *map)
{
    struct index_map larger = {.room = map->room > 0 ? 2 * map->room : 64, .count = map->count};

    larger.slot = memory_new(larger.room, sizeof(*larger.slot));
    for (size_t i = 0; i < map->room; i++) {
        if (map->slot[i].value != 0) {
            *find(&larger, map->slot[i].key[0], map->slot[i].key[1]) = map->slot[i];
        }
    }
    free(map->slot);
    *map = larger;
}

size_t *index_at(struct index_map *map, uint64_t high, uint64_t low)
{
    struct index_slot *slot;

    if (2 * map->count >= map->room) {
        grow(map);
    }
    slot = find(map, high, low);
    if (slot->value == 0) {
        slot->key[0] = high;
        slot->key[1] = low;
        map->count++; /* the caller gives it a value */
    }
    return &slot->value;
}

void index_free(struct index_map *map)
{
    free(map->slot);
    *map = (struct index_map){0};
}

void index_hash(uint64_t hash[2], const char *text)
{
    hash[0] = UINT64_C(14695981039346656037); /* FNV-1a, and once more with other numbers */
    hash[1] = UINT64_C(0x9e3779b97f4a7c15);
    for (const char *s = text; *s != 0; s++) {
        hash[0] = (hash[0] ^ (unsigned char)*s) * UINT64_C(1099511628211);
        hash[1] = mix(hash[1] + (unsigned char)*s);
    }
}
