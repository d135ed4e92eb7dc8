/* SPDX-License-Identifier: MIT */
/* Wrong pointers and damaged memory: what is always noticed, what is left as it was, what is not seen. */
#include "rig.h"

#include "heapledger/facts.h"

/*
 * Heap 0 is small, and with HL_CHECK_LINKS every word of it that the heap keeps for itself is damaged in
 * every way, before every operation. Either the operation reports that, once, and nothing has changed; or it did not
 * depend on the damage, which is still there and can be undone; or the damage is of a class that nothing
 * short of a walk can see (enum unseen).
 */
enum {
    START = 1024 + HL_ALIGN - 4, /* of heap 0: its first head */
    BLOCKS = 14,
    HEAP_BYTES = 608 + 4,
    SECOND = START + HEAP_BYTES + HL_ALIGN - 4, /* of heap 1, which begins where heap 0 ends */
    SECOND_BYTES = 256,
    STRANGER = 2048, /* of the heap of another instance */
    STRANGER_BYTES = 256,
    WINDOW = 2560, /* of the arena: all heaps */
    FOREIGN_BYTES = 512,
};

static const struct {
    uint16_t span;
    uint16_t owner; /* 0: pre-scheduler, 1: an interrupt, 3 and 4: tasks */
    bool is_free;
} scene[BLOCKS] = {
    {32, 3, false}, {48, 0, true},  {32, 4, false}, {48, 0, true},  {64, 3, false},
    {32, 4, false}, {48, 0, true},  {32, 3, false}, {96, 0, true},  {32, 3, false},
    {32, 4, false}, {16, 1, false}, {64, 0, true},  {32, 0, false},
};

static unsigned char *user[BLOCKS]; /* what the caller got */
static unsigned char *second;       /* a block in heap 1 */
static unsigned char *strange;      /* and one of the other instance */
static struct hl *stranger;

static struct image {
    unsigned char memory[sizeof(rig.memory)];
    unsigned char arena[WINDOW];
} clean, before;

static void save(struct image *image)
{
    memcpy(image->memory, rig.memory, sizeof(image->memory));
    memcpy(image->arena, rig.arena, sizeof(image->arena));
}

static void restore(const struct image *image)
{
    memcpy(rig.memory, image->memory, sizeof(image->memory));
    memcpy(rig.arena, image->arena, sizeof(image->arena));
    rig.faults = 0;
}

/* Nothing has changed; a failure may have been counted. */
static void expect_unchanged(const struct image *image)
{
#if HL_COUNT_FAILURES
    const struct hl_tally *was =
        (const void *)(image->memory + ((unsigned char *)rig.hl->ledger.tallies - rig.memory));
    struct hl_tally *is = rig.hl->ledger.tallies;

    is[rig.port.running].failures = was[rig.port.running].failures;
    is[rig.port.running].largest_refused = was[rig.port.running].largest_refused;
#endif
    assert_memory_equal(rig.memory, image->memory, sizeof(image->memory));
    assert_memory_equal(rig.arena, image->arena, sizeof(image->arena));
}

static void make_stranger(void)
{
    static _Alignas(16) unsigned char memory[HL_BYTES(1, 1)];
    static struct hook_port port;
    struct hl_config config = {.max_tasks = 1, .max_heaps = 1, .port = &port};
    struct hl_heap_desc desc = {
        .start = rig.arena + STRANGER, .size = STRANGER_BYTES, .name = "", .caps = {RIG_CAP}};

    stranger = hl_init(memory, sizeof(memory), &config);
    assert_int_equal(hl_add_heap(stranger, &desc), 0);
    strange = hl_malloc(stranger, 16, RIG_CAP);
    assert_non_null(strange);
}

/* `fill`: what the caller's bytes hold. */
static void build(unsigned char fill, bool last_is_free)
{
    rig_start(false);
    assert_int_equal(rig_heap(START, HEAP_BYTES), 0);
    assert_int_equal(rig_heap_with(START + HEAP_BYTES, SECOND_BYTES, 2, 0, 0), 1);
#if HL_TASK_TRACKING
    struct hl_heap_desc foreign = {.start = rig.arena, .size = FOREIGN_BYTES, .name = "foreign"};

    assert_int_equal(hl_add_foreign_heap(rig.hl, &foreign), 2);
    assert_int_equal(hl_task_register(rig.hl, NULL, "a"), 3);
    assert_int_equal(hl_task_register(rig.hl, NULL, "b"), 4);
#endif
    for (unsigned i = 0; i < BLOCKS; i++) {
        user[i] = rig_alloc(HL_TASK_TRACKING ? scene[i].owner : 0, scene[i].span - 4U);
        assert_non_null(user[i]);
        assert_int_equal(hl_usable_size(rig.hl, user[i]), scene[i].span - 4);
        memset(user[i], fill, scene[i].span - 4U);
    }
    assert_int_equal(rig.hl->heaps[0].free, 0);
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (scene[i].is_free || (last_is_free && i == BLOCKS - 1)) {
            hl_free(rig.hl, user[i]);
        }
    }
    second = hl_malloc(rig.hl, 40, 2);
    memset(second, fill, 40);
    make_stranger();
    rig.port.running = HL_TASK_TRACKING ? 3 : 0;
    rig.hl->changed = false;
    rig_sound();
    save(&clean);
}

static int setup(void **state)
{
    (void)state;
    build(0x6a, false);
    return 0;
}

/*
 * What an operation on a pointer must say: read from the memory, by the rules of the header.
 */
struct expected {
    int reason; /* 0: the pointer is that of a live block */
    const unsigned char *address;
    int heap;
};

static const struct hl_heap *heap_around(const unsigned char *ptr, int *index)
{
    static const struct {
        size_t start, size;
    } regions[] = {{START, HEAP_BYTES}, {START + HEAP_BYTES, SECOND_BYTES}};

    for (int i = 0; i < 2; i++) {
        if ((uintptr_t)ptr - (uintptr_t)(rig.arena + regions[i].start) < regions[i].size) {
            *index = i;
            return &rig.hl->heaps[i];
        }
    }
    return NULL;
}

#if HL_CHECK_LINKS
static bool is_linked(const struct hl_heap *heap, const unsigned char *head)
{
    for (unsigned bin = 0; bin < 32; bin++) {
        if (heap->list.bins[bin] != 0 &&
            (const unsigned char *)freelist_block(&heap->list, heap->list.bins[bin]) == head) {
            return rig_word(head + 8) == rig_head_link(heap, bin);
        }
    }
    return false;
}

/* Do the blocks that a free block's links lead to lead back? */
static bool links_hold(const struct hl_heap *heap, const unsigned char *head)
{
    uint32_t offset = freelist_offset(&heap->list, (const void *)head);
    uint32_t base = freelist_offset(&heap->list, heap->list.first);
    const unsigned char *first = (const void *)heap->list.first;
    uint32_t most = (uint32_t)((const unsigned char *)heap->end - 16 - first);
    uint32_t next = rig_word(head + 4) - base;
    uint32_t link = rig_word(head + 8) - 4 - base;

    if (rig_word(head + 4) != 0 &&
        (next > most || next % HL_ALIGN != 0 || rig_word(first + next + 8) != offset + 4)) {
        return false;
    }
    if (is_linked(heap, head)) {
        return true;
    }
    return link <= most && link % HL_ALIGN == 0 && rig_word(first + link + 4) == offset;
}
#endif

/* What is wrong with a block that a neighbour says is free. */
static int free_fault(const struct hl_heap *heap, const unsigned char *head)
{
    struct rig_tag tag = rig_tag(head);
    const unsigned char *end = (const void *)heap->end;

    if (tag.used || tag.prev_free || tag.owner != 0 || tag.span < 16 ||
        tag.span > (size_t)(end - head) || rig_word(head + tag.span - 4) != rig_word(head)) {
        return HL_FAULT_FREE_BLOCK;
    }
#if HL_CHECK_LINKS
    return links_hold(heap, head) ? 0 : HL_FAULT_FREE_LIST;
#else
    return 0;
#endif
}

static struct expected beside(int reason, const unsigned char *head, int heap)
{
    struct expected expected = {reason, reason != 0 ? head + 4 : NULL, heap};

    return expected;
}

static struct expected expect_behind(const struct hl_heap *heap, const unsigned char *next,
                                     int index)
{
    struct rig_tag tag = rig_tag(next);

    if (tag.prev_free || (HL_CHECK_LINKS && tag.used &&
                          tag.span > (size_t)((const unsigned char *)heap->end - next))) {
        return beside(HL_FAULT_NEIGHBOUR, next, index);
    }
    return beside(tag.used ? 0 : free_fault(heap, next), next, index);
}

static struct expected expect_before(const struct hl_heap *heap, const unsigned char *head,
                                     int index)
{
    const unsigned char *first = (const void *)heap->list.first;
    const unsigned char *prev;
    uint32_t span;

    if (head == first) {
        return beside(HL_FAULT_NEIGHBOUR, head, index);
    }
    span = rig_tag(head - 4).span;
    if (span > (size_t)(head - first)) {
        return beside(HL_FAULT_NEIGHBOUR, head, index);
    }
    prev = head - span;
    if (rig_word(prev) != rig_word(head - 4)) {
        return beside(HL_FAULT_NEIGHBOUR, head, index);
    }
    return beside(free_fault(heap, prev), prev, index);
}

static struct expected expect(const unsigned char *ptr)
{
    struct expected expected = {HL_FAULT_OUTSIDE, ptr, HL_ERR_NOT_FOUND};
    const struct hl_heap *heap = heap_around(ptr, &expected.heap);
    const unsigned char *head;
    struct rig_tag tag;

    if (heap == NULL) {
        return expected;
    }
    head = ptr - 4;
    expected.reason = HL_FAULT_NOT_USED;
    if (head < (const unsigned char *)heap->list.first ||
        head + 16 > (const unsigned char *)heap->end) {
        return expected;
    }
    if ((uintptr_t)ptr % HL_ALIGN != 0) {
        expected.reason = HL_FAULT_MISALIGNED;
        return expected;
    }
    tag = rig_tag(head);
    if (!tag.used) {
        return expected;
    }
    expected.reason = HL_FAULT_SIZE;
    if (tag.span < 16 || tag.span > (size_t)((const unsigned char *)heap->end - head)) {
        return expected;
    }
    expected = expect_behind(heap, head + tag.span, expected.heap);
    if (expected.reason == 0 && tag.prev_free) {
        expected = expect_before(heap, head, expected.heap);
    }
    return expected;
}

/* The same for what asks for the owner, too. */
static struct expected expect_owned(const unsigned char *ptr)
{
    struct expected expected = expect(ptr);

#if HL_TASK_TRACKING
    if (expected.reason == 0) {
        struct rig_tag tag = rig_tag(ptr - 4);
        const struct hl_account *accounts = rig.hl->heaps[expected.heap].accounts;

        if (tag.owner >= rig.hl->ledger.ids || accounts[tag.owner].current < tag.span - 4) {
            expected.reason = HL_FAULT_OWNER;
            expected.address = ptr;
        }
    }
#endif
    return expected;
}

/*
 * The operations on a pointer. Each returns true when it says that it failed.
 */
static bool op_free(unsigned char *ptr)
{
    hl_free(rig.hl, ptr);
    return rig.faults != 0; /* it says nothing */
}

static bool op_shrink(unsigned char *ptr)
{
    return hl_realloc(rig.hl, ptr, 8, RIG_CAP) == NULL;
}

static bool op_grow(unsigned char *ptr)
{
    return hl_realloc(rig.hl, ptr, 44, RIG_CAP) == NULL;
}

static bool op_move(unsigned char *ptr)
{
    return hl_realloc(rig.hl, ptr, 92, RIG_CAP) == NULL;
}

static bool op_realloc_to_nothing(unsigned char *ptr)
{
    hl_realloc(rig.hl, ptr, 0, RIG_CAP);
    return rig.faults != 0;
}

static bool op_size(unsigned char *ptr)
{
    return hl_usable_size(rig.hl, ptr) == 0;
}

#if HL_TASK_TRACKING
static bool op_owner(unsigned char *ptr)
{
    return hl_owner(rig.hl, ptr) == HL_ERR_DAMAGED;
}

static bool op_transfer(unsigned char *ptr)
{
    return hl_transfer(rig.hl, ptr, HL_TASK_ISR) == HL_ERR_DAMAGED;
}
#endif

static const struct operation {
    bool (*run)(unsigned char *ptr);
    bool asks_nobody; /* does not look at the owner */
    bool allocates;   /* may find damage elsewhere */
} operations[] = {
    {op_free, false, false},
    {op_shrink, false, true},
    {op_grow, false, true},
    {op_move, false, true},
    {op_realloc_to_nothing, false, false},
    {op_size, true, false},
#if HL_TASK_TRACKING
    {op_owner, false, false},
    {op_transfer, false, false},
#endif
};

enum {
    OPERATIONS = sizeof(operations) / sizeof(operations[0])
};

/* The operation finds that fault, says so, and changes nothing. */
static void expect_refusal(const struct operation *operation, unsigned char *ptr,
                           const struct image *image)
{
    struct expected expected = operation->asks_nobody ? expect(ptr) : expect_owned(ptr);

    assert_int_not_equal(expected.reason, 0);
    assert_true(operation->run(ptr));
    rig_fault(expected.reason, expected.address, expected.heap);
    expect_unchanged(image);
}

/* Every address from `from` on: those of live blocks aside, each is refused by each operation. */
static void try_addresses(const unsigned char *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned char *ptr = (unsigned char *)((uintptr_t)from + i);

        if (ptr == NULL || expect(ptr).reason == 0) {
            continue;
        }
        for (unsigned k = 0; k < OPERATIONS; k++) {
            expect_refusal(&operations[k], ptr, &clean);
        }
    }
}

static void only_pointers_to_live_blocks_are_taken(void **state)
{
    static const unsigned char fills[] = {0x00, 0x6a, 0xff, 0xa5, 0x5a};
    unsigned live = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(fills); i++) {
        build(fills[i], i % 2 != 0);
        live = 0;
        for (const unsigned char *p = rig.arena; p < rig.arena + WINDOW; p++) {
            live += expect(p).reason == 0;
        }
        assert_int_equal(live, i % 2 != 0 ? 9 : 10); /* and no other address looks like one */
        try_addresses(rig.arena - 64, 64 + WINDOW);
    }
    try_addresses(rig.memory, sizeof(rig.memory));
    try_addresses(NULL, 256);
    try_addresses((const unsigned char *)(UINTPTR_MAX - 255), 256);
    restore(&clean);
}

static void every_address_knows_its_heap(void **state)
{
    (void)state;
    for (const unsigned char *p = rig.arena; p < rig.arena + WINDOW; p++) {
        int heap = HL_ERR_NOT_FOUND;

        heap_around(p, &heap);
        assert_int_equal(hl_heap_of(rig.hl, p), heap);
    }
    rig_no_fault();
}

/*
 * Damage: every word that the heap keeps for itself.
 */
#if HL_CHECK_LINKS /* without, allocation trusts what it finds in free blocks */
enum kind {
    LIVE_HEAD,
    FREE_HEAD,
    FOOT,
    NEXT,
    PREV,
    SENTINEL,
};

struct site {
    unsigned char *at;
    enum kind kind;
    unsigned block;
};

enum {
    MAX_SITES = BLOCKS * 4 + 1
};

static unsigned find_sites(struct site *sites)
{
    unsigned char *head = (unsigned char *)rig.hl->heaps[0].list.first;
    unsigned char *end = (unsigned char *)rig.hl->heaps[0].end;
    unsigned count = 0;

    for (unsigned i = 0; head != end; i++) {
        struct rig_tag tag = rig_tag(head);

        sites[count++] = (struct site){head, tag.used ? LIVE_HEAD : FREE_HEAD, i};
        if (!tag.used) {
            sites[count++] = (struct site){head + tag.span - 4, FOOT, i};
            sites[count++] = (struct site){head + 4, NEXT, i};
            sites[count++] = (struct site){head + 8, PREV, i};
        }
        head += tag.span;
    }
    sites[count++] = (struct site){end, SENTINEL, BLOCKS};
    return count;
}

/* The n-th damaged value of a word; false: there are no more. Each bit, typical rubbish, small numbers,
 * and what other words of the heap hold. */
static bool damaged_value(unsigned n, uint32_t word, uint32_t *value)
{
    static const uint32_t rubbish[] = {
        0, UINT32_MAX, 0xa5a5a5a5, 0x5a5a5a5a, 0xdeadbeef, 0x41414141, 1,     2,     3,     4,
        8, 16,         32,         64,         100,        0x100,      0x200, 0x300, 0x400, 0x1234};
    enum {
        RUBBISH = sizeof(rubbish) / sizeof(rubbish[0])
    };

    if (n < 32) {
        *value = word ^ UINT32_C(1) << n;
        return true;
    }
    n -= 32;
    if (n < RUBBISH) {
        *value = rubbish[n];
        return true;
    }
    n -= RUBBISH;
    if (n < 2 * BLOCKS) {
        unsigned char *head = user[n / 2] - 4;
        uint32_t copy = rig_word(head);

        /* A copy of a head; the way to a block, right in itself. */
        *value = n % 2 == 0 ? copy : freelist_offset(&rig.hl->heaps[0].list, (void *)head);
        return true;
    }
    return false;
}

/*
 * What no operation can see in constant time, for the word looks right. hl_check sees it. The reason of
 * each:
 */
enum unseen {
    SEEN,
    /* The span of a live block is another one, and there is the head of a block, or the sentinel, where
     * it ends: as if the blocks up to there had been allocated as one. */
    OTHER_SPAN,
    /* A live block has forgotten that the block before it is free. The word before its head might as
     * well be a caller's. It is freed without being merged: two free blocks touch. */
    LOST_P,
    /* A live block has another owner, who holds as much. */
    OTHER_OWNER,
    /* The head of a free block says that it is live. Whoever is freed before it believes that; whoever is
     * freed behind it, or allocates, sees it. */
    FREE_SAYS_LIVE,
    /* The span of a free block is another one, and where it ends then there still is the foot of a free
     * block of that span, which was merged since. Whoever is freed behind it sees it. */
    OLD_FOOT,
    /* The list of a bin ends early, which is how lists end. The blocks behind are lost to allocation;
     * whoever touches one of them sees it. */
    CUT_LIST,
    UNSEEN
};

static unsigned unseen_count[UNSEEN];

/* As it was before anything was damaged. */
static uint32_t clean_word(const unsigned char *at)
{
    return at < rig.arena + WINDOW - 4 ? rig_word(clean.arena + (at - rig.arena)) : 0;
}

static enum unseen classify(const struct site *site, uint32_t word, uint32_t value)
{
    uint32_t differs = word ^ value;
    uint32_t owner = (1U << HL_OWNER_BITS) - 1;

    switch (site->kind) {
    case LIVE_HEAD:
        if (differs >> (HL_OWNER_BITS + 2) != 0) {
            return OTHER_SPAN;
        }
        if ((word & ~value & 2U << HL_OWNER_BITS) != 0) {
            return LOST_P;
        }
        return (differs & owner) == differs ? OTHER_OWNER : SEEN;
    case FREE_HEAD:
        if ((value >> HL_OWNER_BITS & 1U) != 0) {
            return FREE_SAYS_LIVE;
        }
        return clean_word(site->at + rig_tag(&value).span - 4) == value ? OLD_FOOT : SEEN;
    case NEXT:
        return value == 0 ? CUT_LIST : SEEN;
    default:
        return SEEN;
    }
}

/* Would everything be sound but for the damage? Undone by flipping the same bits, and, for an operation
 * that set one of them, by giving them their values. */
static bool is_sound_but_for(const struct site *site, uint32_t word, uint32_t value)
{
    uint32_t now = rig_word(site->at);
    uint32_t differs = word ^ value;
    bool sound;

    if (rig_unsound() == NULL) {
        return true;
    }
    rig_set_word(site->at, now ^ differs);
    sound = rig_unsound() == NULL;
    if (!sound) {
        rig_set_word(site->at, (now & ~differs) | (word & differs));
        sound = rig_unsound() == NULL;
    }
    rig_set_word(site->at, now);
    return sound;
}

/* An operation that reported nothing: the heap is sound, or would be but for the damage, or the damage
 * is of a class that cannot be seen. */
static void judge(const struct site *site, uint32_t word, uint32_t value)
{
    enum unseen class;

    if (is_sound_but_for(site, word, value)) {
        return;
    }
    class = classify(site, word, value);
    if (class == SEEN) {
        fail_msg("block %u, kind %d: %x became %x and was not seen", site->block, (int)site->kind,
                 (unsigned)word, (unsigned)value);
    }
    unseen_count[class]++;
    assert_int_not_equal(hl_check(rig.hl, 0, NULL), 0); /* a walk sees it */
    rig_no_fault();
}

static void damage(const struct site *site, uint32_t value)
{
    restore(&clean);
    rig_set_word(site->at, value);
    save(&before);
}

/* A fault that names a free block of heap 0, one that was to be given. */
static void expect_allocation_refused(void)
{
    const unsigned char *address = rig.fault.address;

    assert_true(rig.fault.reason == HL_FAULT_FREE_BLOCK || rig.fault.reason == HL_FAULT_FREE_LIST);
    assert_true(address > rig.arena + START && address < rig.arena + START + HEAP_BYTES);
    rig_fault((int)rig.fault.reason, address, 0);
    expect_unchanged(&before);
}

/* A block that looked right when its new place was looked for, and wrong when that was taken: its bytes
 * have moved all the same, and the old block stays as it is. */
static void expect_half_moved(const struct site *site, uint32_t word, uint32_t value)
{
    assert_int_equal(classify(site, word, value), OTHER_SPAN);
    rig_fault((int)rig.fault.reason, rig.fault.address, 0);
    assert_true(is_sound_but_for(site, word, value));
}

/* One operation on a block, whose header may be damaged or not. */
static void operate_on(const struct operation *operation, unsigned char *ptr,
                       const struct site *site, uint32_t word, uint32_t value)
{
    struct expected expected = operation->asks_nobody ? expect(ptr) : expect_owned(ptr);
    bool failed;

    if (expected.reason != 0) {
        expect_refusal(operation, ptr, &before);
        return;
    }
    failed = operation->run(ptr);
    if (rig.faults == 0) {
        judge(site, word, value);
        return;
    }
    assert_true(operation->allocates);
    if (failed) {
        expect_allocation_refused();
    } else {
        expect_half_moved(site, word, value);
    }
}

static void operate(const struct site *site, uint32_t word, uint32_t value)
{
    for (unsigned i = 0; i < BLOCKS; i++) {
        for (unsigned k = 0; k < OPERATIONS; k++) {
            damage(site, value);
            operate_on(&operations[k], user[i], site, word, value);
        }
    }
}

static void allocate(const struct site *site, uint32_t word, uint32_t value)
{
    static const size_t sizes[] = {1, 28, 44, 52, 60, 76, 92, 200};

    for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
        void *ptr;

        damage(site, value);
        ptr = i % 2 == 0 ? hl_malloc(rig.hl, sizes[i / 2], RIG_CAP)
                         : hl_aligned_alloc(rig.hl, 32, sizes[i / 2], RIG_CAP);
        if (rig.faults != 0) {
            assert_null(ptr);
            expect_allocation_refused();
        } else {
            judge(site, word, value);
        }
    }
}

static void check(const struct site *site, uint32_t word, uint32_t value)
{
    damage(site, value);
    if (rig_unsound() != NULL) {
        struct hl_fault fault = {.heap = -1};

        if (site->kind == SENTINEL && (word ^ value) < 1U << HL_OWNER_BITS) {
            return; /* bits that mean nothing */
        }
        assert_int_equal(hl_check(rig.hl, 0, &fault), HL_ERR_DAMAGED);
        assert_int_equal(fault.heap, 0);
    }
    rig_no_fault();
    expect_unchanged(&before);
}

static void damage_everything(void)
{
    struct site sites[MAX_SITES];
    unsigned count = find_sites(sites);

    for (unsigned s = 0; s < count; s++) {
        uint32_t word = rig_word(sites[s].at);
        uint32_t value;

        for (unsigned n = 0; damaged_value(n, word, &value); n++) {
            if (value != word) {
                operate(&sites[s], word, value);
                allocate(&sites[s], word, value);
                check(&sites[s], word, value);
            }
            restore(&clean);
        }
    }
}

static void every_damaged_word_is_seen_or_left_alone_or_of_a_class_that_looks_right(void **state)
{
    (void)state;
    memset(unseen_count, 0, sizeof(unseen_count));
    damage_everything();
    build(0x6a, true); /* the sentinel knows a free block before it */
    damage_everything();
    /* Each class is there: a list of what is not seen that is longer than the truth is no better. */
    for (int class = SEEN + 1; class < UNSEEN; class ++) {
        if (HL_TASK_TRACKING || class != OTHER_OWNER) {
            assert_int_not_equal(unseen_count[class], 0);
        }
    }
}
#endif

static void an_owner_who_cannot_hold_that_much_is_seen(void **state)
{
#if HL_TASK_TRACKING
    (void)state;
    for (uint32_t owner = 0; owner < 1U << HL_OWNER_BITS; owner++) {
        struct block *b = block_of(user[4]); /* 60 bytes, of task 3 */
        uint32_t head = b->head;

        if (owner == 3 || owner == 4) {
            continue; /* they hold that much */
        }
        b->head = block_with_owner(head, owner);
        save(&before);
        for (unsigned k = 0; k < OPERATIONS; k++) {
            if (!operations[k].asks_nobody) {
                assert_true(operations[k].run(user[4]));
                rig_fault(HL_FAULT_OWNER, user[4], 0);
                expect_unchanged(&before);
            }
        }
        b->head = head;
    }
#else
    (void)state;
#endif
}

static void a_pointer_of_another_instance_is_refused(void **state)
{
    (void)state;
    for (unsigned k = 0; k < OPERATIONS; k++) {
        assert_true(operations[k].run(strange));
        rig_fault(HL_FAULT_OUTSIDE, strange, HL_ERR_NOT_FOUND);
        expect_unchanged(&clean);
    }
    assert_int_equal(hl_heap_of(rig.hl, strange), HL_ERR_NOT_FOUND);
    hl_free(stranger, user[0]);
    expect_unchanged(&clean);
    hl_free(stranger, strange);
}

/* Freed with live or free blocks before and behind; and again after those were freed, too. */
static void a_second_free_is_refused_however_the_first_one_merged(void **state)
{
    (void)state;
    for (unsigned i = 0; i < BLOCKS; i++) {
        for (unsigned then = 0; then < BLOCKS; then++) {
            restore(&clean);
            if (scene[i].is_free || scene[then].is_free) {
                continue;
            }
            hl_free(rig.hl, user[i]);
            rig_no_fault();
            save(&before);
            for (unsigned k = 0; k < OPERATIONS; k++) {
                assert_true(operations[k].run(user[i]));
                rig_fault(HL_FAULT_NOT_USED, user[i], 0);
                expect_unchanged(&before);
            }
            if (then != i) {
                hl_free(rig.hl, user[then]);
                rig_no_fault();
                save(&before);
                hl_free(rig.hl, user[i]);
                rig_fault(HL_FAULT_NOT_USED, user[i], 0);
                expect_unchanged(&before);
            }
        }
    }
    restore(&clean);
}

static void a_second_free_is_refused_when_the_memory_is_part_of_another_block(void **state)
{
    unsigned char *ptr;

    (void)state;
    hl_free(rig.hl, user[2]); /* one free block, of blocks 1 to 3 */
    ptr = hl_realloc(rig.hl, user[0], 32 + 128 - 4, RIG_CAP);
    assert_ptr_equal(ptr, user[0]);
    save(&before);
    for (unsigned i = 1; i < 4; i++) {
        hl_free(rig.hl, user[i]);
        rig_fault(HL_FAULT_NOT_USED, user[i], 0);
        expect_unchanged(&before);
    }
    assert_non_null(hl_realloc(rig.hl, ptr, 28, RIG_CAP));
    save(&before);
    hl_free(rig.hl, user[2]);
    rig_fault(HL_FAULT_NOT_USED, user[2], 0);
    expect_unchanged(&before);
}

/* Not seen, and not to be seen: the second free is right for the block that lies there now. */
static void a_second_free_after_the_place_was_given_again_frees_the_new_block(void **state)
{
    unsigned char *ptr;

    (void)state;
    hl_free(rig.hl, user[10]);
    ptr = hl_malloc(rig.hl, 28, RIG_CAP);
    assert_ptr_equal(ptr, user[10]);
    hl_free(rig.hl, user[10]);
    rig_no_fault();
    rig_sound();
}

#if HL_CHECK_LINKS
/* Bytes behind the end of a block: the head of the block behind it, and what comes then. */
static void writing_past_the_end_is_seen_as_far_as_it_tells(void **state)
{
    static const unsigned char bytes[] = {0x00, 0xff, 0x41, 0x5a, 0xa5, 0x20, 0x01, 0x80};

    (void)state;
    for (unsigned i = 0; i < BLOCKS; i++) {
        for (size_t n = 1; n <= 8; n++) {
            for (size_t k = 0; k < sizeof(bytes); k++) {
                unsigned char *end = user[i] + scene[i].span - 4;
                bool into_free = i + 1 < BLOCKS && scene[i + 1].is_free;
                unsigned char was[8];

                if (scene[i].is_free) {
                    continue;
                }
                restore(&clean);
                memcpy(was, end, n);
                memset(end, bytes[k], n);
                save(&before);
                hl_free(rig.hl, user[i]);
                if (rig.faults != 0) {
                    assert_true(rig.fault.reason == HL_FAULT_NEIGHBOUR ||
                                rig.fault.reason == HL_FAULT_FREE_BLOCK ||
                                rig.fault.reason == HL_FAULT_FREE_LIST);
                    rig_fault((int)rig.fault.reason, end + 4, 0);
                    expect_unchanged(&before);
                    continue;
                }
                /* A whole word is always seen; a part of it when it is that of a free block, or says
                 * something else than "live, behind a live one". */
                assert_true(n < 4);
                assert_true(!into_free || memcmp(was, before.arena + (end - rig.arena), n) == 0 ||
                            rig_tag(end).used);
                if (n >= 2 && HL_OWNER_BITS == 8) {
                    assert_int_equal(bytes[k] & 3, 1);
                }
            }
        }
    }
    restore(&clean);
}
#endif

/* One byte, as a string too long by its end mark writes it, changes the owner of the next block. Its own
 * free sees that, unless the other one holds as much. */
static void one_byte_too_many_is_seen_when_the_block_behind_is_freed(void **state)
{
#if HL_TASK_TRACKING && HL_OWNER_BITS == 8
    unsigned char *end = user[9] + scene[9].span - 4;

    (void)state;
    *end = 200; /* nobody; on a computer that stores the lowest byte first */
    if (rig_tag(end).owner != 200) {
        *end = clean.arena[end - rig.arena];
        return;
    }
    assert_int_equal(hl_check(rig.hl, 0, NULL), HL_ERR_DAMAGED);
    hl_free(rig.hl, user[9]);
    rig_no_fault();
    save(&before);
    hl_free(rig.hl, user[10]);
    rig_fault(HL_FAULT_OWNER, user[10], 0);
    expect_unchanged(&before);
    *end = 4;
#else
    (void)state;
#endif
}

/* All of a freed block is overwritten but its head, with each byte; then everything beside it, and
 * allocation, meets it. */
static void writing_into_a_freed_block_is_seen_by_whoever_meets_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < BLOCKS; i++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            if (!scene[i].is_free) {
                continue;
            }
            restore(&clean);
            memset(user[i], (int)byte, scene[i].span - 4U);
            save(&before);
            hl_free(rig.hl, user[i]);
            rig_fault(HL_FAULT_NOT_USED, user[i], 0);
            expect_unchanged(&before);
            hl_free(rig.hl, user[i - 1]);
            rig_fault(HL_FAULT_FREE_BLOCK, user[i], 0);
            expect_unchanged(&before);
            hl_free(rig.hl, user[i + 1]);
            assert_true(rig.fault.reason == HL_FAULT_NEIGHBOUR);
            rig_fault(HL_FAULT_NEIGHBOUR, rig.fault.address, 0);
            expect_unchanged(&before);
        }
    }
    restore(&clean);
}

#if HL_CHECK_LINKS
static void writing_into_a_freed_block_is_seen_by_allocation(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        restore(&clean);
        memset(user[8], (int)byte, scene[8].span - 4U); /* the only one for 92 bytes */
        save(&before);
        assert_null(hl_malloc(rig.hl, 92, RIG_CAP));
        assert_ptr_equal(rig.fault.address, user[8]);
        expect_allocation_refused();
        assert_null(hl_realloc(rig.hl, user[11], 92, RIG_CAP));
        assert_ptr_equal(rig.fault.address, user[8]);
        expect_allocation_refused();
    }
    restore(&clean);
}
#endif

/* What has nothing to do with the damage goes on as before. */
static void a_damaged_heap_serves_what_does_not_meet_the_damage(void **state)
{
    void *ptr;

    (void)state;
    memset(user[8], 0, scene[8].span - 4U);
    hl_free(rig.hl, user[0]);
    ptr = hl_malloc(rig.hl, 44, RIG_CAP);
    assert_non_null(ptr);
    assert_non_null(hl_malloc(rig.hl, 100, 2));
    rig_no_fault();
    restore(&clean);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_pointers_to_live_blocks_are_taken),
        TEST(every_address_knows_its_heap),
        TEST(an_owner_who_cannot_hold_that_much_is_seen),
        TEST(a_pointer_of_another_instance_is_refused),
        TEST(a_second_free_is_refused_however_the_first_one_merged),
        TEST(a_second_free_is_refused_when_the_memory_is_part_of_another_block),
        TEST(a_second_free_after_the_place_was_given_again_frees_the_new_block),
        TEST(one_byte_too_many_is_seen_when_the_block_behind_is_freed),
        TEST(writing_into_a_freed_block_is_seen_by_whoever_meets_it),
        TEST(a_damaged_heap_serves_what_does_not_meet_the_damage),
#if HL_CHECK_LINKS
        TEST(every_damaged_word_is_seen_or_left_alone_or_of_a_class_that_looks_right),
        TEST(writing_past_the_end_is_seen_as_far_as_it_tells),
        TEST(writing_into_a_freed_block_is_seen_by_allocation),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
