/* SPDX-License-Identifier: MIT */
/* What a chip has at the start of app_main: its heaps in list order and its tasks. Printed, to be compared
 * with chips_start.golden; and the memory is looked at. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include "heapledger/facts.h"
#include "support/task_checks.h"

#include "chip.h"
#include "heaps.h"

static void print_heaps(void)
{
    printf("heaps:\n");
    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        printf("  0x%08lx %8ld  0x%08" PRIx32 " 0x%08" PRIx32 " 0x%08" PRIx32 "  %s%s%s\n",
               (unsigned long)heap->start, (long)(heap->end - heap->start), heap->caps[0],
               heap->caps[1], heap->caps[2], heap->name,
               heap->startup_stack ? ", start-up stack" : "", heap->enabled ? "" : ", not enabled");
    }
}

static void print_tasks(void)
{
    static TaskStatus_t tasks[16];
    UBaseType_t count = uxTaskGetSystemState(tasks, 16, NULL);

    printf("tasks:\n");
    for (UBaseType_t number = 0; number < 32; number++) {
        for (UBaseType_t i = 0; i < count; i++) {
            if (tasks[i].xTaskNumber == number) {
                printf("  %s, priority %lu\n", tasks[i].pcTaskName,
                       (unsigned long)tasks[i].uxCurrentPriority);
            }
        }
    }
}

/* The i-th enabled heap of the list is the instance's heap i. */
static void the_instance_has_the_same_order(void)
{
    int index = 0;

    for (struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        struct hl_heap_facts facts;

        if (!heap->enabled) {
            CHECK(esp_heap_index(heap) == -1);
            continue;
        }
        CHECK(esp_heap_index(heap) == index);
        CHECK(esp_heap_at(index) == heap);
        CHECK(hl_heap_facts(books(), index, &facts) == 0);
        CHECK((intptr_t)facts.start == heap->start);
        CHECK((intptr_t)facts.size == heap->end - heap->start);
        CHECK(strcmp(facts.name, heap->name) == 0);
        CHECK(memcmp(facts.caps, heap->caps, sizeof(facts.caps)) == 0);
        CHECK(esp_heap_of(facts.start) == heap);
        index++;
    }
    CHECK(hl_heap_count(books()) == index);
    CHECK(esp_heap_at(index) == NULL);
}

/* A block of a heap, as seen by the instruction bus if that is at other addresses. */
static void both_views_are_one_memory(const struct esp_heap *heap, unsigned char *block,
                                      size_t size)
{
    const volatile unsigned char *view;

    if (heap->iram_start == 0 || heap->iram_start == heap->start || heap->iram_inverted) {
        return;
    }
    view = (const volatile unsigned char *)((intptr_t)block - heap->start + heap->iram_start);
    CHECK(view[0] == block[0] && view[size - 1] == block[size - 1]);
    block[0] = 0x3c;
    CHECK(view[0] == 0x3c);
}

/* All of the largest free block of each heap can be written. Blocks in between keep the others out. */
static void the_memory_is_there(void)
{
    for (int i = hl_heap_count(books()) - 1; i >= 0; i--) {
        struct esp_heap *heap = esp_heap_at(i);
        struct hl_heap_facts facts;
        unsigned char *block;

        CHECK(hl_heap_facts(books(), i, &facts) == 0);
        block = hl_malloc(books(), facts.sure, esp_heap_caps(heap));
        heap = esp_heap_of(block); /* of the same kind */
        CHECK(block != NULL && heap != NULL);
        if (block == NULL || heap == NULL) {
            continue;
        }
        memset(block, 0xa5, facts.sure);
        both_views_are_one_memory(heap, block, facts.sure);
        hl_free(books(), block);
    }
}

/* What was allocated before app_main is in none of them. */
static void start_up_stacks_were_no_heaps_yet(void)
{
    const struct esp_heap *heap = esp_heap_of(xTaskGetCurrentTaskHandle());

    CHECK(heap != NULL && !heap->startup_stack);
}

void app_main(void)
{
    print_heaps();
    print_tasks();
    the_instance_has_the_same_order();
    start_up_stacks_were_no_heaps_yet();
    the_memory_is_there();
    fflush(stdout);
    if (failures != 0) {
        abort();
    }
}
