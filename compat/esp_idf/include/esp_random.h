/* SPDX-License-Identifier: MIT */
/* Random numbers: from a seeded generator, --seed. ESP-IDF's interface. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The next number of the generator. Good enough to vary a program; not for secrets. */
uint32_t esp_random(void);

/* Fills memory with numbers of the generator. */
void esp_fill_random(void *buffer, size_t bytes);

#ifdef __cplusplus
}
#endif
