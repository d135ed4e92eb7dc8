/* SPDX-License-Identifier: MIT */
/* The time since start-up. ESP-IDF's interface, without its timers. */
#pragma once

#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Microseconds since the scheduler has started, in steps of a tick. */
int64_t esp_timer_get_time(void);

#ifdef __cplusplus
}
#endif
