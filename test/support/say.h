/* SPDX-License-Identifier: MIT */
/* Text without stdio: what the model tests say, on a computer or on a bare machine. */
#ifndef TEST_SAY_H
#define TEST_SAY_H

#include <stdarg.h>
#include <stddef.h>

/* Text of bounded length; what does not fit is cut. Always ends with 0. */
struct say {
    size_t used;
    char text[1000];
};

/* Appends. Knows %s, %d, %u, %x (32 bits), %p (in hexadecimal) and %%. */
void say(struct say *to, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
void say_list(struct say *to, const char *format, va_list *list);

static inline void say_nothing(struct say *to)
{
    to->used = 0;
    to->text[0] = 0;
}

#endif
