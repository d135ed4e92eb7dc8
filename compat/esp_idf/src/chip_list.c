/* SPDX-License-Identifier: MIT */
/* The list of chips that --list-chips prints. */
#include "chip.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"

/* The heaps that the chip starts with. Returns their number; *heaps is the caller's to free. */
static size_t heaps_of(const struct chip *chip, soc_memory_region_t **heaps)
{
    soc_reserved_region_t *reserved = malloc(chip->reserved_count * sizeof(*reserved));
    size_t count = 0;

    *heaps = malloc((chip->region_count + chip->reserved_count) * sizeof(**heaps));
    if (reserved != NULL && *heaps != NULL) {
        memcpy(reserved, chip->reserved, chip->reserved_count * sizeof(*reserved));
        (void)layout_sort(reserved, chip->reserved_count);
        count = layout_cut(chip->regions, chip->region_count, reserved, chip->reserved_count,
                           chip->diram_inverted, *heaps);
        count = layout_merge(*heaps, count, chip->diram_inverted);
    }
    free(reserved);
    return count;
}

static void print_chip(FILE *stream, const struct chip *chip)
{
    soc_memory_region_t *heaps;
    size_t count = heaps_of(chip, &heaps);
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        bytes += heaps[i].size;
    }
    fprintf(stream, "%-9s %u core%s  %zu heaps, %zu bytes", chip->name, chip->cores,
            chip->cores == 1 ? ", " : "s,", count, bytes);
    if (chip->psram_window != 0) {
        fprintf(stream, "; PSRAM up to %" PRIu32 " KiB", chip->psram_window / 1024);
    }
    fprintf(stream, "%s\n", strcmp(chip->support, "preview") == 0 ? "; preview" : "");
    for (size_t i = 0; i < count; i++) {
        fprintf(stream, "    0x%08lx %8zu  %s%s\n", (unsigned long)heaps[i].start, heaps[i].size,
                chip->types[heaps[i].type].name,
                heaps[i].startup_stack ? "  (from app_main on)" : "");
    }
    free(heaps);
}

void chip_print_list(FILE *stream)
{
    for (size_t i = 0; i < chip_count; i++) {
        print_chip(stream, &chips[i]);
    }
}
