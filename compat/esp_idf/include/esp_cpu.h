/* SPDX-License-Identifier: MIT */
/* The processor: a counter, and which core. ESP-IDF's interface. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t esp_cpu_cycle_count_t;

/* Nanoseconds of the computer's clock, which no two runs have alike: good for measuring, for
 * nothing else. */
esp_cpu_cycle_count_t esp_cpu_get_cycle_count(void);

/* As xPortGetCoreID(). */
int esp_cpu_get_core_id(void);

#ifdef __cplusplus
}
#endif
