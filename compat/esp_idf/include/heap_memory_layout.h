/* SPDX-License-Identifier: MIT */
/* The chip's memory: its types, its regions, and what is reserved in them. ESP-IDF's interface. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SOC_MEMORY_TYPE_NO_PRIOS 3

/* A type of memory: what heaps in it are called, and what they are good for by priority. */
typedef struct {
    const char *name;
    uint32_t caps[SOC_MEMORY_TYPE_NO_PRIOS];
} soc_memory_type_desc_t;

/* A region of one type. */
typedef struct {
    intptr_t start;
    size_t size;
    size_t type;           /* index in soc_memory_types */
    intptr_t iram_address; /* where the instruction bus sees it; 0: it does not */
    bool startup_stack;    /* in use until the start-up code is done */
} soc_memory_region_t;

/* A range that no heap may use. */
typedef struct {
    intptr_t start;
    intptr_t end;
} soc_reserved_region_t;

/* Of the chip that was chosen when the program started, so that these are pointers here, where a
 * program that is built for one chip has arrays. */
extern const soc_memory_type_desc_t *soc_memory_types;
extern size_t soc_memory_type_count;
extern const soc_memory_region_t *soc_memory_regions;
extern size_t soc_memory_region_count;

/* Keeps a range of the chip's addresses free of heaps. At file level; START and END are constants. Ranges
 * may not overlap each other: the program then ends when it starts, with a message. */
#define SOC_RESERVE_MEMORY_REGION(START, END, NAME)                                                \
    __attribute__((section("soc_reserved_memory"),                                                 \
                   used)) static soc_reserved_region_t soc_reserved_region_##NAME = {(START),      \
                                                                                     (END)}

/* The regions less what is reserved in them, in the order of the table. Returns their number, at most
 * soc_get_available_memory_region_max_count(). */
size_t soc_get_available_memory_regions(soc_memory_region_t *regions);
size_t soc_get_available_memory_region_max_count(void);

#ifdef __cplusplus
}
#endif
