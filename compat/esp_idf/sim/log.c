/* SPDX-License-Identifier: MIT */
/* esp_log.h: which lines are printed, and how they look. */
#include "esp_log.h"

#include <string.h>

#include "esp_rom_sys.h"
#include "sim.h"

enum {
    MAX_TAGS = 32,
    TAG_BYTES = 32,
};

static esp_log_level_t level_of_all = (esp_log_level_t)CONFIG_LOG_DEFAULT_LEVEL;
static struct {
    char tag[TAG_BYTES];
    esp_log_level_t level;
} levels[MAX_TAGS];
static size_t level_count;
static vprintf_like_t print = vprintf;

static bool same_tag(size_t i, const char *tag)
{
    return strncmp(levels[i].tag, tag, TAG_BYTES - 1) == 0;
}

void esp_log_level_set(const char *tag, esp_log_level_t level)
{
    size_t i = 0;

    if (strcmp(tag, "*") == 0) {
        level_of_all = level;
        level_count = 0;
        return;
    }
    while (i < level_count && !same_tag(i, tag)) {
        i++;
    }
    if (i == MAX_TAGS) {
        return;
    }
    if (i == level_count) {
        (void)snprintf(levels[i].tag, TAG_BYTES, "%s", tag);
        level_count++;
    }
    levels[i].level = level;
}

esp_log_level_t esp_log_level_get(const char *tag)
{
    for (size_t i = 0; tag != NULL && i < level_count; i++) {
        if (same_tag(i, tag)) {
            return levels[i].level;
        }
    }
    return level_of_all;
}

vprintf_like_t esp_log_set_vprintf(vprintf_like_t function)
{
    vprintf_like_t before = print;

    print = function;
    return before;
}

uint32_t esp_log_timestamp(void)
{
    return board_uptime_ms();
}

uint32_t esp_log_early_timestamp(void)
{
    return board_uptime_ms();
}

static void print_parts(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)print(format, arguments);
    va_end(arguments);
}

void esp_log_writev(esp_log_level_t level, const char *tag, const char *format, va_list arguments)
{
    if (level == ESP_LOG_NONE || level > esp_log_level_get(tag)) {
        return;
    }
    sim_console_enter();
    (void)print(format, arguments);
    sim_console_leave();
}

void esp_log_write(esp_log_level_t level, const char *tag, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    esp_log_writev(level, tag, format, arguments);
    va_end(arguments);
}

static const char *color_of(esp_log_level_t level)
{
#ifdef CONFIG_LOG_COLORS
    static const char *const colors[] = {"", "\033[0;31m", "\033[0;33m", "\033[0;32m", "", ""};

    return colors[level];
#else
    (void)level;
    return "";
#endif
}

void esp_log_line(esp_log_level_t level, const char *tag, const char *format, ...)
{
    static const char letters[] = "NEWIDV";
    const char *color = color_of(level);
    va_list arguments;

    if (level == ESP_LOG_NONE || level > esp_log_level_get(tag)) {
        return;
    }
    va_start(arguments, format);
    sim_console_enter();
    print_parts("%s%c (%lu) %s: ", color, letters[level], (unsigned long)esp_log_timestamp(), tag);
    (void)print(format, arguments);
    print_parts("%s\n", color[0] != '\0' ? "\033[0m" : "");
    sim_console_leave();
    va_end(arguments);
}

int esp_rom_printf(const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    sim_console_enter();
    length = vprintf(format, arguments);
    sim_console_leave();
    va_end(arguments);
    return length;
}
