/* SPDX-License-Identifier: MIT */
/* Operations with wrong pointers and damaged headers: reported once, and nothing changes. */
#include "support/ops.h"

#include <string.h>

#include "instance.h"

#include "support/layout.h"
#include "support/model.h"

/* Instance and arena as they were. */
static unsigned char before_memory[sizeof((struct world *)0)->memory];
static unsigned char before_arena[sizeof((struct world *)0)->arena];

static void remember(const struct world *w)
{
    memcpy(before_memory, w->memory, sizeof before_memory);
    memcpy(before_arena, w->arena, sizeof before_arena);
}

static void check_unchanged(const struct world *w)
{
    WORLD_REQUIRE(memcmp(before_memory, w->memory, sizeof before_memory) == 0,
                  "a wrong pointer changes the ledger");
    WORLD_REQUIRE(memcmp(before_arena, w->arena, sizeof before_arena) == 0,
                  "a wrong pointer changes the heap");
}

/* Calls one of the functions that take a block, with a pointer that it must not accept. */
static void use(struct world *w, void *ptr, uint8_t how)
{
    remember(w);
    switch (how % (HL_TASK_TRACKING ? 5 : 3)) {
    case 0:
        hl_free(w->hl, ptr);
        break;
    case 1:
        WORLD_REQUIRE(hl_realloc(w->hl, ptr, 1U + how, 2) == NULL, "hl_realloc takes %p", ptr);
        break;
    case 2:
        WORLD_REQUIRE(hl_usable_size(w->hl, ptr) == 0, "hl_usable_size takes %p", ptr);
        break;
#if HL_TASK_TRACKING
    case 3:
        WORLD_REQUIRE(hl_transfer(w->hl, ptr, HL_TASK_ISR) == HL_ERR_DAMAGED,
                      "hl_transfer takes %p", ptr);
        break;
    default:
        WORLD_REQUIRE(hl_owner(w->hl, ptr) == HL_ERR_DAMAGED, "hl_owner takes %p", ptr);
        break;
#endif
    }
    check_unchanged(w);
}

void free_again(struct world *w, void *ptr, uint8_t how)
{
    model_expect_fault(w, HL_FAULT_NOT_USED, ptr, world_heap_at(w, ptr));
    use(w, ptr, how);
}

/* The b-th free block, counted over all heaps; 0: there is none. */
static uintptr_t free_block(const struct world *w, uint8_t b, unsigned *heap)
{
    uintptr_t found = 0;

    for (unsigned i = 0; i < w->heap_count; i++) {
        for (uintptr_t at = w->heaps[i].first; !w->heaps[i].foreign && at < w->heaps[i].end;
             at += layout_tag(at).span) {
            if (layout_tag(at).used) {
                continue;
            }
            found = at;
            *heap = i;
            if (b-- == 0) {
                return found;
            }
        }
    }
    return found;
}

static uintptr_t inside_block(struct world *w, struct op op, bool aligned)
{
    unsigned slot = model_used_slot(w, op.b);
    const struct model_block *block = model_block(w, slot);
    uint32_t units;

    if (slot == WORLD_NO_SLOT) {
        return 0;
    }
    if (!aligned) {
        return (uintptr_t)block->ptr + 1 + op.c % (HL_ALIGN - 1);
    }
    units = block->size / HL_ALIGN;
    return units == 0 ? 0 : (uintptr_t)block->ptr + (uintptr_t)(op.c % units + 1) * HL_ALIGN;
}

static uintptr_t at_an_edge(const struct world *w, struct op op)
{
    const struct model_heap *heap;

    if (w->heap_count == 0 || w->heaps[op.b % w->heap_count].foreign) {
        return (uintptr_t)w->arena;
    }
    heap = &w->heaps[op.b % w->heap_count];
    return op.c % 2 == 0 ? heap->first + 4 - (uintptr_t)(op.c / 2 % 5) * HL_ALIGN
                         : heap->end + 4 - 16 + op.c / 2 % 32;
}

static uintptr_t outside(struct world *w, struct op op)
{
    switch (op.b % 4) {
    case 0:
        return (uintptr_t)w->memory + op.c;
    case 1:
        return (uintptr_t)w->arena + op.c % (WORLD_GUARD - HL_ALIGN);
    case 2:
        return 1U + op.c;
    default:
        return UINTPTR_MAX - op.c;
    }
}

static uintptr_t wrong_pointer(struct world *w, struct op op)
{
    unsigned heap = 0;
    uintptr_t at;

    switch (op.a % 8) {
    case 0:
    case 1:
        return (uintptr_t)w->stale[op.b % WORLD_STALE];
    case 2:
        return inside_block(w, op, true);
    case 3:
        return inside_block(w, op, false);
    case 4:
        return at_an_edge(w, op);
    case 5:
        return outside(w, op);
    case 6:
        at = free_block(w, op.b, &heap);
        return at == 0 ? 0 : at + LAYOUT_HEAD;
    default:
        at = free_block(w, op.b, &heap);
        return at == 0 ? 0 : at + LAYOUT_HEAD + (uint32_t)op.c * HL_ALIGN % layout_tag(at).span;
    }
}

static bool is_head(const struct world *w, unsigned heap, uintptr_t address)
{
    uintptr_t at = w->heaps[heap].first;

    while (at < address && at < w->heaps[heap].end) {
        at += layout_tag(at).span;
    }
    return at == address;
}

/* Links in free memory, there still or left over, can look like a head by chance. */
static bool looks_right(const struct world *w, uintptr_t ptr)
{
    uintptr_t head = ptr - LAYOUT_HEAD;
    int heap = world_heap_at(w, (const void *)ptr); /* NOLINT(performance-no-int-to-ptr) */
    struct layout_tag tag;

    if (heap < 0 || ptr % HL_ALIGN != 0 || head < w->heaps[heap].first ||
        head > w->heaps[heap].end - LAYOUT_LEAST_SPAN) {
        return false;
    }
    tag = layout_tag(head);
    return tag.used && tag.span >= LAYOUT_LEAST_SPAN && tag.span <= w->heaps[heap].end - head;
}

/* What is wrong with a pointer where no live block starts. */
static void expect_wrong(struct world *w, uintptr_t ptr)
{
    uintptr_t head = ptr - LAYOUT_HEAD;
    const void *address = (const void *)ptr; /* NOLINT(performance-no-int-to-ptr) */

    for (unsigned i = 0; i < w->heap_count; i++) {
        const struct model_heap *heap = &w->heaps[i];

        if (heap->foreign || head < heap->first || head > heap->end - LAYOUT_LEAST_SPAN) {
            continue;
        }
        if (ptr % HL_ALIGN != 0) {
            model_expect_fault(w, HL_FAULT_MISALIGNED, address, (int)i);
        } else if (!layout_tag(head).used) {
            model_expect_fault(w, HL_FAULT_NOT_USED, address, (int)i);
        } else {
            model_expect_fault(w, HL_FAULT_SIZE, address, (int)i);
        }
        return;
    }
    if (world_heap_at(w, address) >= 0) {
        model_expect_fault(w, HL_FAULT_NOT_USED, address, world_heap_at(w, address));
    } else {
        model_expect_fault(w, HL_FAULT_OUTSIDE, address, HL_ERR_NOT_FOUND);
    }
}

void op_wrong(struct world *w, struct op op)
{
    uintptr_t ptr = wrong_pointer(w, op);
    void *given = (void *)ptr; /* NOLINT(performance-no-int-to-ptr) */

    if (ptr == 0 || model_slot_of(w, given) != WORLD_NO_SLOT || looks_right(w, ptr)) {
        return;
    }
    expect_wrong(w, ptr);
    use(w, given, (uint8_t)(op.a / 8));
}

/* Damage. Each writes one word, and says what must come of it when `slot` is used. */
struct damage {
    uintptr_t at; /* of the word; 0: not possible here */
    uint32_t word;
    uintptr_t also; /* of another one that becomes the same; 0: none */
    int reason;     /* 0: any */
    const void *address;
};

/* An owner who does not hold that much on the heap; WORLD_IDS: there is none. */
static uint32_t wrong_owner(const struct world *w, const struct model_block *block, uint8_t from)
{
    for (uint32_t i = 0; i < model_ids(w); i++) {
        uint32_t id = (from + i) % (model_ids(w) + 1);

        if (id == model_ids(w) || w->tasks[id].accounts[block->heap].current < block->size) {
            return id;
        }
    }
    return WORLD_IDS;
}

static uintptr_t free_before(const struct world *w, unsigned heap, uintptr_t head)
{
    uintptr_t at = w->heaps[heap].first;

    while (at < head) {
        uintptr_t next = at + layout_tag(at).span;

        if (next == head && !layout_tag(at).used) {
            return at;
        }
        at = next;
    }
    return 0;
}

/* The header itself. */
static struct damage damage_header(const struct world *w, const struct model_block *block,
                                   uint8_t how)
{
    uintptr_t head = (uintptr_t)block->ptr - LAYOUT_HEAD;
    struct layout_tag tag = layout_tag(head);
    uint32_t room = (uint32_t)(w->heaps[block->heap].end - head);
    struct damage damage = {.at = head, .address = block->ptr};

    switch (how % 6) {
    case 0:
        damage.word = layout_head(tag.span, tag.prev_free, false, tag.owner);
        damage.reason = HL_FAULT_NOT_USED;
        break;
    case 1:
        damage.word = layout_head(how & 64 ? LAYOUT_LEAST_SPAN - HL_ALIGN : 0, tag.prev_free, true,
                                  tag.owner);
        damage.reason = HL_FAULT_SIZE;
        break;
    case 2:
        damage.word = layout_head(room + HL_ALIGN, tag.prev_free, true, tag.owner);
        damage.reason = HL_FAULT_SIZE;
        break;
    case 3: /* its end inside its own bytes */
        damage.at = tag.span >= LAYOUT_LEAST_SPAN + HL_ALIGN ? head : 0;
        damage.word = layout_head(tag.span - HL_ALIGN, tag.prev_free, true, tag.owner);
        damage.address = NULL;
        break;
    case 4: /* or inside the next one's */
        damage.at = layout_tag(head + tag.span).used && layout_tag(head + tag.span).span != 0 &&
                            !is_head(w, block->heap, head + tag.span + HL_ALIGN)
                        ? head
                        : 0;
        damage.word = layout_head(tag.span + HL_ALIGN, tag.prev_free, true, tag.owner);
        damage.address = NULL;
        break;
    default: /* "the one before is free" */
        damage.at = tag.prev_free ? 0 : head;
        damage.word = layout_head(tag.span, true, true, tag.owner);
        damage.reason = HL_FAULT_NEIGHBOUR;
        damage.address = NULL;
        break;
    }
    return damage;
}

/* What lies around it. */
static struct damage damage_neighbour(const struct world *w, const struct model_block *block,
                                      uint8_t how)
{
    uintptr_t head = (uintptr_t)block->ptr - LAYOUT_HEAD;
    uintptr_t next = head + layout_tag(head).span;
    uintptr_t before = free_before(w, block->heap, head);
    struct layout_tag tag = layout_tag(next);
    struct damage damage = {.at = 0};

    switch (how % 5) {
    case 0: /* the next one says that this one is free */
        damage.at = next;
        damage.word = layout_head(tag.span, true, tag.used, tag.owner);
        damage.reason = HL_FAULT_NEIGHBOUR;
        break;
    case 1: /* the next one is free, and its foot is not its head */
        damage.at = tag.used ? 0 : next + tag.span - LAYOUT_HEAD;
        damage.word = layout_word(next) ^ 1U << (HL_OWNER_BITS + 3);
        break;
    case 2: /* the one before is free, and its foot is not its head */
        damage.at = before == 0 ? 0 : head - LAYOUT_HEAD;
        damage.word = layout_head((uint32_t)(head - before) + HL_ALIGN, false, false, 0);
        break;
    case 3:
        damage.at = before;
        damage.word = before == 0 ? 0 : layout_word(before) ^ 1U;
        break;
    default: /* head and foot agree, but are not those of a free block */
        damage.at = before;
        damage.also = head - LAYOUT_HEAD;
        damage.word = layout_head((uint32_t)(head - before), (how & 8) != 0, (how & 8) == 0, 0);
        damage.reason = before == 0 ? 0 : HL_FAULT_FREE_BLOCK;
        break;
    }
    return damage;
}

static struct damage damage_owner(const struct world *w, const struct model_block *block,
                                  uint8_t how)
{
    uintptr_t head = (uintptr_t)block->ptr - LAYOUT_HEAD;
    struct layout_tag tag = layout_tag(head);
    uint32_t owner = wrong_owner(w, block, how);
    struct damage damage = {
        .at = HL_TASK_TRACKING && owner < WORLD_IDS && owner < 1U << HL_OWNER_BITS ? head : 0,
        .word = layout_head(tag.span, tag.prev_free, true, owner),
        .reason = HL_FAULT_OWNER,
        .address = block->ptr,
    };

    return damage;
}

/* hl_check must find any of them. */
static void check_is_told(struct world *w, unsigned heap)
{
    struct hl_fault fault;
    int result;

    if (w->hl->walking) {
        return;
    }
    result = hl_check(w->hl, (int)heap, &fault);
    WORLD_REQUIRE(result == HL_ERR_DAMAGED, "hl_check gives %d for a damaged heap", result);
    WORLD_REQUIRE(fault.reason != 0 && fault.heap == (int)heap, "hl_check: reason %d in heap %d",
                  (int)fault.reason, fault.heap);
}

/*
 * A damaged word in a free block. What is done then fails, reported, or does not need that block.
 */
struct wound {
    uintptr_t block; /* the head of the free block */
    unsigned heap;
    uintptr_t at; /* the word */
    uint32_t right;
    uint32_t wrong;
};

/* Where a live block lies, if there is one in that heap. */
static uint32_t offset_of_live_block(const struct world *w, const struct wound *wound, uint8_t how)
{
    const struct hl_heap *heap = &w->hl->heaps[wound->heap];
    unsigned first = model_order_from(w, w->heaps[wound->heap].first);
    unsigned behind = model_order_from(w, w->heaps[wound->heap].end);
    const unsigned char *ptr;

    if (first == behind) {
        return wound->right + 2 * HL_ALIGN;
    }
    ptr = w->slots[w->order[first + how % (behind - first)]].ptr;
    return (uint32_t)((uintptr_t)ptr - LAYOUT_HEAD - layout_base(heap));
}

static uint32_t wrong_link(const struct world *w, const struct wound *wound, uint8_t how)
{
    switch (how % 5) {
    case 0:
        return 0xfffffff0U;
    case 1:
        return 0x7ffffff8U;
    case 2:
        return 33; /* neither a bin nor an offset */
    case 3:
        return wound->right + 2; /* not where a block can lie */
    default:
        return offset_of_live_block(w, wound, how);
    }
}

static uint32_t wrong_head(const struct wound *wound, uint8_t how)
{
    struct layout_tag tag = layout_tag(wound->block);

    switch (how % 4) {
    case 0:
        return layout_head(HL_MAX_HEAP_BYTES, false, false, 0);
    case 1:
        return layout_head(tag.span, true, true, 5);
    case 2:
        return layout_head(tag.span + HL_ALIGN, false, false, 0);
    default:
        return 0;
    }
}

static bool inflict(const struct world *w, struct op op, struct wound *wound)
{
    uint8_t how = op.c / 4;

    wound->block = free_block(w, op.b, &wound->heap);
    if (wound->block == 0) {
        return false;
    }
    switch (op.c % 4) {
    case 0:
    case 1:
        wound->at = wound->block + (op.c % 4 == 0 ? 4 : 8);
        wound->right = layout_word(wound->at);
        wound->wrong = wrong_link(w, wound, how);
        break;
    case 2:
        wound->at = wound->block;
        wound->right = layout_word(wound->at);
        wound->wrong = wrong_head(wound, how);
        break;
    default:
        wound->at = wound->block + layout_tag(wound->block).span - LAYOUT_HEAD;
        wound->right = layout_word(wound->at);
        wound->wrong = wound->right ^ 1U << (HL_OWNER_BITS + 2 + how % 4);
        break;
    }
    layout_set_word(wound->at, wound->wrong);
    return true;
}

/* A wrong link back can be put right by the way; nothing else may be written to. */
static void heal(const struct wound *wound)
{
    if (layout_word(wound->at) == wound->wrong) {
        layout_set_word(wound->at, wound->right);
    } else {
        WORLD_REQUIRE(wound->at == wound->block + 8, "a damaged free block is written to at %p",
                      (void *)wound->at);
    }
}

static void allocate_wounded(struct world *w, const struct wound *wound, uint8_t how)
{
    const uint32_t *caps = w->heaps[wound->heap].desc.caps;
    uint32_t size = ((wound->at == wound->block ? wound->right : layout_word(wound->block)) >>
                     (HL_OWNER_BITS + 2)) *
                        HL_ALIGN -
                    LAYOUT_HEAD;
    uint32_t span;
    unsigned slot = model_empty_slot(w, 0);
    void *ptr;

    if (slot == WORLD_NO_SLOT) {
        return;
    }
    ptr = hl_aligned_alloc(w->hl, how % 4 == 0 ? 32 : 1, size, (caps[0] | caps[1]) & 7);
    if (ptr == NULL) {
        WORLD_REQUIRE(memcmp(before_arena, w->arena, sizeof before_arena) == 0,
                      "an allocation that fails changes the heap");
        model_count_failure(w, HL_TASK_PRE_SCHEDULER, size);
        return;
    }
    span = layout_tag((uintptr_t)ptr - LAYOUT_HEAD).span;
    WORLD_REQUIRE((uintptr_t)ptr != wound->block + LAYOUT_HEAD && span >= size + LAYOUT_HEAD,
                  "%u bytes: the damaged block is used, or one of span %u", (unsigned)size,
                  (unsigned)span);
    model_add(w, slot, ptr, span - LAYOUT_HEAD, HL_TASK_PRE_SCHEDULER);
    MODEL_COUNT(w, HL_TASK_PRE_SCHEDULER, allocations);
}

static void free_wounded(struct world *w, const struct wound *wound, uint8_t from)
{
    unsigned slot = model_used_slot(w, from);
    struct model_block *block = model_block(w, slot);

    if (slot == WORLD_NO_SLOT ||
        (uintptr_t)block->ptr - LAYOUT_HEAD - layout_base(&w->hl->heaps[wound->heap]) ==
            wound->wrong) {
        return; /* freed, it could make a wrong link right */
    }
    hl_free(w->hl, block->ptr);
    if (w->seen.faults != 0) {
        check_unchanged(w);
        return;
    }
    MODEL_COUNT(w, block->owner, frees);
    if (block->owner != HL_TASK_PRE_SCHEDULER) {
        MODEL_COUNT(w, block->owner, freed_by_others);
    }
    model_remove(w, slot);
}

static void check_wounded_fault(struct world *w, const struct wound *wound)
{
    const struct hl_fault *fault = &w->seen.fault;

    WORLD_REQUIRE(fault->reason == HL_FAULT_FREE_LIST || fault->reason == HL_FAULT_FREE_BLOCK ||
                      fault->reason == HL_FAULT_NEIGHBOUR,
                  "a damaged free block: reason %d", (int)fault->reason);
    /* What is told may be what the damaged word leads to. */
    WORLD_REQUIRE((uintptr_t)fault->address % HL_ALIGN == 0 &&
                      world_heap_at(w, fault->address) == (int)wound->heap,
                  "a damaged free block: no block can be at %p", fault->address);
    model_expect_fault(w, 0, NULL, (int)wound->heap);
}

static void damage_free_block(struct world *w, struct op op)
{
    struct wound wound = {.block = 0};
    uint32_t running;

    if (!HL_CHECK_LINKS || !w->shape.hooks || !inflict(w, op, &wound)) {
        return;
    }
    if (wound.wrong != wound.right) {
        check_is_told(w, wound.heap);
    }
    remember(w);
    running = w->running;
    w->running = HL_TASK_PRE_SCHEDULER; /* has no limit */
    if (op.a / 4 % 2 == 0) {
        allocate_wounded(w, &wound, op.a / 8);
    } else {
        free_wounded(w, &wound, op.a / 8);
    }
    heal(&wound);
    if (w->seen.faults != 0) {
        check_wounded_fault(w, &wound);
    }
    w->running = running;
}

void op_damage(struct world *w, struct op op)
{
    unsigned slot = model_used_slot(w, op.b);
    const struct model_block *block = model_block(w, slot);
    uint8_t how = op.c % 4; /* hl_usable_size does not look at the owner */
    struct damage damage;
    uint32_t right;

    if (op.a % 4 == 3) {
        damage_free_block(w, op);
        return;
    }
    if (slot == WORLD_NO_SLOT) {
        return;
    }
    if (op.a % 4 == 0) {
        damage = damage_header(w, block, op.a / 4);
    } else if (op.a % 4 == 1) {
        damage = damage_neighbour(w, block, op.a / 4);
    } else {
        damage = damage_owner(w, block, op.a / 4);
        how = how == 2 ? 0 : how;
    }
    if (damage.at == 0 || (damage.at < w->heaps[block->heap].first)) {
        return;
    }
    right = layout_word(damage.at);
    layout_set_word(damage.at, damage.word);
    if (damage.also != 0) {
        layout_set_word(damage.also, damage.word);
    }
    check_is_told(w, block->heap);
    model_expect_fault(w, damage.reason, damage.address, block->heap);
    use(w, block->ptr, how);
    layout_set_word(damage.at, right);
    if (damage.also != 0) {
        layout_set_word(damage.also, right); /* a head and its foot */
    }
}
