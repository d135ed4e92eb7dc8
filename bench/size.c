/* SPDX-License-Identifier: MIT */
/* A program that needs init, malloc and free, and no more: linked for its size. */
#include <stddef.h>
#include <stdint.h>

#define BENCH_SIZE
#include BENCH_ALLOCATOR

static _Alignas(16) char pool[64];
void *volatile sink;

_Noreturn void _exit(int code);

_Noreturn void _exit(int code)
{
    (void)code;
    for (;;) {
    }
}

int main(void)
{
    allocator_start(pool, sizeof(pool));
    sink = allocator_malloc(8);
    allocator_free(sink);
    return 0;
}
