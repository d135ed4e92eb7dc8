/* SPDX-License-Identifier: MIT */
/* The system: memory left, restart. ESP-IDF's interface. */
#pragma once

#include <stdint.h>

#include "esp_attr.h"
#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ESP_RST_UNKNOWN,
    ESP_RST_POWERON,
    ESP_RST_EXT,
    ESP_RST_SW,
    ESP_RST_PANIC,
} esp_reset_reason_t;

typedef void (*shutdown_handler_t)(void);

/* Free bytes of the heaps with MALLOC_CAP_DEFAULT; the least that there ever were; and those of
 * them in internal memory. */
uint32_t esp_get_free_heap_size(void);
uint32_t esp_get_minimum_free_heap_size(void);
uint32_t esp_get_free_internal_heap_size(void);

/* Runs the shutdown handlers, the last first, and ends the program with exit code 0: there is
 * nothing to start anew. */
__attribute__((noreturn)) void esp_restart(void);

/* At most 5. ESP_ERR_INVALID_STATE: it is there already, or is not; ESP_ERR_NO_MEM: there are 5. */
esp_err_t esp_register_shutdown_handler(shutdown_handler_t handler);
esp_err_t esp_unregister_shutdown_handler(shutdown_handler_t handler);

/* Always ESP_RST_POWERON. */
esp_reset_reason_t esp_reset_reason(void);

/* Says why, and ends the program with exit code 1. */
__attribute__((noreturn)) void esp_system_abort(const char *details);

/* "heapledger VERSION": there is no ESP-IDF underneath. */
const char *esp_get_idf_version(void);

#ifdef __cplusplus
}
#endif
