/* SPDX-License-Identifier: MIT */
/* esp_log.h: memory as log lines. */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "esp_log.h"

enum {
    LINE_BYTES = 16
};

/* "01 02 ..." of up to LINE_BYTES bytes. */
static void to_hex(char text[3 * LINE_BYTES + 1], const uint8_t *bytes, size_t count)
{
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(text + 3 * i, 4, "%02x ", bytes[i]);
    }
}

static void to_characters(char text[LINE_BYTES + 1], const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text[i] = isprint(bytes[i]) ? (char)bytes[i] : '.';
    }
    text[count] = '\0';
}

static void log_lines(const char *tag, const void *buffer, size_t bytes, esp_log_level_t level,
                      bool hex, bool characters)
{
    const uint8_t *at = buffer;

    while (bytes > 0) {
        size_t count = bytes < LINE_BYTES ? bytes : LINE_BYTES;
        char numbers[3 * LINE_BYTES + 1];
        char text[LINE_BYTES + 1];

        to_hex(numbers, at, count);
        to_characters(text, at, count);
        if (hex && characters) {
            esp_log_line(level, tag, "%p   %-48s |%s|", (const void *)at, numbers, text);
        } else {
            esp_log_line(level, tag, "%s", hex ? numbers : text);
        }
        at += count;
        bytes -= count;
    }
}

void esp_log_buffer_hex(const char *tag, const void *buffer, uint16_t bytes, esp_log_level_t level)
{
    log_lines(tag, buffer, bytes, level, true, false);
}

void esp_log_buffer_hexdump(const char *tag, const void *buffer, uint16_t bytes,
                            esp_log_level_t level)
{
    log_lines(tag, buffer, bytes, level, true, true);
}

void esp_log_buffer_char(const char *tag, const void *buffer, uint16_t bytes, esp_log_level_t level)
{
    log_lines(tag, buffer, bytes, level, false, true);
}
