/* SPDX-License-Identifier: MIT */
/* umm_malloc has 15-bit block numbers: a large pool needs larger blocks. */
#if BENCH_POOL_BYTES > 0x40000
#define UMM_BLOCK_BODY_SIZE (BENCH_POOL_BYTES / 0x8000)
#endif
#define UMM_BEST_FIT

#include "hold.h"

#define UMM_CRITICAL_ENTRY(tag) hold_begin()
#define UMM_CRITICAL_EXIT(tag)  hold_end()
