/* SPDX-License-Identifier: MIT */
/* What the chip's ROM gives: printing. ESP-IDF's interface. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As printf. */
int esp_rom_printf(const char *format, ...);

/* Returns at once: time passes when every task waits, and only then. */
void esp_rom_delay_us(uint32_t us);

#define ets_printf esp_rom_printf

#ifdef __cplusplus
}
#endif
