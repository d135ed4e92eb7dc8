/* SPDX-License-Identifier: MIT */
/* A storm over all heaps of a chip: tasks come and go, allocate, resize and free each other's blocks; the
 * statistics are compared with what was really done. ESP-IDF's interface only. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include "esp_heap_caps.h"
#include "esp_heap_task_info.h"
#include "esp_random.h"

enum {
    SLOTS = 150,     /* blocks at a time */
    WORKERS = 5,     /* tasks at a time */
    TASKS = 60,      /* tasks in all */
    ROUNDS = 500,    /* of main; in each the workers do a few operations */
    CHECK_EACH = 25, /* rounds */
    FOUND_TASKS = TASKS + 20,
    FOUND_HEAPS = FOUND_TASKS * 8,
    FOUND_BLOCKS = SLOTS + 200,
};

/* A block, and who owns it by the rules: whoever allocated or resized it last. */
struct slot {
    unsigned char *ptr;
    size_t asked;
    size_t usable;
    int owner; /* index in workers */
    unsigned char mark;
};

struct worker {
    char name[configMAX_TASK_NAME_LEN];
    TaskHandle_t handle; /* NULL: deleted */
    size_t peak;         /* as last seen */
};

static struct slot slots[SLOTS];
static struct worker workers[TASKS];
static int worker_count;
static unsigned operations, moved, refused;

static task_stat_t found_tasks[FOUND_TASKS];
static heap_stat_t found_heaps[FOUND_HEAPS];
static heap_task_block_t found_blocks[FOUND_BLOCKS];

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s:%d: after %u operations not so: %s\n", __FILE__, __LINE__, operations,      \
                   #condition);                                                                    \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static uint32_t below(uint32_t bound)
{
    return esp_random() % bound;
}

static uint32_t any_caps(void)
{
    static const uint32_t caps[] = {
        MALLOC_CAP_DEFAULT,
        MALLOC_CAP_DEFAULT,
        MALLOC_CAP_8BIT | MALLOC_CAP_INTERNAL,
        MALLOC_CAP_8BIT,
        MALLOC_CAP_32BIT,
        MALLOC_CAP_DMA,
        MALLOC_CAP_RTCRAM,
        MALLOC_CAP_SPIRAM,
        MALLOC_CAP_RETENTION,
        MALLOC_CAP_SPM,
        MALLOC_CAP_SIMD | MALLOC_CAP_8BIT,
        MALLOC_CAP_DEFAULT | MALLOC_CAP_SPIRAM,
    };

    return caps[below(sizeof(caps) / sizeof(caps[0]))];
}

/* Mostly small. */
static size_t any_size(void)
{
    return 1 + below(1U << (3 + below(11)));
}

static void mark(struct slot *slot)
{
    slot->mark = (unsigned char)(1 + below(255));
    slot->usable = heap_caps_get_allocated_size(slot->ptr);
    CHECK(slot->usable >= slot->asked);
    memset(slot->ptr, slot->mark, slot->asked);
}

static void is_marked(const struct slot *slot, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += i < 64 ? 1 : 61) {
        CHECK(slot->ptr[i] == slot->mark);
    }
    CHECK(slot->ptr[bytes - 1] == slot->mark);
}

static void is_zero(const struct slot *slot)
{
    for (size_t i = 0; i < slot->asked; i++) {
        CHECK(slot->ptr[i] == 0);
    }
}

static void take(struct slot *slot, int self)
{
    size_t alignment = 4U << below(8);

    slot->asked = any_size();
    switch (below(4)) {
    case 0:
        slot->ptr = heap_caps_calloc(1, slot->asked, any_caps());
        if (slot->ptr != NULL) {
            is_zero(slot);
        }
        break;
    case 1:
        slot->ptr = heap_caps_aligned_alloc(alignment, slot->asked, any_caps());
        CHECK((uintptr_t)slot->ptr % alignment == 0);
        break;
    case 2:
        slot->ptr = malloc(slot->asked);
        break;
    default:
        slot->ptr = heap_caps_malloc(slot->asked, any_caps());
    }
    if (slot->ptr == NULL) {
        refused++;
        return;
    }
    slot->owner = self;
    mark(slot);
}

static void resize(struct slot *slot, int self)
{
    size_t asked = any_size();
    size_t kept = asked < slot->asked ? asked : slot->asked;
    unsigned char *ptr =
        below(2) == 0 ? realloc(slot->ptr, asked) : heap_caps_realloc(slot->ptr, asked, any_caps());

    if (ptr == NULL) { /* nothing is lost */
        refused++;
        is_marked(slot, slot->asked);
        CHECK(heap_caps_get_allocated_size(slot->ptr) == slot->usable);
        return;
    }
    moved += ptr != slot->ptr;
    slot->ptr = ptr;
    is_marked(slot, kept);
    slot->asked = asked;
    slot->owner = self;
    mark(slot);
}

static void give_back(struct slot *slot)
{
    is_marked(slot, slot->asked);
    if (below(2) == 0) {
        free(slot->ptr);
    } else {
        heap_caps_free(slot->ptr);
    }
    slot->ptr = NULL;
}

static void operate(int self)
{
    struct slot *slot = &slots[below(SLOTS)];

    operations++;
    if (slot->ptr == NULL) {
        take(slot, self);
    } else if (below(2) == 0) {
        resize(slot, self);
    } else {
        give_back(slot);
    }
}

static void work(void *self)
{
    int index = (int)(intptr_t)self;

    for (;;) {
        for (uint32_t i = below(6); i > 0; i--) {
            operate(index);
        }
        if (below(60) == 0) {
            workers[index].handle = NULL;
            vTaskDelete(NULL); /* its blocks stay */
        }
        vTaskDelay(1);
    }
}

/* Starts a worker if there are too few, or now and then ends one. */
static void come_and_go(void)
{
    int live = 0;
    int one = -1;

    for (int i = 0; i < worker_count; i++) {
        if (workers[i].handle != NULL) {
            live++;
            one = below((uint32_t)live) == 0 ? i : one;
        }
    }
    if (live < WORKERS && worker_count < TASKS) {
        struct worker *new = &workers[worker_count];

        (void)snprintf(new->name, sizeof(new->name), "w%d", worker_count);
        if (xTaskCreate(work, new->name, 2048, (void *)(intptr_t)worker_count, 2, &new->handle) ==
            pdPASS) {
            worker_count++;
        }
    } else if (live > 0 && below(40) == 0) {
        vTaskDelete(workers[one].handle);
        workers[one].handle = NULL;
    }
}

/* The block is one of the worker's, of that size. */
static void is_block_of(const heap_task_block_t *block, int owner)
{
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].ptr == block->address) {
            CHECK(slots[i].owner == owner);
            CHECK(slots[i].usable == block->size);
            return;
        }
    }
    CHECK(false); /* a block is listed that is none */
}

/* One worker's statistics: the sums of its heaps, and of its blocks, which are those that it really has. */
static void check_worker(int index, const task_stat_t *stat)
{
    size_t bytes = 0, blocks = 0, of_heaps = 0;

    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].ptr != NULL && slots[i].owner == index) {
            bytes += slots[i].usable;
            blocks++;
        }
    }
    CHECK(stat->is_alive == (workers[index].handle != NULL));
    CHECK(!stat->is_alive || stat->handle == workers[index].handle);
    CHECK(stat->overall_current_usage == bytes);
    CHECK(stat->overall_peak_usage >= bytes && stat->overall_peak_usage >= workers[index].peak);
    workers[index].peak = stat->overall_peak_usage;
    for (size_t k = 0; k < stat->heap_count; k++) {
        const heap_stat_t *heap = &stat->heap_stat[k];
        size_t sum = 0;

        CHECK(heap->name != NULL && heap->peak_usage >= heap->current_usage);
        CHECK(heap->alloc_count <= blocks);
        for (size_t i = 0; i < heap->alloc_count; i++) {
            is_block_of(&heap->alloc_stat[i], index);
            sum += heap->alloc_stat[i].size;
        }
        CHECK(sum == heap->current_usage);
        of_heaps += sum;
        blocks -= heap->alloc_count;
    }
    CHECK(of_heaps == bytes);
    CHECK(blocks == 0);
}

static void check(void)
{
    heap_all_tasks_stat_t all = {
        .task_count = FOUND_TASKS,
        .stat_arr = found_tasks,
        .heap_count = FOUND_HEAPS,
        .heap_stat_start = found_heaps,
        .alloc_count = FOUND_BLOCKS,
        .alloc_stat_start = found_blocks,
    };
    multi_heap_info_t info;
    size_t bytes = 0;
    int listed = 0;

    CHECK(heap_caps_check_integrity_all(true));
    CHECK(heap_caps_get_all_task_stat(&all) == ESP_OK);
    CHECK(all.task_count < FOUND_TASKS && all.alloc_count < FOUND_BLOCKS);
    for (size_t i = 0; i < all.task_count; i++) {
        int index;

        bytes += all.stat_arr[i].overall_current_usage;
        if (sscanf(all.stat_arr[i].name, "w%d", &index) == 1) {
            CHECK(index >= 0 && index < worker_count);
            check_worker(index, &all.stat_arr[i]);
            listed++;
        }
    }
    CHECK(listed <= worker_count);
    heap_caps_get_info(&info, 0);
    CHECK(info.allocated_blocks == all.alloc_count);
    CHECK(info.total_allocated_bytes == bytes);
}

/* 0 too as long as it is not listed: it has not allocated anything. */
static size_t held_by_main(void)
{
    heap_single_task_stat_t single = {.heap_count = 0};

    return heap_caps_get_single_task_stat(&single, NULL) == ESP_OK
               ? single.stat.overall_current_usage
               : 0;
}

static void end_all(void)
{
    for (int i = 0; i < worker_count; i++) {
        if (workers[i].handle != NULL) {
            vTaskDelete(workers[i].handle);
            workers[i].handle = NULL;
        }
    }
    vTaskDelay(2); /* the idle task frees what belonged to those that ended by themselves */
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].ptr != NULL) {
            give_back(&slots[i]);
        }
    }
}

void app_main(void)
{
    size_t before = held_by_main();
    size_t free_before = heap_caps_get_free_size(0);

    for (int round = 1; round <= ROUNDS; round++) {
        come_and_go();
        vTaskDelay(1);
        if (round % CHECK_EACH == 0) {
            check();
        }
    }
    end_all();
    check();
    CHECK(held_by_main() == before);
    CHECK(heap_caps_get_free_size(0) == free_before);
    CHECK(worker_count > TASKS / 4 && moved > 0 && refused > 0);
    printf("%u operations by %d tasks, %u blocks moved, %u requests refused\n", operations,
           worker_count, moved, refused);
}
