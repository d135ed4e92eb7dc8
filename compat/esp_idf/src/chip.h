/* SPDX-License-Identifier: MIT */
/* The chips: their facts, which one this run is, and its memory at the chip's addresses. */
#ifndef COMPAT_CHIP_H
#define COMPAT_CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "esp_err.h"
#include "heap_memory_layout.h"

/* A chip, as generated from chips/chips.json for the configuration that the program is built with. */
struct chip {
    const char *name;    /* as in --chip esp32c3 */
    const char *support; /* "supported" or "preview" */
    const char *arch;    /* "xtensa" or "riscv" */
    uint8_t cores;
    bool diram_inverted; /* the instruction bus sees the D/IRAM regions' words in reverse order */
    bool simd;           /* MALLOC_CAP_SIMD raises the alignment to 16 */
    uint16_t
        cache_line_internal; /* MALLOC_CAP_DMA, CACHE_ALIGNED: bytes; 0: no cache is in between */
    uint16_t cache_line_external; /* the same in PSRAM */
    uint32_t max_contiguous;      /* SOC_MAX_CONTIGUOUS_RAM_SIZE */
    uint32_t psram_start;         /* of the addresses that PSRAM can have */
    uint32_t psram_window;        /* their number; 0: the chip has no PSRAM */
    int psram_place; /* the PSRAM's region comes before the region with this index; -1: the table has none */
    int psram_type; /* index in types, or -1 */
    const soc_memory_type_desc_t *types;
    size_t type_count;
    const soc_memory_region_t *regions; /* without the PSRAM's */
    size_t region_count;
    const soc_reserved_region_t *reserved; /* by ROM, cache, static data, code */
    size_t reserved_count;
    size_t static_data; /* which of them is static data: its end is the first free byte after it */
};

/* All chips, in the order of the table, and how many. */
extern const struct chip chips[];
extern const size_t chip_count;

/* What a run wants. */
struct chip_setup {
    const char *name;     /* NULL: CHIP_DEFAULT */
    uint64_t psram_bytes; /* 0: none fitted */
    uint32_t heap_start;  /* the first free byte after static data; 0: the table's */
};

#define CHIP_DEFAULT "esp32s3"

/* Chooses the chip. Once, before heap_caps_init. Returns NULL, or what is wrong with the setup, as
 * one sentence without an end, valid until the next call. */
const char *chip_choose(const struct chip_setup *setup);

/* The chosen chip; CHIP_DEFAULT as long as none was chosen. And its PSRAM's bytes. */
const struct chip *chip_get(void);
uint32_t chip_psram_bytes(void);

/* The PSRAM becomes a heap, or several. After heap_caps_init, before any task exists. ESP_OK too when
 * none is fitted. */
esp_err_t chip_add_psram(void);

/* Sets `bytes` of internal memory aside for those who ask for DMA or INTERNAL: blocks of the caller's
 * become heaps that MALLOC_CAP_DEFAULT takes last. In the main task, after
 * heap_caps_enable_nonos_stack_heaps. ESP_ERR_NO_MEM: there is less than that; what there is was set
 * aside. */
esp_err_t chip_reserve_internal(size_t bytes);

/* Prints all chips: name, cores, heaps and their sizes after start-up, PSRAM. */
void chip_print_list(FILE *stream);

#endif
