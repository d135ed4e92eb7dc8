/* SPDX-License-Identifier: MIT */
/* Instances: setting one up, adding heaps, starting anew. */
#include "rig.h"

enum {
    GUARD_BYTE = 0x3c
};

static unsigned char *memory_for(size_t bytes)
{
    unsigned char *memory = malloc(bytes + 1);

    assert_non_null(memory);
    memset(memory, GUARD_BYTE, bytes + 1);
    return memory;
}

static void an_instance_needs_exactly_HL_BYTES(void **state)
{
    static const uint8_t tasks[] = {1, 2, 7, (1 << HL_OWNER_BITS) - 5};
    static const uint8_t heaps[] = {1, 2, 3, 255};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 4; k++) {
            struct hl_config config = {.max_tasks = tasks[i], .max_heaps = heaps[k]};
            size_t bytes = HL_BYTES(tasks[i], heaps[k]);
            unsigned char *memory = memory_for(bytes);
            struct hl *hl;

            assert_null(hl_init(memory, bytes - 1, &config));
            assert_null(hl_init(memory, 0, &config));
            for (size_t at = 0; at < bytes; at++) {
                assert_int_equal(memory[at], GUARD_BYTE); /* a refusal writes nothing */
            }
            hl = hl_init(memory, bytes, &config);
            assert_ptr_equal(hl, memory);
            for (unsigned heap = 0; heap < heaps[k]; heap++) {
                struct hl_heap_desc desc = {
                    .start = rig.arena + heap * 64, .size = 64, .name = "", .caps = {1}};

                assert_int_equal(hl_add_heap(hl, &desc), heap);
            }
#if HL_TASK_TRACKING
            for (unsigned task = 0; task < tasks[i]; task++) {
                assert_int_equal(hl_task_register(hl, NULL, "t"), task + HL_TASK_FIRST);
            }
            assert_int_equal(hl_task_register(hl, NULL, "t"), HL_TASK_OVERFLOW);
#endif
            /* Nothing lies behind what was asked for. */
            assert_int_equal(memory[bytes], GUARD_BYTE);
            free(memory);
        }
    }
}

static void numbers_out_of_range_are_refused(void **state)
{
    struct hl_config config = {.max_tasks = 1, .max_heaps = 1};
    size_t bytes = sizeof(rig.memory);

    (void)state;
    assert_non_null(hl_init(rig.memory, bytes, &config));
    assert_null(hl_init(NULL, bytes, &config));
    assert_null(hl_init(rig.memory, bytes, NULL));
    for (size_t shift = 1; shift < _Alignof(void *); shift++) {
        assert_null(hl_init(rig.memory + shift, bytes - shift, &config));
    }
    config.max_heaps = 0;
    assert_null(hl_init(rig.memory, bytes, &config));
    config.max_heaps = 1;
    config.max_tasks = 0;
    assert_int_equal(hl_init(rig.memory, bytes, &config) == NULL, HL_TASK_TRACKING);
    config.max_tasks = (1 << HL_OWNER_BITS) - 4;
    assert_null(hl_init(rig.memory, (size_t)1 << 20, &config));
    rig_start(false);
}

static void what_the_library_needs_is_what_the_header_says(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct hl), HL_INSTANCE_BYTES);
    assert_int_equal(sizeof(struct hl_heap), HL_HEAP_BYTES);
#if HL_TASK_TRACKING
    assert_int_equal(sizeof(struct hl_account), HL_ACCOUNT_BYTES);
#if HL_TALLIES
    assert_int_equal(sizeof(struct hl_tally), HL_TALLY_BYTES);
#else
    assert_int_equal(HL_TALLY_BYTES, 0);
#endif
    assert_int_equal(sizeof(struct hl_card), HL_CARD_BYTES);
#if UINTPTR_MAX == UINT32_MAX && HL_NAME_LEN == 16
    assert_int_equal(HL_CARD_BYTES, 28);
#endif
#endif
    assert_ptr_equal(hl_port_data(rig.hl), &rig.port);
}

static void heaps_are_counted_from_0_in_the_order_of_adding(void **state)
{
    (void)state;
    for (int i = 0; i < RIG_HEAPS; i++) {
        assert_int_equal(hl_heap_of(rig.hl, rig.arena + 4096 * (size_t)i), HL_ERR_NOT_FOUND);
        assert_int_equal(rig_heap(4096 * (size_t)i, 4096), i);
        assert_int_equal(hl_heap_of(rig.hl, rig.arena + 4096 * (size_t)i), i);
        assert_int_equal(hl_heap_of(rig.hl, rig.arena + 4096 * (size_t)i + 4095), i);
    }
    assert_int_equal(rig_heap(4096 * RIG_HEAPS, 4096), HL_ERR_TOO_MANY);
    assert_int_equal(hl_heap_of(rig.hl, rig.arena + 4096 * RIG_HEAPS), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_heap_of(rig.hl, rig.arena - 1), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_heap_of(rig.hl, NULL), HL_ERR_NOT_FOUND);
}

static void a_missing_argument_is_refused(void **state)
{
    struct hl_heap_desc desc = {.start = rig.arena, .size = 4096, .name = "heap", .caps = {1}};

    (void)state;
    assert_int_equal(hl_add_heap(NULL, &desc), HL_ERR_ARGUMENT);
    assert_int_equal(hl_add_heap(rig.hl, NULL), HL_ERR_ARGUMENT);
    desc.name = NULL;
    assert_int_equal(hl_add_heap(rig.hl, &desc), HL_ERR_ARGUMENT);
    desc.name = "heap";
    desc.start = NULL;
    assert_int_equal(hl_add_heap(rig.hl, &desc), HL_ERR_ARGUMENT);
    desc.start = rig.arena;
    desc.size = UINTPTR_MAX - (uintptr_t)rig.arena + 1;
    assert_int_equal(hl_add_heap(rig.hl, &desc), HL_ERR_ARGUMENT);
    desc.size = 4096;
    assert_int_equal(hl_add_heap(rig.hl, &desc), 0);
}

static void heaps_that_overlap_are_refused_and_heaps_that_touch_are_not(void **state)
{
    (void)state;
    assert_int_equal(rig_heap(8192, 4096), 0);
    assert_int_equal(rig_heap(8192, 4096), HL_ERR_OVERLAP);
    assert_int_equal(rig_heap(8192 + 1024, 64), HL_ERR_OVERLAP);
    assert_int_equal(rig_heap(4096, 16384), HL_ERR_OVERLAP);
    assert_int_equal(rig_heap(4096, 4097), HL_ERR_OVERLAP);
    assert_int_equal(rig_heap(8192 + 4095, 4096), HL_ERR_OVERLAP);
    assert_int_equal(rig_heap(4096, 4096), 1);
    assert_int_equal(rig_heap(8192 + 4096, 4096), 2);
    assert_int_equal(hl_heap_of(rig.hl, rig.arena + 8191), 1);
    assert_int_equal(hl_heap_of(rig.hl, rig.arena + 8192 + 4096), 2);
}

static void too_small_and_too_large_are_refused_at_the_exact_size(void **state)
{
    size_t shift = HL_ALIGN - 4; /* from an aligned start to the first head */
    struct hl_heap_desc desc = {.start = rig.arena, .name = "heap", .caps = {RIG_CAP}};

    (void)state;
    for (size_t bytes = 0; bytes < shift + 20; bytes++) {
        assert_int_equal(rig_heap(0, bytes), HL_ERR_TOO_SMALL);
    }
    assert_int_equal(rig_heap(0, shift + 20), 0);
    assert_int_equal(hl_usable_size(rig.hl, rig_alloc(0, 12)), 12);
    rig_start(false);
    desc.size = HL_MAX_HEAP_BYTES + 4 + HL_ALIGN;
    assert_int_equal(hl_add_heap(rig.hl, &desc), HL_ERR_TOO_LARGE);
    desc.size = UINTPTR_MAX - (uintptr_t)rig.arena;
    assert_int_equal(hl_add_heap(rig.hl, &desc), HL_ERR_TOO_LARGE);
}

/* The largest heap there can be, in memory of its own. */
static void the_largest_heap_works_to_its_last_byte(void **state)
{
    size_t bytes = (size_t)HL_MAX_HEAP_BYTES + 4;
    unsigned char *memory = malloc(bytes + 2 * HL_ALIGN);
    struct hl_heap_desc desc = {.name = "large", .caps = {RIG_CAP}};
    unsigned char *start;
    void *ptr, *second;

    (void)state;
    if (memory == NULL) {
        return; /* a computer with little memory */
    }
    start = memory + ((0U - ((uintptr_t)memory + 4)) & (HL_ALIGN - 1U));
    desc.start = start;
    desc.size = bytes + HL_ALIGN - 1; /* rounding takes away the last bytes */
    assert_int_equal(hl_add_heap(rig.hl, &desc), 0);
    assert_null(rig_alloc(0, HL_MAX_HEAP_BYTES - 3));
    ptr = rig_alloc(0, HL_MAX_HEAP_BYTES - 4);
    assert_ptr_equal(ptr, start + 4);
    assert_int_equal(hl_usable_size(rig.hl, ptr), HL_MAX_HEAP_BYTES - 4);
    rig_sound();
    hl_free(rig.hl, ptr);
    ptr = rig_alloc(0, HL_MAX_HEAP_BYTES / 2);
    second = hl_aligned_alloc(rig.hl, 1U << 16, HL_MAX_HEAP_BYTES / 4, RIG_CAP);
    assert_non_null(ptr);
    assert_non_null(second);
    assert_int_equal((uintptr_t)second % (1U << 16), 0);
    rig_sound();
    hl_free(rig.hl, ptr);
    hl_free(rig.hl, second);
    rig_sound();
    rig_start(false);
    free(memory);
}

/* A heap is never looked into before it is used: so fictitious ones do. */
static void what_a_task_holds_fits_in_32_bits(void **state)
{
#if HL_TASK_TRACKING
    struct hl_heap_desc foreign = {.start = NULL, .size = 0, .name = "foreign"};

    (void)state;
    assert_int_equal(hl_add_foreign_heap(rig.hl, &foreign), 0);
    assert_int_equal(hl_charge(rig.hl, 0, HL_TASK_ISR, UINT32_MAX - 8200), 0);
    assert_int_equal(hl_charge(rig.hl, 0, HL_TASK_ISR, 8), 0);
    assert_int_equal(rig_heap(0, 8193), HL_ERR_TOO_LARGE);
    assert_int_equal(rig_heap(0, 4096), 1);
    assert_int_equal(rig_heap(4096, 4097), HL_ERR_TOO_LARGE);
    assert_int_equal(rig_heap(4096, 4096), 2);
    assert_int_equal(rig_heap(8192, 64), HL_ERR_TOO_LARGE);
    assert_int_equal(hl_charge(rig.hl, 0, HL_TASK_ISR, 1), HL_ERR_TOO_LARGE);
    assert_int_equal(hl_charge(rig.hl, 0, 0, UINT32_MAX), HL_ERR_TOO_LARGE);
    assert_int_equal(hl_charge(rig.hl, 0, 0, 1), HL_ERR_TOO_LARGE); /* all tasks together */
    assert_int_equal(hl_credit(rig.hl, 0, HL_TASK_ISR, 8), 0);
    assert_int_equal(hl_charge(rig.hl, 0, 0, 9), HL_ERR_TOO_LARGE);
    assert_int_equal(hl_charge(rig.hl, 0, 0, 8), 0);
    while (rig_alloc(HL_TASK_ISR, 1000) != NULL) {
    }
    assert_int_equal(rig_heap(8192, 64), HL_ERR_TOO_LARGE);
    rig_sound();
#else
    (void)state;
#endif
}

#if HL_TASK_TRACKING
static void a_foreign_heap_is_described_and_not_touched(void **state)
{
    struct hl_heap_desc desc = {
        .start = rig.arena, .size = 4096, .name = "foreign", .caps = {RIG_CAP}};
    struct hl_heap_desc wrong = desc;

    (void)state;
    assert_int_equal(hl_add_foreign_heap(rig.hl, NULL), HL_ERR_ARGUMENT);
    assert_int_equal(hl_add_foreign_heap(NULL, &desc), HL_ERR_ARGUMENT);
    wrong.name = NULL;
    assert_int_equal(hl_add_foreign_heap(rig.hl, &wrong), HL_ERR_ARGUMENT);
    wrong = desc;
    wrong.size = SIZE_MAX;
    assert_int_equal(hl_add_foreign_heap(rig.hl, &wrong), HL_ERR_ARGUMENT);
    wrong.size = UINTPTR_MAX - (uintptr_t)rig.arena + 1;
    assert_int_equal(hl_add_foreign_heap(rig.hl, &wrong), HL_ERR_ARGUMENT);
    wrong.size--; /* to the last byte that there can be */
    assert_int_equal(hl_add_foreign_heap(rig.hl, &wrong), 0);
    hl_reset(rig.hl);
    assert_int_equal(hl_add_foreign_heap(rig.hl, &desc), 0);
    assert_int_equal(hl_add_foreign_heap(rig.hl, &desc), HL_ERR_OVERLAP);
    assert_int_equal(rig_heap(4095, 4096), HL_ERR_OVERLAP);
    for (size_t i = 0; i < 4096; i++) {
        assert_int_equal(rig.arena[i], RIG_GUARD_BYTE);
    }
    /* Nothing is allocated from it, and no pointer into it is ours. */
    assert_null(rig_alloc(0, 16));
    assert_int_equal(hl_heap_of(rig.hl, rig.arena), HL_ERR_NOT_FOUND);
    hl_free(rig.hl, rig.arena + 64);
    rig_fault(HL_FAULT_OUTSIDE, rig.arena + 64, HL_ERR_NOT_FOUND);
    desc.start = NULL;
    desc.size = 0;
    assert_int_equal(hl_add_foreign_heap(rig.hl, &desc), 1);
    assert_int_equal(hl_add_foreign_heap(rig.hl, &desc), 2); /* nothing overlaps nothing */
    assert_int_equal(hl_add_foreign_heap(rig.hl, &desc), 3);
    assert_int_equal(hl_add_foreign_heap(rig.hl, &desc), HL_ERR_TOO_MANY);
}

static void a_reset_forgets_everything_but_the_serial_numbers(void **state)
{
    struct hl_ledger_facts facts;
    uint32_t serial;
    int id;

    (void)state;
    rig_heap(0, 4096);
    for (int i = 0; i < RIG_TASKS; i++) {
        id = hl_task_register(rig.hl, NULL, "before");
        assert_non_null(rig_alloc((uint32_t)id, 16));
    }
    assert_int_equal(hl_task_register(rig.hl, NULL, "one too many"), HL_TASK_OVERFLOW);
    serial = hl_find_name(rig.hl, "before");
    assert_non_null(rig_alloc(HL_TASK_ISR, 16));
    hl_reset(rig.hl);
    hl_ledger_facts(rig.hl, &facts);
    assert_int_equal(facts.tasks, 0);
    assert_int_equal(facts.max_tasks, RIG_TASKS);
    assert_int_equal(facts.overflowed + facts.evicted + facts.folded + facts.registered, 0);
    assert_int_equal(hl_find_name(rig.hl, "before"), 0);
    assert_int_equal(hl_heap_of(rig.hl, rig.arena), HL_ERR_NOT_FOUND);
    assert_null(rig_alloc(0, 16));
    assert_int_equal(rig_heap(0, 4096), 0);
    rig_sound();
    id = hl_task_register(rig.hl, NULL, "after");
    assert_int_equal(id, HL_TASK_FIRST);
    assert_int_equal(hl_find_name(rig.hl, "after"), serial + 1);
}
#endif

static void a_reset_gives_back_the_total_of_the_heaps(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(rig_heap(0, RIG_ARENA_BYTES), 0);
        assert_int_equal(rig.hl->total, RIG_ARENA_BYTES);
        assert_non_null(rig_alloc(0, 100));
        hl_reset(rig.hl);
    }
}

static void faults_without_a_hook_are_ignored(void **state)
{
    struct hl_config config = {.max_tasks = 1, .max_heaps = 1};
    struct hl_heap_desc desc = {.start = rig.arena, .size = 4096, .name = "", .caps = {1}};
    struct hl *hl = hl_init(rig.memory, sizeof(rig.memory), &config);
    void *ptr;

    (void)state;
    assert_int_equal(hl_add_heap(hl, &desc), 0);
    ptr = hl_malloc(hl, 64, 1);
    hl_free(hl, rig.arena + 1);
    hl_free(hl, ptr);
    hl_free(hl, ptr);
    assert_ptr_equal(hl_malloc(hl, 64, 1), ptr);
    rig_start(false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_instance_needs_exactly_HL_BYTES),
        TEST(numbers_out_of_range_are_refused),
        TEST(what_the_library_needs_is_what_the_header_says),
        TEST(heaps_are_counted_from_0_in_the_order_of_adding),
        TEST(a_missing_argument_is_refused),
        TEST(heaps_that_overlap_are_refused_and_heaps_that_touch_are_not),
        TEST(too_small_and_too_large_are_refused_at_the_exact_size),
        TEST(the_largest_heap_works_to_its_last_byte),
        TEST(what_a_task_holds_fits_in_32_bits),
#if HL_TASK_TRACKING
        TEST(a_foreign_heap_is_described_and_not_touched),
        TEST(a_reset_forgets_everything_but_the_serial_numbers),
#endif
        TEST(a_reset_gives_back_the_total_of_the_heaps),
        TEST(faults_without_a_hook_are_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
