/* SPDX-License-Identifier: MIT */
/* The formats that heapledger reads. */
#include "reader.h"

const struct reader *const readers[] = {
    &reader_wire,     &reader_text, &reader_esp_detailed, &reader_esp_overview, &reader_esp_heaps,
    &reader_esp_dump, NULL,
};
