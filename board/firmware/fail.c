/* SPDX-License-Identifier: MIT */
/* The end of a program that cannot go on: says why, without the C library and in any context. */
#include "machine.h"

void firmware_say(const char *text)
{
    for (; *text != '\0'; text++) {
        machine_put(*text);
    }
}

static void say_number(uint32_t number)
{
    char digits[10];
    unsigned count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (count-- != 0) {
        machine_put(digits[count]);
    }
}

void firmware_fail(const char *what, uint32_t number)
{
    firmware_say(what);
    say_number(number);
    firmware_say("\n");
    machine_exit(1);
}
