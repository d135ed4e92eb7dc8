/* SPDX-License-Identifier: MIT */
/* The lives of blocks. */
#include "report_blocks.h"

#include <inttypes.h>
#include <stdlib.h>

#include "memory.h"
#include "report_index.h"
#include "report_pack.h"

struct life {
    uint64_t address, size;
    size_t owner; /* the task's track + 1; 0: nobody is named */
    size_t first, last;
};

/* Those of one heap. */
struct lives {
    struct life *item;
    size_t count;
    struct index_map latest; /* by address: the last life that began there */
};

struct builder {
    const struct tracks *tracks;
    struct lives *heaps;
    size_t *full_before; /* [snapshot]: of those before it, how many list all blocks */
};

static void see(struct builder *builder, size_t heap, size_t owner, size_t snapshot,
                const struct block *block)
{
    struct lives *lives = &builder->heaps[heap];
    size_t *value = index_at(&lives->latest, 0, block->address);
    struct life *life = *value > 0 ? &lives->item[*value - 1] : NULL;

    /* A snapshot that did not list all may lie between: it says nothing about the others. */
    if (life != NULL && life->size == block->size && life->owner == owner &&
        builder->full_before[snapshot] <= builder->full_before[life->last + 1]) {
        life->last = snapshot;
        return;
    }
    life = memory_append((void **)&lives->item, &lives->count, sizeof(*life));
    *life = (struct life){block->address, block->size, owner, snapshot, snapshot};
    *value = lives->count;
}

static void see_all(struct builder *builder, size_t s)
{
    const struct snapshot *snapshot = builder->tracks->log->kept[s];

    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct task *task = &snapshot->tasks[i];

        for (size_t j = 0; j < task->account_count; j++) {
            const struct account *account = &task->accounts[j];

            for (size_t k = 0; k < account->blocks.count; k++) {
                see(builder, builder->tracks->heap_of[s][account->heap],
                    builder->tracks->task_of[s][i] + 1, s, &account->blocks.item[k]);
            }
        }
    }
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        const struct blocks *blocks = &snapshot->heaps[i].blocks;

        for (size_t k = 0; k < blocks->count; k++) {
            see(builder, builder->tracks->heap_of[s][i], 0, s, &blocks->item[k]);
        }
    }
}

unsigned report_listed(const struct snapshot *snapshot)
{
    bool listed = false, missing = snapshot->partial || snapshot->damaged > 0;

    for (size_t i = 0; i < snapshot->heap_count; i++) {
        listed = listed || snapshot->heaps[i].blocks.listed;
        missing = missing || snapshot->heaps[i].blocks.partial;
    }
    for (size_t i = 0; i < snapshot->task_count; i++) {
        for (size_t j = 0; j < snapshot->tasks[i].account_count; j++) {
            const struct account *account = &snapshot->tasks[i].accounts[j];

            listed = listed || account->blocks.listed;
            missing = missing || account->blocks.partial ||
                      (!account->blocks.listed && account->block_count != 0);
        }
    }
    return !listed ? 0 : missing ? 2 : 1;
}

static int by_address(const void *a, const void *b)
{
    const struct life *left = a, *right = b;

    if (left->address != right->address) {
        return left->address < right->address ? -1 : 1;
    }
    return (left->first > right->first) - (left->first < right->first);
}

static json_t *lives_json(struct lives *lives)
{
    struct pack pack = {0};
    uint64_t address;
    char base[24];

    if (lives->count == 0) {
        return json_null();
    }
    qsort(lives->item, lives->count, sizeof(*lives->item), by_address);
    address = lives->item[0].address;
    snprintf(base, sizeof(base), "0x%08" PRIx64, address);
    for (size_t i = 0; i < lives->count; i++) {
        const struct life *life = &lives->item[i];

        pack_number(&pack, life->address - address);
        pack_number(&pack, life->size == UNKNOWN ? 0 : life->size + 1);
        pack_number(&pack, life->owner);
        pack_number(&pack, life->first);
        pack_number(&pack, life->last - life->first);
        address = life->address;
    }
    return json_pack("{s:s, s:o}", "base", base, "lives", pack_json(&pack));
}

json_t *report_blocks(const struct tracks *tracks)
{
    const struct log *log = tracks->log;
    struct builder builder = {.tracks = tracks};
    json_t *array = json_array();

    builder.heaps = memory_new(tracks->heap_count, sizeof(*builder.heaps));
    builder.full_before = memory_new(log->kept_count + 1, sizeof(*builder.full_before));
    for (size_t s = 0; s < log->kept_count; s++) {
        builder.full_before[s + 1] =
            builder.full_before[s] + (report_listed(log->kept[s]) == 1 ? 1 : 0);
    }
    for (size_t s = 0; s < log->kept_count; s++) {
        see_all(&builder, s);
    }
    for (size_t i = 0; i < tracks->heap_count; i++) {
        json_array_append_new(array, lives_json(&builder.heaps[i]));
        free(builder.heaps[i].item);
        index_free(&builder.heaps[i].latest);
    }
    free(builder.heaps);
    free(builder.full_before);
    return array;
}
