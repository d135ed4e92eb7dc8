/* SPDX-License-Identifier: MIT */
/* Memory of the computer's, straight from its kernel. */
#define _DEFAULT_SOURCE /* glibc's switch, for MAP_ANONYMOUS */
#include "host_memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "posix_board.h"

void *host_memory(size_t bytes)
{
    void *memory = mmap(NULL, bytes != 0 ? bytes : 1, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        board_fail(BOARD_EXIT_SYSTEM, "no memory for a report about the heaps: %s",
                   strerror(errno));
    }
    return memory;
}

void host_memory_free(void *memory, size_t bytes)
{
    (void)munmap(memory, bytes != 0 ? bytes : 1);
}
