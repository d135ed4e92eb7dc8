/* SPDX-License-Identifier: MIT */
/* Making worlds: memory, heaps and hooks; and failing. */
#include "support/world.h"

#include <setjmp.h>
#include <string.h>

#include "heapledger/port.h"

#include "support/model.h"

struct world *world_now;
void (*world_between)(void);
struct say world_failure;

static jmp_buf *escape;
static bool lock_held;

void world_fail(const char *format, ...)
{
    va_list list;

    say_nothing(&world_failure);
    va_start(list, format);
    say_list(&world_failure, format, &list);
    va_end(list);
    longjmp(*escape, 1);
}

void world_crashed(const char *how)
{
    if (escape != NULL) {
        world_fail("%s", how);
    }
}

bool world_try(void (*function)(void *context), void *context)
{
    jmp_buf here;
    bool passed = false;

    escape = &here;
    lock_held = false;
    world_between = NULL;
    if (setjmp(here) == 0) {
        function(context);
        passed = true;
    }
    escape = NULL;
    return passed;
}

void world_lock(void)
{
    WORLD_REQUIRE(!lock_held, "the lock is taken twice");
    lock_held = true;
}

void world_unlock(void)
{
    WORLD_REQUIRE(lock_held, "the lock is released twice");
    lock_held = false;
    if (world_between != NULL) {
        world_between();
    }
}

uint32_t world_current(void)
{
    WORLD_REQUIRE(lock_held, "the current task is read without the lock");
    return world_now->running;
}

static void on_fault(void *context, const struct hl_fault *fault)
{
    struct world *w = context;

    WORLD_REQUIRE(!lock_held, "on_fault is called with the lock");
    w->seen.faults++;
    w->seen.fault = *fault;
}

static void on_limit(void *context, const struct hl_limit_event *event)
{
    struct world *w = context;

    WORLD_REQUIRE(!lock_held, "on_limit is called with the lock");
    w->seen.limits++;
    w->seen.limit = *event;
}

/*
 * Layouts: a few heaps each, by eighths of the arena, with some bytes cut off at either end so that they
 * must be rounded. The capabilities of a heap come in three words by priority.
 */
struct plan {
    uint8_t first, behind; /* eighths of the arena; equal: a foreign heap */
    uint8_t cut_front, cut_end;
    uint32_t caps[3];
};

enum {
    FAST = 1,
    PLAIN = 2,
    DMA = 4,
    SLOW = 8
};

static const struct plan layouts[4][WORLD_HEAPS] = {
    {
        /* As on the chip of the reference: two that touch. And one for what is slow. */
        {0, 3, 0, 0, {PLAIN | DMA, FAST, 0}},
        {3, 4, 0, 0, {PLAIN, DMA, 0}},
        {5, 8, 0, 0, {SLOW, 0, PLAIN}},
        {0, 0, 0, 0, {PLAIN, 0, 0}},
    },
    {
        /* Not in address order, and nothing aligned. */
        {6, 8, 1, 3, {FAST, PLAIN, 0}},
        {0, 2, 7, 6, {PLAIN, 0, DMA}},
        {3, 5, 3, 5, {0, PLAIN | SLOW, 0}},
        {2, 3, 13, 1, {DMA, 0, PLAIN}},
        {0, 0, 0, 0, {PLAIN, 0, 0}},
    },
    {
        {0, 8, 0, 0, {PLAIN | FAST | DMA | SLOW, 0, 0}},
        {0, 0, 0, 0, {PLAIN, 0, 0}},
    },
    {
        /* Small ones: often full. */
        {0, 1, 2, 2, {PLAIN | FAST, 0, 0}},
        {1, 2, 4, 4, {PLAIN, DMA, 0}},
        {2, 3, 0, 1, {DMA, PLAIN, 0}},
        {3, 4, 15, 0, {SLOW, FAST, PLAIN}},
        {0, 0, 0, 0, {PLAIN, 0, 0}},
    },
};

static bool is_plan(const struct plan *plan)
{
    return (plan->caps[0] | plan->caps[1] | plan->caps[2]) != 0;
}

bool world_plan(struct world *w, unsigned number, struct hl_heap_desc *desc, bool *foreign)
{
    static unsigned char elsewhere[4];
    const struct plan *plan = &layouts[w->shape.layout % 4][number];

    if (number >= WORLD_HEAPS || !is_plan(plan)) {
        return false;
    }
    memset(desc, 0, sizeof *desc);
    memcpy(desc->caps, plan->caps, sizeof desc->caps);
    *foreign = plan->first == plan->behind;
    if (*foreign) {
        desc->name = "foreign";
        desc->start = elsewhere;
        desc->size = sizeof elsewhere;
    } else {
        size_t eighth = WORLD_ARENA_BYTES / 8;

        desc->name = "ours";
        desc->start = w->arena + WORLD_GUARD + plan->first * eighth + plan->cut_front;
        desc->size =
            (size_t)(plan->behind - plan->first) * eighth - plan->cut_front - plan->cut_end;
    }
    return true;
}

/* Where the first head and the sentinel of such a heap must be. */
static void measure(struct model_heap *heap)
{
    uintptr_t end = (uintptr_t)heap->desc.start + heap->desc.size - 4;

    heap->first = (uintptr_t)heap->desc.start;
    while ((heap->first + 4) % HL_ALIGN != 0) {
        heap->first++;
    }
    heap->end = end - (end - heap->first) % HL_ALIGN;
    heap->free = (uint32_t)(heap->end - heap->first);
    heap->min_free = heap->free;
}

static int add_foreign(struct world *w, const struct hl_heap_desc *desc)
{
#if HL_TASK_TRACKING
    return hl_add_foreign_heap(w->hl, desc);
#else
    (void)w, (void)desc;
    return -1;
#endif
}

bool world_add_heap(struct world *w)
{
    struct model_heap *heap = &w->heaps[w->heap_count];
    int index;

    if (!world_plan(w, w->planned, &heap->desc, &heap->foreign)) {
        return false;
    }
    if (heap->foreign) {
        if (!HL_TASK_TRACKING) {
            w->planned++;
            return true;
        }
        index = add_foreign(w, &heap->desc);
    } else {
        measure(heap);
        index = hl_add_heap(w->hl, &heap->desc);
        if (!model_fits(w, heap->desc.size)) {
            WORLD_REQUIRE(index == HL_ERR_TOO_LARGE, "adding a heap gives %d, the books are full",
                          index);
            return false; /* of those planned it stays the next one */
        }
    }
    WORLD_REQUIRE(index == (int)w->heap_count, "adding a heap gives %d, not %u", index,
                  w->heap_count);
    w->planned++;
    w->heap_count++;
    w->changes++;
    return true;
}

int world_heap_at(const struct world *w, const void *ptr)
{
    for (unsigned i = 0; i < w->heap_count; i++) {
        const struct hl_heap_desc *desc = &w->heaps[i].desc;
        uintptr_t start = (uintptr_t)desc->start;

        if (!w->heaps[i].foreign && (uintptr_t)ptr >= start &&
            (uintptr_t)ptr < start + desc->size) {
            return (int)i;
        }
    }
    return -1;
}

void world_make(struct world *w, const struct world_shape *shape)
{
    struct hl_config config = {
        .max_tasks = shape->tasks,
        .max_heaps = WORLD_HEAPS,
        .keep_deleted = shape->keep_deleted,
        .context = w,
        .on_fault = shape->hooks ? on_fault : NULL,
        .on_limit = shape->hooks ? on_limit : NULL,
    };

    memset(w, 0, sizeof *w);
    memset(w->memory, 0xA5, sizeof w->memory);
    memset(w->arena, 0xA5, sizeof w->arena);
    w->shape = *shape;
    w->keep_deleted = shape->keep_deleted;
    w->last_serial = HL_TASK_FIRST;
    for (unsigned id = 0; id < WORLD_IDS; id++) {
        w->tasks[id].limit = UINT32_MAX;
        w->tasks[id].warning = UINT32_MAX;
    }
    world_now = w;
    w->hl = hl_init(w->memory + WORLD_GUARD, HL_BYTES(shape->tasks, WORLD_HEAPS), &config);
    WORLD_REQUIRE(w->hl != NULL, "hl_init fails");
}

static void check_guard(const unsigned char *from, const unsigned char *to, const char *what)
{
    for (; from < to; from++) {
        WORLD_REQUIRE(*from == 0xA5, "written to %p, %s", (const void *)from, what);
    }
}

void world_check_guards(const struct world *w)
{
    const unsigned char *end = w->memory + WORLD_GUARD + HL_BYTES(w->shape.tasks, WORLD_HEAPS);

    check_guard(w->memory, w->memory + WORLD_GUARD, "before the instance");
    check_guard(end, end + WORLD_GUARD, "behind the instance");
    check_guard(w->arena, w->arena + WORLD_GUARD, "before the arena");
    check_guard(w->arena + WORLD_GUARD + WORLD_ARENA_BYTES, w->arena + sizeof w->arena,
                "behind the arena");
    for (unsigned i = 0; i < w->heap_count; i++) {
        const struct model_heap *heap = &w->heaps[i];
        const unsigned char *start = heap->desc.start;

        if (!heap->foreign) {
            check_guard(start, start + (heap->first - (uintptr_t)start), "rounded away in front");
            check_guard(start + (heap->end + 4 - (uintptr_t)start), start + heap->desc.size,
                        "rounded away at the end");
        }
    }
}
