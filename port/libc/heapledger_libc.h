/* SPDX-License-Identifier: MIT */
/* The C library's malloc on a ledgered heap: what the program that uses port/libc must give. */
#ifndef HEAPLEDGER_LIBC_H
#define HEAPLEDGER_LIBC_H

#include "heapledger/heapledger.h"

#ifdef __has_include
#if __has_include("heapledger_freertos.h")
#include "heapledger_freertos.h"
#define HL_LIBC_ON_FREERTOS
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Add port/libc/malloc.c to your program: malloc, free, calloc, realloc, aligned_alloc, memalign and
 * posix_memalign then take from the instance below, and with them printf, C++'s new, and whatever else
 * allocates through the C library. Made for picolibc and newlib (its _malloc_r and relatives too). errno
 * is ENOMEM where memory runs out. Where: everywhere, as hl_malloc. Bound: as hl_malloc.
 *
 * For C++ add port/libc/new.cpp, beside malloc.c or without it: operator new and delete in all their forms,
 * straight from the instance. Where memory runs out they ask the new-handler, and then throw
 * std::bad_alloc, or call abort() in a build without exceptions; the nothrow forms return a null pointer.
 *
 * malloc.c is not for hosted systems, whose C library allocates before any instance is there.
 */

/* The instance. With FreeRTOS (heapledger_freertos.h on the include path) that of pvPortMalloc, and there
 * is nothing to do; otherwise the program defines this function. Called by each allocation, also before
 * main() by constructors of C++: so set the instance up on the first call. */
#ifdef HL_LIBC_ON_FREERTOS
static inline struct hl *hl_libc_instance(void)
{
    return hl_freertos_instance();
}
#else
struct hl *hl_libc_instance(void);
#endif

/* What malloc asks for. */
#ifndef HL_LIBC_CAPS
#ifdef HL_FREERTOS_CAPS
#define HL_LIBC_CAPS HL_FREERTOS_CAPS
#else
#define HL_LIBC_CAPS 1
#endif
#endif

#ifdef __cplusplus
}
#endif

#endif
