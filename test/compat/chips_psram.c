/* SPDX-License-Identifier: MIT */
/* PSRAM of the size that --psram says, memory set aside beside it, and setups that cannot be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include "esp_heap_caps_init.h"
#include "esp_psram.h"

#include "heapledger/facts.h"
#include "support/task_checks.h"

#include "chip.h"
#include "heaps.h"

#define CAP_SPIRAM       (1UL << 10)
#define CAP_DMA_INTERNAL 0x00000808UL

/* One heap, or several of one name, one behind the other and together of that size; at the front. */
static void psram_is_there(void)
{
    intptr_t at = (intptr_t)chip_get()->psram_start;
    intptr_t end = at + (intptr_t)chip_psram_bytes();
    const struct esp_heap *heap = esp_heaps();

    for (; at < end; heap = heap->next) {
        static const uint32_t caps[] = {0x00001400, 0, 0x00100006};

        CHECK(heap->start == at);
        CHECK(strcmp(heap->name, "SPIRAM") == 0);
        CHECK(memcmp(heap->caps, caps, sizeof(caps)) == 0);
        CHECK(heap->enabled && !heap->late);
        if (heap->start != at) {
            return;
        }
        at = heap->end;
    }
    CHECK(at == end);
    for (; heap != NULL; heap = heap->next) {
        CHECK((esp_heap_caps(heap) & CAP_SPIRAM) == 0);
    }
}

static void psram_can_be_used_to_the_last_byte(void)
{
    char *blocks[4];
    size_t count = 0;
    struct hl_heap_facts facts;

    CHECK(hl_caps_facts(books(), CAP_SPIRAM, &facts) > 0);
    CHECK(facts.size == chip_psram_bytes());
    while (count < 4 && (blocks[count] = hl_malloc(books(), facts.sure, CAP_SPIRAM)) != NULL) {
        memset(blocks[count], 1, 64);
        memset(blocks[count] + facts.sure - 64, 1, 64);
        count++;
        (void)hl_caps_facts(books(), CAP_SPIRAM, &facts);
    }
    CHECK(facts.free < 64);
    while (count > 0) {
        hl_free(books(), blocks[--count]);
    }
}

/* Whoever asks for memory in general takes it last; whoever asks for DMA still gets it. */
static void memory_is_set_aside(void)
{
    const struct esp_heap *before = esp_heaps();
    struct hl_heap_facts facts;
    const struct esp_heap *aside;
    void *ptr;
    void *of_aside = NULL; /* the last block allocated from it */

    CHECK(chip_reserve_internal(8192) == ESP_OK);
    aside = esp_heaps();
    CHECK(aside->next == before);
    CHECK(aside->end - aside->start == 8192);
    CHECK(aside->caps[0] == 0 && aside->caps[1] == CAP_DMA_INTERNAL && aside->caps[2] == 0x1006);
    CHECK(aside->name != NULL && strcmp(aside->name, "added") != 0 &&
          strcmp(aside->name, "SPIRAM") != 0);
    CHECK(aside->late);
    CHECK(hl_heap_of(books(), (void *)aside->start) == 0);
    (void)hl_caps_facts(books(), CAP_DMA_INTERNAL, &facts);
    for (size_t size = 100000; size > 0; size = size / 2) {
        while ((ptr = hl_malloc(books(), size, CAP_DMA_INTERNAL)) != NULL) {
            memset(ptr, 2, size);
            of_aside = esp_heap_of(ptr) == aside && size >= 1000 ? ptr : of_aside;
        }
    }
    (void)hl_caps_facts(books(), CAP_DMA_INTERNAL, &facts);
    CHECK(facts.free < 1024); /* all was given, what was set aside too */
    CHECK(chip_reserve_internal(8192) == ESP_ERR_NO_MEM);
    CHECK(of_aside != NULL);
    hl_free(books(), of_aside);
    CHECK(chip_reserve_internal(500) == ESP_ERR_NO_MEM); /* not once more of the same memory */
}

static void says(const struct chip_setup *setup, const char *message)
{
    const char *said = chip_choose(setup);

    if (said == NULL || strcmp(said, message) != 0) {
        printf("not '%s' but '%s'\n", message, said != NULL ? said : "");
        failures++;
    }
}

static void wrong_setups_are_named(void)
{
    says(&(struct chip_setup){.name = "esp99"},
         "there is no chip 'esp99' (--list-chips shows all)");
    says(&(struct chip_setup){.name = ""}, "there is no chip '' (--list-chips shows all)");
    says(&(struct chip_setup){.name = "esp32c3", .psram_bytes = 65536}, "esp32c3 has no PSRAM");
    says(&(struct chip_setup){.name = "esp32", .psram_bytes = 8 << 20},
         "8192 KiB of PSRAM are too much: esp32 has addresses for 4096 KiB");
    says(&(struct chip_setup){.name = "esp32", .psram_bytes = 100000},
         "100000 bytes of PSRAM are no multiple of 64 KiB");
    says(&(struct chip_setup){.name = "esp32s3", .psram_bytes = (uint64_t)1 << 40},
         "1073741824 KiB of PSRAM are too much: esp32s3 has addresses for 32768 KiB");
    says(
        &(struct chip_setup){.name = "esp32c3", .heap_start = 0x3fc8a000},
        "static data of esp32c3, which starts at 0x3fc8a000, cannot end at 0x3fc8a000: there is no "
        "free memory between");
    says(
        &(struct chip_setup){.name = "esp32c3", .heap_start = 0x3fce0004},
        "static data of esp32c3, which starts at 0x3fc8a000, cannot end at 0x3fce0004: there is no "
        "free memory between");
    says(
        &(struct chip_setup){.name = "esp32c3", .heap_start = 0x3fcdf064},
        "static data of esp32c3, which starts at 0x3fc8a000, cannot end at 0x3fcdf064: there is no "
        "free memory between");
}

void app_main(void)
{
    CHECK(esp_psram_get_size() == chip_psram_bytes());
    CHECK(esp_psram_is_initialized() == (chip_psram_bytes() != 0));
    CHECK(esp_psram_init() != ESP_OK);
    if (chip_psram_bytes() != 0) {
        psram_is_there();
        psram_can_be_used_to_the_last_byte();
        memory_is_set_aside();
    } else {
        CHECK(chip_add_psram() == ESP_OK);
        psram_is_there();
    }
    wrong_setups_are_named();
    printf("%d failed\n", failures);
    fflush(stdout);
    if (failures != 0) {
        abort();
    }
}
