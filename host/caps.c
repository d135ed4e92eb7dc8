/* SPDX-License-Identifier: MIT */
/* Names of capabilities. */
#include "caps.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "model.h"

static const struct {
    unsigned bit;
    const char *name;
} names[] = {
    {0, "EXEC"},     {1, "32BIT"},          {2, "8BIT"},          {3, "DMA"},
    {4, "PID2"},     {5, "PID3"},           {6, "PID4"},          {7, "PID5"},
    {8, "PID6"},     {9, "PID7"},           {10, "SPIRAM"},       {11, "INTERNAL"},
    {12, "DEFAULT"}, {13, "IRAM_8BIT"},     {14, "RETENTION"},    {15, "RTCRAM"},
    {16, "SPM"},     {17, "DMA_DESC_AHB"},  {18, "DMA_DESC_AXI"}, {19, "CACHE_ALIGNED"},
    {20, "SIMD"},    {21, "SPIRAM_NO_ENC"}, {31, "INVALID"},
};

char *caps_names(uint64_t caps)
{
    const uint64_t internal_or_spiram = 0xc00;
    char *text;
    size_t length = 0;

    if (caps == UNKNOWN) {
        return memory_copy("?");
    }
    if ((caps & internal_or_spiram) == 0) {
        return memory_format("0x%" PRIx64, caps);
    }
    text = memory_new(512, 1);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((caps >> names[i].bit & 1) != 0) {
            length += (size_t)snprintf(text + length, 512 - length, "%s%s", length > 0 ? "|" : "",
                                       names[i].name);
            caps &= ~(UINT64_C(1) << names[i].bit);
        }
    }
    if (caps != 0) {
        snprintf(text + length, 512 - length, "|0x%" PRIx64, caps);
    }
    return text;
}
