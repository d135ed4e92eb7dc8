/* SPDX-License-Identifier: MIT */
/* The naive model: what blocks there are and who owes what, kept in the plainest way. */
#ifndef TEST_MODEL_H
#define TEST_MODEL_H

#include "support/world.h"

/* Blocks. */

/* Enters a block in an empty slot, charges it to `owner` and fills it. */
void model_add(struct world *w, unsigned slot, void *ptr, uint32_t size, uint32_t owner);

/* Takes a block out and credits its owner. */
void model_remove(struct world *w, unsigned slot);

/* A slot in use at or after a number, or an empty one; WORLD_NO_SLOT when there is none. */
unsigned model_used_slot(const struct world *w, unsigned from);
unsigned model_empty_slot(const struct world *w, unsigned from);

/* The block in a slot; NULL for WORLD_NO_SLOT. */
static inline struct model_block *model_block(struct world *w, unsigned slot)
{
    return slot == WORLD_NO_SLOT ? NULL : &w->slots[slot];
}

/* The slot of a live block that starts at `ptr`, or WORLD_NO_SLOT. */
unsigned model_slot_of(const struct world *w, const void *ptr);

/* Index in `order` of the first live block at or behind an address. */
unsigned model_order_from(const struct world *w, uintptr_t address);

/* Another owner, the same block. */
void model_hand_over(struct world *w, unsigned slot, uint32_t owner);

/* Books. All do nothing without task tracking. */

void model_charge(struct world *w, uint32_t id, unsigned heap, uint32_t size);
void model_credit(struct world *w, uint32_t id, unsigned heap, uint32_t size);

/* A block's size changes; its owner may, too. */
void model_resize(struct world *w, unsigned slot, uint32_t size, uint32_t owner);

void model_count_failure(struct world *w, uint32_t id, size_t size);
#if HL_COUNT_EVENTS
#define MODEL_COUNT(w, id, what) ((void)(w)->tasks[id].what++)
#else
#define MODEL_COUNT(w, id, what) ((void)(w), (void)(id))
#endif

/* A block of `size` would take a task to `after` bytes. Expects the event that this calls for; false
 * when the limit refuses it. */
bool model_within_limits(struct world *w, uint32_t id, uint32_t size, uint32_t after,
                         bool refusable);

/* Expects one fault. Reason 0 and address NULL: any. */
void model_expect_fault(struct world *w, int reason, const void *address, int heap);

/* Tasks. */

void model_open(struct world *w, uint32_t id, void *handle, const char *name);
void model_delete(struct world *w, uint32_t id);
void model_rename(struct world *w, uint32_t id, const char *name);
void model_vacate(struct world *w, uint32_t id);

/* The pseudo-tasks and what is listed. */
bool model_listed(const struct world *w, uint32_t id);
bool model_is_open(const struct world *w, int id);
uint32_t model_serial(const struct world *w, uint32_t id);
unsigned model_ids(const struct world *w);

/* Are our heaps, and all that is charged on foreign ones, under 4 GiB with so many bytes more? */
bool model_fits(const struct world *w, size_t more);

#endif
