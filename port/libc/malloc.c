/* SPDX-License-Identifier: MIT */
/* The C library's malloc and its relatives on a ledgered heap. Compile with -fno-builtin-malloc. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "heapledger_libc.h"

/* Without -fno-builtin-malloc gcc may turn what is inside calloc into a call of calloc. Nothing here invites
 * it to: hl_malloc is no allocator that it knows. The flag is for those who add to this file. */

/* As C has it: a request for nothing gets a block that can be freed. */
static size_t at_least_one(size_t size)
{
    return size != 0 ? size : 1;
}

static void *or_enomem(void *ptr)
{
    if (ptr == NULL) {
        errno = ENOMEM;
    }
    return ptr;
}

void *malloc(size_t size)
{
    return or_enomem(hl_malloc(hl_libc_instance(), at_least_one(size), HL_LIBC_CAPS));
}

void free(void *ptr)
{
    hl_free(hl_libc_instance(), ptr);
}

void *calloc(size_t nmemb, size_t size)
{
    if (nmemb == 0 || size == 0) {
        nmemb = 1;
        size = 1;
    }
    return or_enomem(hl_calloc(hl_libc_instance(), nmemb, size, HL_LIBC_CAPS));
}

/* Of size 0 it frees, and returns NULL: that is no failure. */
void *realloc(void *ptr, size_t size)
{
    if (ptr != NULL && size == 0) {
        free(ptr);
        return NULL;
    }
    return or_enomem(hl_realloc(hl_libc_instance(), ptr, at_least_one(size), HL_LIBC_CAPS));
}

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        errno = EINVAL;
        return NULL;
    }
    return or_enomem(
        hl_aligned_alloc(hl_libc_instance(), alignment, at_least_one(size), HL_LIBC_CAPS));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **memptr, size_t alignment, size_t size);
int posix_memalign(void **memptr, size_t alignment, size_t size)
{
    void *ptr;

    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) {
        return EINVAL;
    }
    ptr = hl_aligned_alloc(hl_libc_instance(), alignment, at_least_one(size), HL_LIBC_CAPS);
    if (ptr == NULL) {
        return ENOMEM;
    }
    *memptr = ptr;
    return 0;
}

size_t malloc_usable_size(void *ptr);
size_t malloc_usable_size(void *ptr)
{
    return ptr != NULL ? hl_usable_size(hl_libc_instance(), ptr) : 0;
}

#if defined(__NEWLIB__) && !defined(__PICOLIBC__)
/* newlib's library calls these, with the record that holds errno for it. */
#include <reent.h>

static void *or_enomem_of(struct _reent *reent, void *ptr)
{
    if (ptr == NULL) {
        reent->_errno = errno;
    }
    return ptr;
}

void *_malloc_r(struct _reent *reent, size_t size)
{
    return or_enomem_of(reent, malloc(size));
}

void _free_r(struct _reent *reent, void *ptr)
{
    (void)reent;
    free(ptr);
}

void *_calloc_r(struct _reent *reent, size_t nmemb, size_t size)
{
    return or_enomem_of(reent, calloc(nmemb, size));
}

void *_realloc_r(struct _reent *reent, void *ptr, size_t size)
{
    void *moved = realloc(ptr, size);

    return size == 0 ? moved : or_enomem_of(reent, moved);
}

void *_memalign_r(struct _reent *reent, size_t alignment, size_t size)
{
    return or_enomem_of(reent, memalign(alignment, size));
}

size_t _malloc_usable_size_r(struct _reent *reent, void *ptr);
size_t _malloc_usable_size_r(struct _reent *reent, void *ptr)
{
    (void)reent;
    return malloc_usable_size(ptr);
}
#endif
