/* SPDX-License-Identifier: MIT */
/* The chip's memory on the computer, at the chip's addresses. */
#define _GNU_SOURCE /* glibc's switch, for MAP_FIXED_NOREPLACE and memfd_create */
#include "map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "chip.h"
#include "posix_board.h"

/* LeakSanitizer's, if the program is built with it: memory in which it looks for pointers. */
__attribute__((weak)) void __lsan_register_root_region(const void *start, size_t size);

/* Whole pages of memory, and how far away the instruction bus sees them; 0: nowhere else. */
struct span {
    intptr_t start;
    intptr_t end;
    intptr_t view;
};

static void fail(intptr_t start, size_t size, int error)
{
    if (error == EEXIST) {
        board_fail(
            BOARD_EXIT_SYSTEM,
            "cannot map the memory of %s: the addresses 0x%lx to 0x%lx are taken in this process",
            chip_get()->name, (unsigned long)start, (unsigned long)start + size);
    }
    board_fail(BOARD_EXIT_SYSTEM, "cannot map the memory of %s at 0x%lx to 0x%lx: %s",
               chip_get()->name, (unsigned long)start, (unsigned long)start + size,
               strerror(error));
}

/* `file`: -1 for memory that is seen once. */
static void map(intptr_t start, size_t size, int file)
{
    void *wanted = (void *)start; /* NOLINT(performance-no-int-to-ptr): the chip's address */
    int flags =
        MAP_FIXED_NOREPLACE | MAP_NORESERVE | (file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED);
    void *got = mmap(wanted, size, PROT_READ | PROT_WRITE, flags, file, 0);

    if (got == MAP_FAILED) {
        fail(start, size, errno);
    }
    if (got != wanted) { /* a kernel older than 4.17 does not know the flag */
        fail(start, size, EEXIST);
    }
    if (__lsan_register_root_region != NULL) {
        __lsan_register_root_region(got, size);
    }
}

static void map_span(const struct span *span)
{
    size_t size = (size_t)(span->end - span->start);
    int file;

    if (span->view == 0) {
        map(span->start, size, -1);
        return;
    }
    file = memfd_create("chip", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, (off_t)size) != 0) {
        board_fail(BOARD_EXIT_SYSTEM, "no memory for %s that can be seen twice: %s",
                   chip_get()->name, strerror(errno));
    }
    map(span->start, size, file);
    map(span->start + span->view, size, file);
    (void)close(file);
}

static int by_start(const void *left, const void *right)
{
    const struct span *a = left;
    const struct span *b = right;

    return (a->start > b->start) - (a->start < b->start);
}

/* A region's pages. Where words run backwards on the instruction bus there is no second view. */
static struct span pages_of(const soc_memory_region_t *region, intptr_t page)
{
    struct span span = {.start = region->start & -page};

    span.end = (region->start + (intptr_t)region->size + page - 1) & -page;
    if (region->iram_address != 0 && !chip_get()->diram_inverted) {
        span.view = region->iram_address - region->start;
    }
    return span;
}

/* Puts spans that touch together. Returns their new number. */
static size_t join(struct span *spans, size_t count)
{
    size_t joined = 0;

    qsort(spans, count, sizeof(spans[0]), by_start);
    for (size_t i = 0; i < count; i++) {
        struct span *before = joined > 0 ? &spans[joined - 1] : NULL;

        if (before != NULL && (spans[i].start < before->end ||
                               (spans[i].start == before->end && spans[i].view == before->view))) {
            before->end = spans[i].end > before->end ? spans[i].end : before->end;
        } else {
            spans[joined++] = spans[i];
        }
    }
    return joined;
}

void map_chip(void)
{
    const struct chip *chip = chip_get();
    intptr_t page = (intptr_t)sysconf(_SC_PAGESIZE);
    struct span *spans = calloc(chip->region_count, sizeof(*spans));
    size_t count;

    if (spans == NULL) {
        board_fail(BOARD_EXIT_SYSTEM, "no memory for the map of %s", chip->name);
    }
    for (size_t i = 0; i < chip->region_count; i++) {
        spans[i] = pages_of(&chip->regions[i], page);
    }
    count = join(spans, chip->region_count);
    for (size_t i = 0; i < count; i++) {
        map_span(&spans[i]);
    }
    free(spans);
    if (chip_psram_bytes() != 0) {
        map((intptr_t)chip->psram_start, chip_psram_bytes(), -1);
    }
}
