/* SPDX-License-Identifier: MIT */
/* Log lines, to standard output, with the simulation's time. ESP-IDF's interface. */
#pragma once

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "sdkconfig.h"

#include "esp_attr.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ESP_LOG_NONE = 0,
    ESP_LOG_ERROR = 1,
    ESP_LOG_WARN = 2,
    ESP_LOG_INFO = 3,
    ESP_LOG_DEBUG = 4,
    ESP_LOG_VERBOSE = 5,
    ESP_LOG_MAX = 6,
} esp_log_level_t;

typedef int (*vprintf_like_t)(const char *format, va_list arguments);

/* The least important level that is compiled. */
#ifndef LOG_LOCAL_LEVEL
#define LOG_LOCAL_LEVEL CONFIG_LOG_MAXIMUM_LEVEL
#endif

/* What is printed of a tag's lines; "*": of all, those set before forgotten. Up to 32 tags have a
 * level of their own; further ones keep that of all. */
void esp_log_level_set(const char *tag, esp_log_level_t level);
esp_log_level_t esp_log_level_get(const char *tag);

/* Sends all lines elsewhere; returns what they went to before. */
vprintf_like_t esp_log_set_vprintf(vprintf_like_t function);

/* Milliseconds since the scheduler has started; 0 before. */
uint32_t esp_log_timestamp(void);
uint32_t esp_log_early_timestamp(void);

/* Prints as it is, without a line end of its own, if the level is one that is printed. */
void esp_log_write(esp_log_level_t level, const char *tag, const char *format, ...);
void esp_log_writev(esp_log_level_t level, const char *tag, const char *format, va_list arguments);

/* Prints one line: letter, time, tag, message. */
void esp_log_line(esp_log_level_t level, const char *tag, const char *format, ...);

#define ESP_LOG_LEVEL(level, tag, format, ...) esp_log_line((level), (tag), (format), ##__VA_ARGS__)
#define ESP_LOG_LEVEL_LOCAL(level, tag, format, ...)                                               \
    do {                                                                                           \
        if (LOG_LOCAL_LEVEL >= (level)) {                                                          \
            ESP_LOG_LEVEL((level), tag, format, ##__VA_ARGS__);                                    \
        }                                                                                          \
    } while (0)

#define ESP_LOGE(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_ERROR, tag, format, ##__VA_ARGS__)
#define ESP_LOGW(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_WARN, tag, format, ##__VA_ARGS__)
#define ESP_LOGI(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_INFO, tag, format, ##__VA_ARGS__)
#define ESP_LOGD(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_DEBUG, tag, format, ##__VA_ARGS__)
#define ESP_LOGV(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_VERBOSE, tag, format, ##__VA_ARGS__)

/* Memory as lines of 16 bytes: hexadecimal; with addresses and characters; or as characters only.
 * */
void esp_log_buffer_hex(const char *tag, const void *buffer, uint16_t bytes, esp_log_level_t level);
void esp_log_buffer_hexdump(const char *tag, const void *buffer, uint16_t bytes,
                            esp_log_level_t level);
void esp_log_buffer_char(const char *tag, const void *buffer, uint16_t bytes,
                         esp_log_level_t level);

#define ESP_LOG_BUFFER_HEX_LEVEL               esp_log_buffer_hex
#define ESP_LOG_BUFFER_HEXDUMP                 esp_log_buffer_hexdump
#define ESP_LOG_BUFFER_CHAR_LEVEL              esp_log_buffer_char
#define ESP_LOG_BUFFER_HEX(tag, buffer, bytes) esp_log_buffer_hex(tag, buffer, bytes, ESP_LOG_INFO)
#define ESP_LOG_BUFFER_CHAR(tag, buffer, bytes)                                                    \
    esp_log_buffer_char(tag, buffer, bytes, ESP_LOG_INFO)

/* Forms for places where the others do not work on the chip. */
#define ESP_EARLY_LOGE ESP_LOGE
#define ESP_EARLY_LOGW ESP_LOGW
#define ESP_EARLY_LOGI ESP_LOGI
#define ESP_EARLY_LOGD ESP_LOGD
#define ESP_EARLY_LOGV ESP_LOGV
#define ESP_DRAM_LOGE  ESP_LOGE
#define ESP_DRAM_LOGW  ESP_LOGW
#define ESP_DRAM_LOGI  ESP_LOGI
#define ESP_DRAM_LOGD  ESP_LOGD
#define ESP_DRAM_LOGV  ESP_LOGV

#ifdef __cplusplus
}
#endif
