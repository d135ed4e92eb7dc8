/* SPDX-License-Identifier: MIT */
/* What memory an address is in, by the chip's table. ESP-IDF's interface. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Addresses of the computer's own, such as those of variables, are in none of the chip's memories.
 * */
bool esp_ptr_internal(const void *ptr);
bool esp_ptr_external_ram(const void *ptr);
bool esp_ptr_byte_accessible(const void *ptr);
bool esp_ptr_word_aligned(const void *ptr);
bool esp_ptr_dma_capable(const void *ptr);
bool esp_ptr_executable(const void *ptr); /* on the data side too, where that is the same memory */
bool esp_ptr_in_dram(const void *ptr);
bool esp_ptr_in_iram(const void *ptr);

#ifdef __cplusplus
}
#endif
