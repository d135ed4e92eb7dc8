/* SPDX-License-Identifier: MIT */
/* Is there PSRAM, and how much? ESP-IDF's interface. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The start-up code has done it already. ESP_ERR_INVALID_STATE: there is PSRAM, and it is in use;
 * ESP_ERR_NOT_FOUND: the run was started without --psram. */
esp_err_t esp_psram_init(void);

/* Was the run started with --psram SIZE, and with how many bytes? */
bool esp_psram_is_initialized(void);
size_t esp_psram_get_size(void);

#ifdef __cplusplus
}
#endif
