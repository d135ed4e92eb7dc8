/* SPDX-License-Identifier: MIT */
/* Where code and data are placed: on the computer it makes no difference. ESP-IDF's interface. */
#pragma once

#define IRAM_ATTR
#define DRAM_ATTR
#define TCM_IRAM_ATTR
#define TCM_DRAM_ATTR
#define IRAM_8BIT_ACCESSIBLE
#define COREDUMP_DRAM_ATTR
#define COREDUMP_IRAM_DATA_ATTR
#define WORD_ALIGNED_ATTR __attribute__((aligned(4)))
#define PACKED_ATTR       __attribute__((packed))
#define DMA_ATTR          WORD_ALIGNED_ATTR
#define FORCE_INLINE_ATTR static inline __attribute__((always_inline))
#define NOINLINE_ATTR     __attribute__((noinline))
#define EXT_RAM_ATTR
#define EXT_RAM_BSS_ATTR
#define EXT_RAM_NOINIT_ATTR
#define __NOINIT_ATTR
#define RTC_IRAM_ATTR
#define RTC_DATA_ATTR
#define RTC_RODATA_ATTR
#define RTC_SLOW_ATTR
#define RTC_FAST_ATTR
#define RTC_NOINIT_ATTR
#define RTC_FORCE_SLOW_MEM_ATTR
#define FLAG_ATTR(type)
#define _SECTION_ATTR_IMPL(section, number)

#define DRAM_STR(text) (text)
