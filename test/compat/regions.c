/* SPDX-License-Identifier: MIT */
/* Heaps that a program adds: every error, the overlap rule in all its cases, their place in the list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include "esp_heap_caps_init.h"

#include "heapledger/facts.h"
#include "support/task_checks.h"

#include "chip.h"
#include "heaps.h"

#define CAP_8BIT_INTERNAL 0x00000804UL
#define CAP_INVENTED      (1UL << 29)

enum {
    BUFFER_BYTES = 4096
};

static const uint32_t invented[] = {CAP_INVENTED, 0, 0};
static _Alignas(8) char buffers[3][BUFFER_BYTES];

static size_t list_length(void)
{
    size_t length = 0;

    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        length++;
    }
    return length;
}

static esp_err_t add(const char *start, size_t bytes)
{
    return heap_caps_add_region_with_caps(invented, (intptr_t)start,
                                          (intptr_t)start + (intptr_t)bytes);
}

/* All ranges of a small number line, against the rule as a count of points inside and outside. */
static void the_overlap_rule_in_all_cases(void)
{
    for (int hs = 1; hs < 8; hs++) {
        for (int he = hs + 1; he <= 8; he++) {
            for (int s = 0; s < 9; s++) {
                for (int e = s + 1; e <= 9; e++) {
                    int inside = (e < he ? e : he) - (s > hs ? s : hs);
                    bool apart = inside <= 0;
                    bool within = inside == e - s && inside < he - hs;

                    CHECK(heap_caps_check_add_region_allowed(hs, he, s, e) == (apart || within));
                }
            }
        }
    }
}

static void wrong_arguments_are_refused(void)
{
    intptr_t start = (intptr_t)buffers[0];
    size_t length = list_length();

    CHECK(heap_caps_add_region_with_caps(NULL, start, start + 100) == ESP_ERR_INVALID_ARG);
    CHECK(heap_caps_add_region_with_caps(invented, 0, start) == ESP_ERR_INVALID_ARG);
    CHECK(heap_caps_add_region_with_caps(invented, start, 0) == ESP_ERR_INVALID_ARG);
    CHECK(heap_caps_add_region_with_caps(invented, start, start) == ESP_ERR_INVALID_ARG);
    CHECK(heap_caps_add_region_with_caps(invented, start, start - 4) == ESP_ERR_INVALID_ARG);
    CHECK(heap_caps_add_region(0, start) == ESP_ERR_INVALID_ARG);
    CHECK(heap_caps_add_region(start, start) == ESP_ERR_INVALID_ARG);
    CHECK(list_length() == length);
}

static void what_is_no_memory_is_refused(void)
{
    static const intptr_t nowhere = 0x10000;

    CHECK(heap_caps_add_region(nowhere, nowhere + 4096) == ESP_ERR_NOT_FOUND);
    CHECK(heap_caps_add_region_with_caps(invented, nowhere, nowhere + 4096) == ESP_FAIL);
}

static void too_small_is_refused(void)
{
    size_t length = list_length();

    CHECK(add(buffers[0], 16) == ESP_ERR_INVALID_SIZE);
    CHECK(add(buffers[0], 19) == ESP_ERR_INVALID_SIZE);
    CHECK(list_length() == length);
}

static void what_crosses_a_heap_is_refused(void)
{
    size_t length = list_length();

    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        intptr_t start = heap->start;
        intptr_t end = heap->end;

        CHECK(heap_caps_add_region_with_caps(invented, start, end) == ESP_FAIL);
        CHECK(heap_caps_add_region_with_caps(invented, start - 64, start + 64) == ESP_FAIL);
        CHECK(heap_caps_add_region_with_caps(invented, end - 64, end + 64) == ESP_FAIL);
        CHECK(heap_caps_add_region_with_caps(invented, start - 64, end + 64) == ESP_FAIL);
        CHECK(heap_caps_add_region(start, end) == ESP_FAIL);
        /* Inside, but nobody's block: it would destroy the heap around it. */
        CHECK(heap_caps_add_region_with_caps(invented, start, end - 64) == ESP_FAIL);
    }
    CHECK(list_length() == length);
}

/* Searched before all others, the newest first; its name, though no type has its capabilities. */
static void a_new_heap_comes_first(void)
{
    size_t length = list_length();
    void *ptr;

    for (size_t i = 0; i < 2; i++) {
        CHECK(add(buffers[i], BUFFER_BYTES) == ESP_OK);
        CHECK(esp_heaps()->start == (intptr_t)buffers[i]);
        CHECK(esp_heaps()->end == (intptr_t)buffers[i] + BUFFER_BYTES);
        CHECK(esp_heaps()->caps[0] == CAP_INVENTED);
        CHECK(esp_heaps()->enabled && esp_heaps()->late);
        CHECK(esp_heaps()->name != NULL && esp_heaps()->name[0] != 0);
        CHECK(esp_heap_index(esp_heaps()) == 0);
    }
    CHECK(list_length() == length + 2);
    ptr = hl_malloc(books(), 100, CAP_INVENTED);
    CHECK(esp_heap_of(ptr) == esp_heaps());
    CHECK(esp_heap_of(ptr)->start == (intptr_t)buffers[1]);
    hl_free(books(), ptr);
    CHECK(add(buffers[1], BUFFER_BYTES) == ESP_FAIL); /* the same again */
}

/* A program's static memory is of the type that it is of on the chip, and joins the heaps of that type. */
static void static_memory_has_the_chips_type(void)
{
    const struct chip *chip = chip_get();
    const soc_memory_region_t *data = NULL;
    void *ptr;

    for (size_t i = 0; i < soc_memory_region_count; i++) {
        intptr_t offset = chip->reserved[chip->static_data].start - soc_memory_regions[i].start;

        if (offset >= 0 && offset < (intptr_t)soc_memory_regions[i].size) {
            data = &soc_memory_regions[i];
        }
    }
    CHECK(data != NULL);
    if (data == NULL) {
        return;
    }
    CHECK(heap_caps_add_region((intptr_t)buffers[2], (intptr_t)buffers[2] + BUFFER_BYTES) ==
          ESP_OK);
    CHECK(strcmp(esp_heaps()->name, soc_memory_types[data->type].name) == 0);
    CHECK(memcmp(esp_heaps()->caps, soc_memory_types[data->type].caps, 12) == 0);
    ptr = hl_malloc(books(), 100, esp_heap_caps(esp_heaps()));
    CHECK(esp_heap_of(ptr) == esp_heaps());
    hl_free(books(), ptr);
}

/* Memory allocated from a heap becomes a heap; so does memory of that one. */
static void a_block_becomes_a_heap(void)
{
    char *outer = hl_malloc(books(), 3000, CAP_8BIT_INTERNAL);
    const struct esp_heap *around = esp_heap_of(outer);
    char *inner, *innermost;

    CHECK(outer != NULL);
    CHECK(add(outer, hl_usable_size(books(), outer) + 1) == ESP_FAIL);
    CHECK(add(outer + 8, 2000) == ESP_OK);
    CHECK(esp_heaps()->start == (intptr_t)outer + 8);
    CHECK(esp_heap_of(outer) == around);
    CHECK(esp_heap_of(outer + 8) == esp_heaps());
    inner = hl_malloc(books(), 1000, CAP_INVENTED);
    CHECK(inner >= outer + 8 && inner < outer + 2008);
    CHECK(add(inner, 1000) == ESP_OK);
    innermost = hl_malloc(books(), 500, CAP_INVENTED);
    CHECK(innermost >= inner && innermost < inner + 1000);
    memset(innermost, 0, 500);
    hl_free(books(), innermost);
    for (int i = 0; i < hl_heap_count(books()); i++) {
        struct hl_fault fault;

        CHECK(hl_check(books(), i, &fault) == 0);
    }
}

/* What the chip's table reserves is memory too, and a program may give some of it back. */
static void reserved_memory_can_be_given_back(void)
{
    const soc_reserved_region_t *data = &chip_get()->reserved[chip_get()->static_data];
    uint32_t caps;

    CHECK(heap_caps_add_region(data->start, data->start + 1024) == ESP_OK);
    CHECK(esp_heaps()->start == data->start);
    caps = esp_heap_caps(esp_heaps());
    CHECK((caps & CAP_8BIT_INTERNAL) == CAP_8BIT_INTERNAL);
}

static bool walk_slowly(void *context, const struct hl_block_info *block)
{
    (void)context;
    (void)block;
    vTaskDelay(2);
    return true;
}

static void walk(void *done)
{
    CHECK(hl_visit_blocks(books(), 0, walk_slowly, NULL) >= 0);
    *(volatile bool *)done = true;
    vTaskDelete(NULL);
}

/* A heap is added while another task walks over the blocks: it waits. */
static void a_walk_is_waited_for(void)
{
    static _Alignas(8) char buffer[BUFFER_BYTES];
    volatile bool done = false;

    CHECK(xTaskCreate(walk, "walk", 4096, (void *)&done, 5, NULL) == pdPASS);
    vTaskDelay(1);
    CHECK(!done);
    CHECK(add(buffer, sizeof(buffer)) == ESP_OK);
    CHECK(done);
    vTaskDelay(2);
}

/* As ESP-IDF's own tests do it: with malloc, free bytes, and one header. */
static void memory_from_malloc_becomes_more_memory(void)
{
    const size_t bytes = 1000;
    char *first = malloc(bytes);
    char *second = malloc(bytes);
    const uint32_t caps[SOC_MEMORY_TYPE_NO_PRIOS] = {CAP_INVENTED << 1};
    size_t before = heap_caps_get_free_size(MALLOC_CAP_DEFAULT);
    size_t minimum = heap_caps_get_minimum_free_size(MALLOC_CAP_DEFAULT);
    size_t after;

    CHECK(heap_caps_add_region((intptr_t)first, (intptr_t)first + (intptr_t)bytes) == ESP_OK);
    after = heap_caps_get_free_size(MALLOC_CAP_DEFAULT);
    CHECK(after > before + bytes - 200 && after <= before + bytes);
    CHECK(heap_caps_get_minimum_free_size(MALLOC_CAP_DEFAULT) == minimum); /* counts as 0 */
    CHECK(heap_caps_add_region((intptr_t)first, (intptr_t)first + (intptr_t)bytes) == ESP_FAIL);

    CHECK(heap_caps_malloc(640, caps[0]) == NULL);
    CHECK(heap_caps_add_region_with_caps(caps, (intptr_t)second,
                                         (intptr_t)second + (intptr_t)bytes) == ESP_OK);
    CHECK(heap_caps_malloc(640, caps[0]) != NULL);
}

/* As many as HL_MAX_HEAPS, and no more. */
static void the_list_can_be_full(void)
{
    static _Alignas(8) char small[HL_MAX_HEAPS + 1][64];
    size_t i = 0;

    while (list_length() < HL_MAX_HEAPS) {
        CHECK(add(small[i++], sizeof(small[0])) == ESP_OK);
    }
    CHECK(add(small[i], sizeof(small[0])) == ESP_ERR_NO_MEM);
    CHECK(list_length() == HL_MAX_HEAPS);
}

void app_main(void)
{
    the_overlap_rule_in_all_cases();
    wrong_arguments_are_refused();
    what_is_no_memory_is_refused();
    too_small_is_refused();
    what_crosses_a_heap_is_refused();
    a_new_heap_comes_first();
    static_memory_has_the_chips_type();
    a_block_becomes_a_heap();
    reserved_memory_can_be_given_back();
    a_walk_is_waited_for();
    memory_from_malloc_becomes_more_memory();
    the_list_can_be_full();
    printf("%d failed\n", failures);
    fflush(stdout);
    if (failures != 0) {
        abort();
    }
}
