/* SPDX-License-Identifier: MIT */
/* Error codes. ESP-IDF's interface. */
#pragma once

#include <assert.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int esp_err_t;

#define ESP_OK   0
#define ESP_FAIL (-1)

#define ESP_ERR_NO_MEM           0x101
#define ESP_ERR_INVALID_ARG      0x102
#define ESP_ERR_INVALID_STATE    0x103
#define ESP_ERR_INVALID_SIZE     0x104
#define ESP_ERR_NOT_FOUND        0x105
#define ESP_ERR_NOT_SUPPORTED    0x106
#define ESP_ERR_TIMEOUT          0x107
#define ESP_ERR_INVALID_RESPONSE 0x108
#define ESP_ERR_INVALID_CRC      0x109
#define ESP_ERR_INVALID_VERSION  0x10A
#define ESP_ERR_INVALID_MAC      0x10B
#define ESP_ERR_NOT_FINISHED     0x10C
#define ESP_ERR_NOT_ALLOWED      0x10D

/* The name of a code above, or "UNKNOWN ERROR". */
const char *esp_err_to_name(esp_err_t code);

/* Says which expression gave which error; esp_error_check_failed ends the program with exit code 1.
 * */
void esp_error_check_report(esp_err_t code, const char *file, int line, const char *function,
                            const char *expression);
__attribute__((noreturn)) void esp_error_check_failed(esp_err_t code, const char *file, int line,
                                                      const char *function, const char *expression);

#define ESP_ERROR_CHECK(x)                                                                         \
    do {                                                                                           \
        esp_err_t esp_error_code = (x);                                                            \
        if (esp_error_code != ESP_OK) {                                                            \
            esp_error_check_failed(esp_error_code, __FILE__, __LINE__, __func__, #x);              \
        }                                                                                          \
    } while (0)

#define ESP_ERROR_CHECK_WITHOUT_ABORT(x)                                                           \
    ({                                                                                             \
        esp_err_t esp_error_code = (x);                                                            \
        if (esp_error_code != ESP_OK) {                                                            \
            esp_error_check_report(esp_error_code, __FILE__, __LINE__, __func__, #x);              \
        }                                                                                          \
        esp_error_code;                                                                            \
    })

#ifdef __cplusplus
}
#endif
