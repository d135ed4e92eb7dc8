/* SPDX-License-Identifier: MIT */
/* What compilers can be told. */
#ifndef HL_COMPILER_H
#define HL_COMPILER_H

#include "heapledger/config.h"

/* Is speed what counts? Then malloc and free have a short way for what nearly always happens. */
#if defined(__OPTIMIZE_SIZE__)
#define HL_FAST_PATHS 0
#else
#define HL_FAST_PATHS 1
#endif

/* For what is compiled into each caller, whatever is optimised for. */
#if defined(__GNUC__)
#define HL_INTO_CALLER static inline __attribute__((always_inline))
#else
#define HL_INTO_CALLER static inline
#endif

/* For what is compiled into the public functions that every allocation and free goes through. */
#if HL_FAST_PATHS && defined(__OPTIMIZE__)
#define HL_INLINE HL_FN HL_INTO_CALLER
#else
#define HL_INLINE HL_FN static inline
#endif

/* For what such a function leaves to another one: never compiled into it, and called last, so that
 * it needs no registers saved. */
#if defined(__GNUC__)
#define HL_COLD __attribute__((noinline, cold))
#else
#define HL_COLD
#endif

/* What the compiler cannot know. */
#if defined(__GNUC__)
#define HL_ASSUME(condition) ((condition) ? (void)0 : __builtin_unreachable())
#else
#define HL_ASSUME(condition) ((void)0)
#endif

/* What nearly always, or nearly never, is so. */
#if defined(__GNUC__)
#define HL_LIKELY(condition)   __builtin_expect(!!(condition), 1)
#define HL_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#else
#define HL_LIKELY(condition)   (condition)
#define HL_UNLIKELY(condition) (condition)
#endif

#endif
