/* SPDX-License-Identifier: MIT */
/* What the unit tests of the writing side work on. */
#include "rig.h"

struct rig rig;

static void on_fault(void *context, const struct hl_fault *fault)
{
    assert_ptr_equal(context, &rig);
    rig.faults++;
    rig.fault = *fault;
}

static void on_limit(void *context, const struct hl_limit_event *event)
{
    assert_ptr_equal(context, &rig);
    rig.limits++;
    rig.limit = *event;
}

void rig_start(bool keep_deleted)
{
    struct hl_config config = {
        .max_tasks = RIG_TASKS,
        .max_heaps = RIG_HEAPS,
        .keep_deleted = keep_deleted,
        .port = &rig.port,
        .context = &rig,
        .on_fault = on_fault,
        .on_limit = on_limit,
    };

    memset(&rig, 0, sizeof(rig));
    memset(rig.before, RIG_GUARD_BYTE, sizeof(rig.before));
    memset(rig.behind, RIG_GUARD_BYTE, sizeof(rig.behind));
    memset(rig.arena, RIG_GUARD_BYTE, sizeof(rig.arena));
    rig.hl = hl_init(rig.memory, sizeof(rig.memory), &config);
    assert_non_null(rig.hl);
}

int rig_setup(void **state)
{
    (void)state;
    rig_start(false);
    return 0;
}

int rig_setup_keeping(void **state)
{
    (void)state;
    rig_start(true);
    return 0;
}

int rig_teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < RIG_GUARD; i++) {
        assert_int_equal(rig.before[i], RIG_GUARD_BYTE);
        assert_int_equal(rig.behind[i], RIG_GUARD_BYTE);
    }
    rig_no_fault();
    assert_int_equal(rig.limits, 0);
    rig_sound();
    return 0;
}

int rig_heap_with(size_t offset, size_t bytes, uint32_t first, uint32_t second, uint32_t third)
{
    struct hl_heap_desc desc = {
        .start = rig.arena + offset,
        .size = bytes,
        .name = "heap",
        .caps = {first, second, third},
    };

    assert_true(offset + bytes <= RIG_ARENA_BYTES);
    return hl_add_heap(rig.hl, &desc);
}

int rig_heap(size_t offset, size_t bytes)
{
    return rig_heap_with(offset, bytes, RIG_CAP, 0, 0);
}

void *rig_alloc(uint32_t id, size_t size)
{
    uint32_t before = rig.port.running;
    void *ptr;

    rig.port.running = id;
    ptr = hl_malloc(rig.hl, size, RIG_CAP);
    rig.port.running = before;
    return ptr;
}

void *rig_realloc(uint32_t id, void *ptr, size_t size)
{
    uint32_t before = rig.port.running;

    rig.port.running = id;
    ptr = hl_realloc(rig.hl, ptr, size, RIG_CAP);
    rig.port.running = before;
    return ptr;
}

void rig_fault(int reason, const void *address, int heap)
{
    assert_int_equal(rig.faults, 1);
    assert_int_equal(rig.fault.reason, reason);
    assert_ptr_equal(rig.fault.address, address);
    assert_int_equal(rig.fault.heap, heap);
    assert_int_equal(rig.fault.task, HL_TASK_TRACKING ? rig.port.running : 0);
    rig.faults = 0;
}

void rig_no_fault(void)
{
    assert_int_equal(rig.faults, 0);
}

uint32_t rig_word(const void *at)
{
    uint32_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

void rig_set_word(void *at, uint32_t word)
{
    memcpy(at, &word, sizeof(word));
}

struct rig_tag rig_tag(const void *head)
{
    uint32_t word = rig_word(head);
    struct rig_tag tag = {
        .span = (word >> (HL_OWNER_BITS + 2)) * HL_ALIGN,
        .owner = word & ((1U << HL_OWNER_BITS) - 1),
        .used = (word >> HL_OWNER_BITS & 1U) != 0,
        .prev_free = (word >> (HL_OWNER_BITS + 1) & 1U) != 0,
    };

    return tag;
}

uint32_t rig_span_for(size_t size)
{
    size_t span = 16;

    while (span < size + 4) {
        span += HL_ALIGN;
    }
    return (uint32_t)span;
}

/* 16 to 56 in steps of 8; then 64, 96, 128, 192, ... */
unsigned rig_bin(uint32_t span)
{
    unsigned bin = 0;
    uint32_t next = 24;

    while (bin < 31 && span >= next) {
        bin++;
        if (next < 64) {
            next += 8;
        }
        if (bin >= 6) {
            next = bin % 2 == 0 ? 96U << (bin - 6) / 2 : 128U << (bin - 7) / 2;
        }
    }
    return bin;
}

/* What a walk over a heap adds up to. */
struct sums {
    uint32_t free;
    unsigned free_blocks;
    uint32_t bytes[1 << HL_OWNER_BITS];
    uint32_t blocks[1 << HL_OWNER_BITS];
};

static const char *walk(const struct hl_heap *heap, struct sums *sums)
{
    const unsigned char *at = (const void *)heap->list.first;
    const unsigned char *end = (const void *)heap->end;
    bool prev_free = false;
    struct rig_tag tag;

    if (((uintptr_t)at + 4) % HL_ALIGN != 0) {
        return "the first block is not aligned";
    }
    for (; at != end; at += tag.span) {
        tag = rig_tag(at);
        if (tag.span < 16 || tag.span > (size_t)(end - at)) {
            return "a span is wrong";
        }
        if (tag.prev_free != prev_free) {
            return "a P bit is wrong";
        }
        if (tag.used) {
            sums->bytes[tag.owner] += tag.span - 4;
            sums->blocks[tag.owner]++;
        } else {
            if (prev_free || tag.owner != 0 || rig_word(at + tag.span - 4) != rig_word(at)) {
                return "a free block is wrong";
            }
            sums->free += tag.span;
            sums->free_blocks++;
        }
        prev_free = !tag.used;
    }
    tag = rig_tag(end);
    if (tag.span != 0 || !tag.used || tag.prev_free != prev_free || tag.owner != 0) {
        return "the sentinel is wrong";
    }
    return NULL;
}

/* Where an offset leads; NULL: to no place where a block can be. */
static const unsigned char *lead(const struct hl_heap *heap, uint32_t offset)
{
#if UINTPTR_MAX > UINT32_MAX
    uintptr_t at = (uintptr_t)heap->list.base + offset;
#else
    uintptr_t at = offset;
#endif
    uintptr_t first = (uintptr_t)heap->list.first;

    if (at < first || at + 16 > (uintptr_t)heap->end || (at - first) % HL_ALIGN != 0) {
        return NULL;
    }
    return (const unsigned char *)heap->list.first + (at - first);
}

uint32_t rig_head_link(const struct hl_heap *heap, unsigned bin)
{
#if UINTPTR_MAX > UINT32_MAX
    (void)heap;
    return 4 * bin;
#else
    return (uint32_t)&heap->list.bins[bin];
#endif
}

static const char *follow_lists(const struct hl_heap *heap, unsigned free_blocks)
{
    unsigned found = 0;

    for (unsigned bin = 0; bin < 32; bin++) {
        uint32_t offset = heap->list.bins[bin];
        uint32_t link = rig_head_link(heap, bin);

        if ((heap->list.bitmap >> bin & 1U) != (offset != 0)) {
            return "the bitmap is wrong";
        }
        for (; offset != 0; found++) {
            const unsigned char *at = lead(heap, offset);

            if (at == NULL || found == free_blocks) {
                return "a list leads nowhere";
            }
            if (rig_tag(at).used || rig_bin(rig_tag(at).span) != bin || rig_word(at + 8) != link) {
                return "a block is in the wrong list";
            }
            link = offset + 4;
            offset = rig_word(at + 4);
        }
    }
    return found == free_blocks ? NULL : "a free block is in no list";
}

static const char *check_heap(const struct hl_heap *heap, struct sums *sums)
{
    const char *wrong = walk(heap, sums);

    if (wrong != NULL) {
        return wrong;
    }
    if (heap->free != sums->free || heap->min_free > heap->free) {
        return "the free bytes are wrong";
    }
    return follow_lists(heap, sums->free_blocks);
}

const char *rig_heap_unsound(const struct hl_heap *heap)
{
    static struct sums sums;

    memset(&sums, 0, sizeof(sums));
    return check_heap(heap, &sums);
}

#if HL_TASK_TRACKING
static const char *check_accounts(const struct hl_heap *heap, const struct sums *sums)
{
    for (uint32_t id = 0; id < 1U << HL_OWNER_BITS; id++) {
        const struct hl_account *account = &heap->accounts[id];

        if (id >= rig.hl->ledger.ids) {
            if (sums->blocks[id] != 0) {
                return "a block is nobody's";
            }
        } else if (account->current != sums->bytes[id] || account->blocks != sums->blocks[id] ||
                   account->peak < account->current) {
            return "an account is wrong";
        }
    }
    return NULL;
}

static const char *check_balances(void)
{
    for (uint32_t id = 0; id < rig.hl->ledger.ids; id++) {
        const struct hl_account *balance = &rig.hl->ledger.balances[id];
        uint32_t sum = 0;

        for (int i = 0; i < rig.hl->heap_count; i++) {
            sum += rig.hl->heaps[i].accounts[id].current;
        }
        if (sum != balance->current || balance->peak < balance->current) {
            return "a balance is wrong";
        }
    }
    return NULL;
}
#endif

const char *rig_unsound(void)
{
    static struct sums sums;
    const char *wrong = NULL;

    for (int i = 0; wrong == NULL && i < rig.hl->heap_count; i++) {
        const struct hl_heap *heap = &rig.hl->heaps[i];

        if (heap_is_foreign(heap)) {
            continue; /* a foreign one */
        }
        memset(&sums, 0, sizeof(sums));
        wrong = check_heap(heap, &sums);
#if HL_TASK_TRACKING
        if (wrong == NULL) {
            wrong = check_accounts(heap, &sums);
        }
#endif
    }
#if HL_TASK_TRACKING
    if (wrong == NULL) {
        wrong = check_balances();
    }
#endif
    return wrong;
}

void rig_sound(void)
{
    const char *wrong = rig_unsound();

    if (wrong != NULL) {
        fail_msg("%s", wrong);
    }
}
