/* SPDX-License-Identifier: MIT */
/* Leaving a function when something went wrong, with a log line that says where. ESP-IDF's
 * interface. */
#pragma once

#include "esp_err.h"
#include "esp_log.h"

#define ESP_CHECK_SAY(tag, format, ...)                                                            \
    ESP_LOGE(tag, "%s(%d): " format, __func__, __LINE__, ##__VA_ARGS__)

#define ESP_RETURN_ON_ERROR(x, tag, format, ...)                                                   \
    do {                                                                                           \
        esp_err_t esp_check_code = (x);                                                            \
        if (esp_check_code != ESP_OK) {                                                            \
            ESP_CHECK_SAY(tag, format, ##__VA_ARGS__);                                             \
            return esp_check_code;                                                                 \
        }                                                                                          \
    } while (0)

#define ESP_RETURN_VOID_ON_ERROR(x, tag, format, ...)                                              \
    do {                                                                                           \
        if ((x) != ESP_OK) {                                                                       \
            ESP_CHECK_SAY(tag, format, ##__VA_ARGS__);                                             \
            return;                                                                                \
        }                                                                                          \
    } while (0)

#define ESP_RETURN_ON_FALSE(condition, code, tag, format, ...)                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ESP_CHECK_SAY(tag, format, ##__VA_ARGS__);                                             \
            return (code);                                                                         \
        }                                                                                          \
    } while (0)

#define ESP_RETURN_VOID_ON_FALSE(condition, tag, format, ...)                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ESP_CHECK_SAY(tag, format, ##__VA_ARGS__);                                             \
            return;                                                                                \
        }                                                                                          \
    } while (0)

/* These two set the caller's variable `ret`. */
#define ESP_GOTO_ON_ERROR(x, label, tag, format, ...)                                              \
    do {                                                                                           \
        esp_err_t esp_check_code = (x);                                                            \
        if (esp_check_code != ESP_OK) {                                                            \
            ESP_CHECK_SAY(tag, format, ##__VA_ARGS__);                                             \
            ret = esp_check_code;                                                                  \
            goto label;                                                                            \
        }                                                                                          \
    } while (0)

#define ESP_GOTO_ON_FALSE(condition, code, label, tag, format, ...)                                \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ESP_CHECK_SAY(tag, format, ##__VA_ARGS__);                                             \
            ret = (code);                                                                          \
            goto label;                                                                            \
        }                                                                                          \
    } while (0)
