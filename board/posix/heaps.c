/* SPDX-License-Identifier: MIT */
/* The simulation's memory: two heaps where an ESP32-S3 has them. */
#define _GNU_SOURCE /* glibc's switch, for MAP_FIXED_NOREPLACE */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "posix_board.h"

/*
 * Same addresses, sizes and capabilities as on the chip, so that a report reads like the chip's. The
 * smaller heap follows the larger one without a gap:
 *
 *     0x3fc955c0           0x3fce9710   0x3fceee34
 *     |  344,400 bytes     | 22,308     |
 */
#define LARGE_START 0x3fc955c0UL
#define LARGE_SIZE  344400UL
#define SMALL_START 0x3fce9710UL
#define SMALL_SIZE  22308UL

_Static_assert(LARGE_START + LARGE_SIZE == SMALL_START, "one mapping holds both heaps");

/* Internal memory, for data of any width and for DMA: the bits have the meaning that they have on the
 * chip, and all are of the first priority. */
#define RAM_CAPS 0x0010580eUL

static struct hl_heap_desc heaps[] = {
    {.size = SMALL_SIZE, .name = "RAM", .caps = {RAM_CAPS, 0, 0}}, /* searched first */
    {.size = LARGE_SIZE, .name = "RAM", .caps = {RAM_CAPS, 0, 0}},
};

/* LeakSanitizer's, if the program is built with it: memory in which it looks for pointers. The kernel's
 * port keeps some in the stacks of tasks, which lie in our heaps. */
__attribute__((weak)) void __lsan_register_root_region(const void *start, size_t size);

size_t board_map_heaps(const struct hl_heap_desc **description)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = LARGE_START & ~(page - 1);
    uintptr_t end = (SMALL_START + SMALL_SIZE + page - 1) & ~(page - 1);
    void *wanted = (void *)start;
    void *got = mmap(wanted, end - start, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    /* A kernel older than 4.17 does not know the flag, and maps elsewhere when the place is taken. */
    if (got == MAP_FAILED && errno != EEXIST) {
        board_fail(BOARD_EXIT_SYSTEM, "cannot map the heaps at 0x%lx to 0x%lx: %s",
                   (unsigned long)start, (unsigned long)end, strerror(errno));
    }
    if (got != wanted) {
        board_fail(BOARD_EXIT_SYSTEM,
                   "cannot map the heaps: the addresses 0x%lx to 0x%lx are taken in this process",
                   (unsigned long)start, (unsigned long)end);
    }
    if (__lsan_register_root_region != NULL) {
        __lsan_register_root_region(got, end - start);
    }
    heaps[0].start = (char *)got + (SMALL_START - start);
    heaps[1].start = (char *)got + (LARGE_START - start);
    *description = heaps;
    return sizeof(heaps) / sizeof(heaps[0]);
}
