/* SPDX-License-Identifier: MIT */
/* Names of capabilities. */
#ifndef HOST_CAPS_H
#define HOST_CAPS_H

#include <stdbool.h>
#include <stdint.h>

/* `32BIT|8BIT|DMA`. Those of ESP-IDF, if they are: there every heap is INTERNAL or SPIRAM. Else
 * `0x1`. The caller frees it. */
char *caps_names(uint64_t caps);

#endif
