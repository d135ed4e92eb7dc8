/* SPDX-License-Identifier: MIT */
/* Facts and surveys against a naive look at the heap. */
#ifndef TEST_ON_TARGET
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <sys/mman.h>
#endif

#include "bench.h"

enum {
    CLASSES = 32
};

/* What a heap holds, told by a visit of its blocks. */
struct naive {
    uint32_t free_blocks, used_blocks;
    size_t free, used, largest, smallest;
    uint32_t histogram[CLASSES];
};

static bool count_block(void *context, const struct hl_block_info *block)
{
    struct naive *naive = context;
    unsigned class = 0;

    if (block->owner != 0) {
        naive->used_blocks++;
        naive->used += block->size;
        return true;
    }
    naive->free_blocks++;
    naive->free += block->size + 4;
    naive->largest = block->size > naive->largest ? block->size : naive->largest;
    naive->smallest =
        naive->smallest == 0 || block->size < naive->smallest ? block->size : naive->smallest;
    while (class < CLASSES - 1 && hl_survey_class_bytes(class + 1) <= block->size + 4) {
        class ++;
    }
    naive->histogram[class]++;
    return true;
}

static void count_heap(struct bench *bench, int heap, struct naive *naive)
{
    assert_int_equal(hl_visit_blocks(bench->hl, heap, count_block, naive), 0);
}

static void facts_are_those_of_a_naive_count(void **state)
{
    struct bench *bench = *state;

    while (bench_next_seed(bench, 100)) {
        bench_random_scene(bench, 300);
        for (int heap = 0; heap < BENCH_HEAPS; heap++) {
            struct naive naive = {0};
            struct hl_heap_facts facts;

            count_heap(bench, heap, &naive);
            assert_int_equal(hl_heap_facts(bench->hl, heap, &facts), 0);
            assert_ptr_equal(facts.start, bench->arena[heap]);
            assert_int_equal(facts.size, BENCH_HEAP_BYTES);
            assert_int_equal(facts.caps[0], 1 << heap);
            assert_int_equal(facts.caps[1], BENCH_ANYWHERE);
            assert_int_equal(facts.caps[2], 0);
            assert_int_equal(facts.free, naive.free);
            assert_true(facts.min_free <= facts.free);
            assert_true(facts.sure <= naive.largest);
            assert_int_equal((const char *)facts.end - (const char *)facts.first,
                             naive.free + naive.used + (size_t)4 * naive.used_blocks);
#if HL_TASK_TRACKING
            assert_int_equal(facts.blocks, naive.used_blocks);
            assert_int_equal(facts.used, naive.used);
#else
            assert_int_equal(facts.blocks, 0);
            assert_int_equal(facts.used, 0);
#endif
        }
    }
}

static void an_allocation_of_the_sure_size_succeeds(void **state)
{
    struct bench *bench = *state;

    while (bench_next_seed(bench, 100)) {
        bench_random_scene(bench, 300);
        for (int heap = 0; heap < BENCH_HEAPS; heap++) {
            struct hl_heap_facts facts;

            assert_int_equal(hl_heap_facts(bench->hl, heap, &facts), 0);
            if (facts.sure != 0) {
                assert_non_null(hl_malloc(bench->hl, facts.sure, UINT32_C(1) << heap));
            } else {
                assert_int_equal(facts.free, 0);
            }
        }
    }
}

static void the_least_free_memory_is_remembered(void **state)
{
    struct bench *bench = *state;
    struct hl_heap_facts facts;
    size_t before;

    assert_int_equal(hl_heap_facts(bench->hl, 0, &facts), 0);
    before = facts.free;
    assert_int_equal(facts.min_free, before);
    bench_free(bench, bench_alloc(bench, 0, 100, 1));
    assert_int_equal(hl_heap_facts(bench->hl, 0, &facts), 0);
    assert_int_equal(facts.free, before);
    assert_int_equal(facts.min_free, before - 104);
}

static void remembering_the_least_free_memory_starts_anew(void **state)
{
    struct bench *bench = *state;
    struct hl_heap_facts first, second;

    for (uint32_t caps = 1; caps <= 2; caps++) {
        bench_free(bench, bench_alloc(bench, 0, 100, caps));
    }
    hl_reset_min_free(bench->hl, 2);
    assert_int_equal(hl_heap_facts(bench->hl, 0, &first), 0);
    assert_int_equal(hl_heap_facts(bench->hl, 1, &second), 0);
    assert_int_equal(first.min_free, first.free - 104); /* has not these capabilities */
    assert_int_equal(second.min_free, second.free);
    hl_reset_min_free(bench->hl, 0);
    assert_int_equal(hl_heap_facts(bench->hl, 0, &first), 0);
    assert_int_equal(first.min_free, first.free);
}

static void facts_by_capabilities_are_sums(void **state)
{
    struct bench *bench = *state;
    struct hl_heap_facts of[BENCH_HEAPS];
    struct hl_heap_facts sum;

    for (int i = 0; i < 200; i++) {
        bench_anything(bench);
    }
    for (int heap = 0; heap < BENCH_HEAPS; heap++) {
        assert_int_equal(hl_heap_facts(bench->hl, heap, &of[heap]), 0);
        assert_int_equal(hl_caps_facts(bench->hl, UINT32_C(1) << heap, &sum), 1);
        assert_int_equal(sum.free, of[heap].free);
        assert_int_equal(sum.min_free, of[heap].min_free);
        assert_int_equal(sum.sure, of[heap].sure);
        assert_int_equal(sum.used, of[heap].used);
    }
    assert_int_equal(hl_caps_facts(bench->hl, 3, &sum), 0);
    assert_int_equal(sum.size, 0);
    assert_int_equal(hl_caps_facts(bench->hl, 1 | BENCH_ANYWHERE, &sum), 1);
    for (uint32_t caps = 0; caps <= BENCH_ANYWHERE; caps += BENCH_ANYWHERE) {
        size_t sure = 0;

        assert_int_equal(hl_caps_facts(bench->hl, caps, &sum), BENCH_HEAPS);
        assert_null(sum.name);
        assert_null(sum.first);
        assert_int_equal(sum.size, 3 * BENCH_HEAP_BYTES);
        assert_int_equal(sum.free, of[0].free + of[1].free + of[2].free);
        assert_int_equal(sum.min_free, of[0].min_free + of[1].min_free + of[2].min_free);
        assert_int_equal(sum.blocks, of[0].blocks + of[1].blocks + of[2].blocks);
        assert_int_equal(sum.used, of[0].used + of[1].used + of[2].used);
        for (int heap = 0; heap < BENCH_HEAPS; heap++) {
            sure = of[heap].sure > sure ? of[heap].sure : sure;
        }
        assert_int_equal(sum.sure, sure);
    }
}

static void heaps_that_are_not_there_are_not_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap_facts facts;
    struct hl_heap_survey survey;

    assert_int_equal(hl_heap_count(bench->hl), BENCH_HEAPS);
    assert_int_equal(hl_heap_facts(bench->hl, -1, &facts), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_heap_facts(bench->hl, BENCH_HEAPS, &facts), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_heap_survey(bench->hl, -1, &survey), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_heap_survey(bench->hl, BENCH_HEAPS, &survey), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_caps_survey(bench->hl, 3, &survey), HL_ERR_NOT_FOUND);
    assert_int_equal(survey.free_blocks, 0);
    assert_int_equal(hl_heap_survey(bench->hl, 0, &survey), 0); /* the walker was given back */
}

#if HL_TASK_TRACKING
static void a_foreign_heap_has_books_but_no_memory(void **state)
{
    struct bench *bench = *state;
    struct hl_heap_desc desc = {.name = "foreign", .size = 1000, .caps = {32, 0, 0}};
    struct hl_heap_facts facts;
    struct hl_heap_survey survey;

    assert_int_equal(hl_add_foreign_heap(bench->hl, &desc), BENCH_HEAPS);
    assert_int_equal(hl_heap_count(bench->hl), BENCH_HEAPS + 1);
    assert_int_equal(hl_charge(bench->hl, BENCH_HEAPS, 0, 70), 0);
    assert_int_equal(hl_charge(bench->hl, BENCH_HEAPS, 1, 7), 0);
    assert_int_equal(hl_heap_facts(bench->hl, BENCH_HEAPS, &facts), 0);
    assert_string_equal(facts.name, "foreign");
    assert_int_equal(facts.size, 1000);
    assert_null(facts.first);
    assert_null(facts.end);
    assert_int_equal(facts.free + facts.min_free + facts.sure, 0);
    assert_int_equal(facts.blocks, 2);
    assert_int_equal(facts.used, 77);
    assert_int_equal(hl_caps_facts(bench->hl, 32, &facts), 1);
    assert_int_equal(facts.used, 77);
    assert_int_equal(hl_heap_survey(bench->hl, BENCH_HEAPS, &survey), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_caps_survey(bench->hl, 32, &survey), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_caps_survey(bench->hl, 0, &survey), 0);
    assert_int_equal(survey.used, 0);
}
#endif

static void require_survey(const struct naive *naive, const struct hl_heap_survey *survey)
{
    uint64_t outside;

    assert_int_equal(survey->free_blocks, naive->free_blocks);
    assert_int_equal(survey->used_blocks, naive->used_blocks);
    assert_int_equal(survey->free, naive->free);
    assert_int_equal(survey->used, naive->used);
    assert_int_equal(survey->largest_free, naive->largest);
    assert_int_equal(survey->smallest_free, naive->smallest);
    assert_memory_equal(survey->histogram, naive->histogram, sizeof(naive->histogram));
    outside = naive->free_blocks == 0 ? 0 : naive->free - naive->largest - 4;
    assert_int_equal(survey->fragmentation,
                     naive->free == 0 ? 0 : outside * 1000 / (uint64_t)naive->free);
    assert_false(survey->changed);
}

static void surveys_are_those_of_a_naive_count(void **state)
{
    struct bench *bench = *state;

    while (bench_next_seed(bench, 100)) {
        struct naive all = {0};
        struct hl_heap_survey survey;

        bench_random_scene(bench, 300);
        for (int heap = 0; heap < BENCH_HEAPS; heap++) {
            struct naive naive = {0};

            count_heap(bench, heap, &naive);
            assert_int_equal(hl_heap_survey(bench->hl, heap, &survey), 0);
            require_survey(&naive, &survey);
            assert_int_equal(hl_caps_survey(bench->hl, UINT32_C(1) << heap, &survey), 0);
            require_survey(&naive, &survey);
            count_heap(bench, heap, &all);
        }
        assert_int_equal(hl_caps_survey(bench->hl, 0, &survey), 0);
        require_survey(&all, &survey);
        assert_int_equal(hl_caps_survey(bench->hl, BENCH_ANYWHERE, &survey), 0);
        require_survey(&all, &survey);
    }
}

#ifndef TEST_ON_TARGET
/* More free bytes than a signed number of 32 bits holds: heaps of 32 MiB, of which only the ends are ever
 * touched. */
static void fragmentation_is_right_when_sums_are_large(void **state)
{
    enum {
        LARGE_HEAPS = 120
    };
    static _Alignas(16) unsigned char memory[HL_BYTES(1, LARGE_HEAPS)];
    struct bench *bench = *state;
    struct hl_config config = {.max_tasks = 1, .max_heaps = LARGE_HEAPS, .port = &bench->port};
    struct hl *hl = hl_init(memory, sizeof(memory), &config);
    size_t bytes = HL_MAX_HEAP_BYTES;
    unsigned char *large = mmap(NULL, LARGE_HEAPS * bytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct hl_heap_survey survey;

    assert_true(large != MAP_FAILED);
    for (size_t i = 0; i < LARGE_HEAPS; i++) {
        struct hl_heap_desc desc = {
            .start = large + i * bytes, .size = bytes - 7654 * i, .name = "large", .caps = {1}};

        assert_int_equal(hl_add_heap(hl, &desc), i);
        assert_int_equal(hl_caps_survey(hl, 1, &survey), 0);
        assert_int_equal(survey.free_blocks, i + 1);
        assert_int_equal(survey.fragmentation,
                         (uint64_t)(survey.free - survey.largest_free - 4) * 1000 / survey.free);
    }
    assert_true(survey.free > INT32_MAX);
    munmap(large, LARGE_HEAPS * bytes);
}
#endif

static void a_full_heap_and_an_empty_one_are_not_fragmented(void **state)
{
    struct bench *bench = *state;
    struct hl_heap_survey survey;
    struct hl_heap_facts facts;

    assert_int_equal(hl_heap_survey(bench->hl, 0, &survey), 0);
    assert_int_equal(survey.free_blocks, 1);
    assert_int_equal(survey.fragmentation, 0);
    assert_int_equal(hl_heap_facts(bench->hl, 0, &facts), 0);
    assert_int_equal(survey.largest_free, facts.sure);
    assert_non_null(bench_alloc(bench, 0, facts.sure, 1));
    assert_int_equal(hl_heap_survey(bench->hl, 0, &survey), 0);
    assert_int_equal(survey.free_blocks, 0);
    assert_int_equal(survey.largest_free, 0);
    assert_int_equal(survey.smallest_free, 0);
    assert_int_equal(survey.fragmentation, 0);
    assert_int_equal(hl_heap_facts(bench->hl, 0, &facts), 0);
    assert_int_equal(facts.sure, 0);
}

static void classes_rise_and_start_at_the_smallest_block(void **state)
{
    (void)state;
    assert_int_equal(hl_survey_class_bytes(0), 16);
    for (unsigned i = 1; i < CLASSES; i++) {
        assert_true(hl_survey_class_bytes(i) > hl_survey_class_bytes(i - 1));
    }
    assert_int_equal(hl_survey_class_bytes(CLASSES - 1), 384 * 1024);
    assert_int_equal(hl_survey_class_bytes(CLASSES), 0);
}

static void damage_ends_a_survey(void **state)
{
    struct bench *bench = *state;
    struct hl_heap_survey survey;
    unsigned char *damaged = bench_alloc(bench, 0, 20, 2);

    memset(damaged - 4, 0xff, 4);
    assert_int_equal(hl_heap_survey(bench->hl, 0, &survey), 0);
    assert_false(survey.changed);
    assert_int_equal(hl_heap_survey(bench->hl, 1, &survey), HL_ERR_DAMAGED);
    assert_true(survey.changed);
    assert_int_equal(bench->faults, 1);
    assert_int_equal(hl_caps_survey(bench->hl, 0, &survey), HL_ERR_DAMAGED);
    assert_int_equal(bench->faults, 2);
    assert_int_equal(bench->fault.heap, 1);
    bench->faults = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
        TEST(facts_are_those_of_a_naive_count),
        TEST(an_allocation_of_the_sure_size_succeeds),
        TEST(the_least_free_memory_is_remembered),
        TEST(remembering_the_least_free_memory_starts_anew),
        TEST(facts_by_capabilities_are_sums),
        TEST(heaps_that_are_not_there_are_not_found),
#if HL_TASK_TRACKING
        TEST(a_foreign_heap_has_books_but_no_memory),
#endif
        TEST(surveys_are_those_of_a_naive_count),
#ifndef TEST_ON_TARGET
        TEST(fragmentation_is_right_when_sums_are_large),
#endif
        TEST(a_full_heap_and_an_empty_one_are_not_fragmented),
        TEST(classes_rise_and_start_at_the_smallest_block),
        TEST(damage_ends_a_survey),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
