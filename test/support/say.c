/* SPDX-License-Identifier: MIT */
/* Text without stdio. */
#include "support/say.h"

#include <stdint.h>

static void say_byte(struct say *to, char byte)
{
    if (to->used < sizeof to->text - 1) {
        to->text[to->used++] = byte;
        to->text[to->used] = 0;
    }
}

static void say_text(struct say *to, const char *text)
{
    while (*text != 0) {
        say_byte(to, *text++);
    }
}

static void say_number(struct say *to, uintptr_t value, unsigned base)
{
    char digits[24];
    unsigned count = 0;

    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (count > 0) {
        say_byte(to, digits[--count]);
    }
}

static void say_signed(struct say *to, int value)
{
    if (value < 0) {
        say_byte(to, '-');
    }
    say_number(to, value < 0 ? 0U - (unsigned)value : (unsigned)value, 10);
}

void say_list(struct say *to, const char *format, va_list *list)
{
    for (; *format != 0; format++) {
        if (*format != '%') {
            say_byte(to, *format);
            continue;
        }
        switch (*++format) {
        case 's':
            say_text(to, va_arg(*list, const char *));
            break;
        case 'd':
            say_signed(to, va_arg(*list, int));
            break;
        case 'u':
            say_number(to, va_arg(*list, unsigned), 10);
            break;
        case 'x':
            say_number(to, va_arg(*list, unsigned), 16);
            break;
        case 'p':
            say_text(to, "0x");
            say_number(to, (uintptr_t)va_arg(*list, void *), 16);
            break;
        default:
            say_byte(to, *format);
            break;
        }
    }
}

void say(struct say *to, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    say_list(to, format, &list);
    va_end(list);
}
