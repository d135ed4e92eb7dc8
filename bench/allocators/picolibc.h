/* SPDX-License-Identifier: MIT */
/* The C library's own malloc, and the sbrk under it. */
#include <stdlib.h>

#define BENCH_REALLOC  1
#define BENCH_OVERHEAD 0

extern void *__malloc_free_list, *__malloc_sbrk_start, *__malloc_sbrk_top;
void *sbrk(ptrdiff_t bytes);

static char *brk_now, *brk_end;

static inline void allocator_start(void *pool, size_t bytes)
{
    brk_now = pool;
    brk_end = brk_now + bytes;
#ifndef BENCH_SIZE
    __malloc_free_list = NULL;
    __malloc_sbrk_start = NULL;
    __malloc_sbrk_top = NULL;
#endif
}

void *sbrk(ptrdiff_t bytes)
{
    char *old = brk_now;

    if (bytes > brk_end - brk_now) {
        return (void *)-1;
    }
    brk_now += bytes;
    return old;
}

static inline void *allocator_malloc(size_t size)
{
    return malloc(size);
}

static inline void allocator_free(void *ptr)
{
    free(ptr);
}

static inline void *allocator_realloc(void *ptr, size_t size)
{
    return realloc(ptr, size);
}
