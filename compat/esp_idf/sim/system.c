/* SPDX-License-Identifier: MIT */
/* esp_system.h, esp_err.h, esp_random.h, esp_timer.h: small things that programs ask for. */
#include "esp_system.h"

#include <string.h>

#include "esp_heap_caps.h"
#include "esp_random.h"
#include "esp_rom_sys.h"
#include "esp_timer.h"
#include "sim.h"

enum {
    MAX_SHUTDOWN_HANDLERS = 5
};

static shutdown_handler_t handlers[MAX_SHUTDOWN_HANDLERS];

uint32_t esp_get_free_heap_size(void)
{
    return (uint32_t)heap_caps_get_free_size(MALLOC_CAP_DEFAULT);
}

uint32_t esp_get_minimum_free_heap_size(void)
{
    return (uint32_t)heap_caps_get_minimum_free_size(MALLOC_CAP_DEFAULT);
}

uint32_t esp_get_free_internal_heap_size(void)
{
    return (uint32_t)heap_caps_get_free_size(MALLOC_CAP_8BIT | MALLOC_CAP_DMA |
                                             MALLOC_CAP_INTERNAL);
}

esp_err_t esp_register_shutdown_handler(shutdown_handler_t handler)
{
    for (int i = 0; i < MAX_SHUTDOWN_HANDLERS; i++) {
        if (handlers[i] == handler) {
            return ESP_ERR_INVALID_STATE;
        }
        if (handlers[i] == NULL) {
            handlers[i] = handler;
            return ESP_OK;
        }
    }
    return ESP_ERR_NO_MEM;
}

esp_err_t esp_unregister_shutdown_handler(shutdown_handler_t handler)
{
    for (int i = 0; i < MAX_SHUTDOWN_HANDLERS; i++) {
        if (handlers[i] == handler) {
            memmove(&handlers[i], &handlers[i + 1],
                    (size_t)(MAX_SHUTDOWN_HANDLERS - 1 - i) * sizeof(handlers[0]));
            handlers[MAX_SHUTDOWN_HANDLERS - 1] = NULL;
            return ESP_OK;
        }
    }
    return ESP_ERR_INVALID_STATE;
}

void esp_restart(void)
{
    for (int i = MAX_SHUTDOWN_HANDLERS - 1; i >= 0; i--) {
        if (handlers[i] != NULL) {
            handlers[i]();
        }
    }
    (void)fflush(stdout);
    board_say("esp_restart: the program ends");
    sim_exit(BOARD_EXIT_OK);
}

esp_reset_reason_t esp_reset_reason(void)
{
    return ESP_RST_POWERON;
}

void esp_system_abort(const char *details)
{
    sim_fail(BOARD_EXIT_FAILED, "aborted: %s", details);
}

const char *esp_get_idf_version(void)
{
    return "heapledger " SIM_VERSION;
}

const char *esp_err_to_name(esp_err_t code)
{
#define NAME(code)                                                                                 \
    case code:                                                                                     \
        return #code
    switch (code) {
        NAME(ESP_OK);
        NAME(ESP_FAIL);
        NAME(ESP_ERR_NO_MEM);
        NAME(ESP_ERR_INVALID_ARG);
        NAME(ESP_ERR_INVALID_STATE);
        NAME(ESP_ERR_INVALID_SIZE);
        NAME(ESP_ERR_NOT_FOUND);
        NAME(ESP_ERR_NOT_SUPPORTED);
        NAME(ESP_ERR_TIMEOUT);
        NAME(ESP_ERR_INVALID_RESPONSE);
        NAME(ESP_ERR_INVALID_CRC);
        NAME(ESP_ERR_INVALID_VERSION);
        NAME(ESP_ERR_INVALID_MAC);
        NAME(ESP_ERR_NOT_FINISHED);
        NAME(ESP_ERR_NOT_ALLOWED);
    default:
        return "UNKNOWN ERROR";
    }
#undef NAME
}

void esp_error_check_report(esp_err_t code, const char *file, int line, const char *function,
                            const char *expression)
{
    (void)fflush(stdout);
    board_say("%s:%d: %s: '%s' gave 0x%x (%s)", file, line, function, expression, (unsigned)code,
              esp_err_to_name(code));
}

void esp_error_check_failed(esp_err_t code, const char *file, int line, const char *function,
                            const char *expression)
{
    esp_error_check_report(code, file, line, function, expression);
    sim_exit(BOARD_EXIT_FAILED);
}

uint32_t esp_random(void)
{
    return board_random();
}

void esp_fill_random(void *buffer, size_t bytes)
{
    unsigned char *to = buffer;

    while (bytes > 0) {
        uint32_t number = board_random();
        size_t part = bytes < sizeof(number) ? bytes : sizeof(number);

        memcpy(to, &number, part);
        to += part;
        bytes -= part;
    }
}

int64_t esp_timer_get_time(void)
{
    return (int64_t)xTaskGetTickCount() * (1000000 / configTICK_RATE_HZ);
}

void esp_rom_delay_us(uint32_t us)
{
    (void)us;
}
