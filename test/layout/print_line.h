/* SPDX-License-Identifier: MIT */
/* Where a test program that runs on any machine prints: one line. Bare metal brings its own. */
#ifndef PRINT_LINE_H
#define PRINT_LINE_H

#include <stdio.h>

static inline void print_line(const char *line)
{
    puts(line);
}

#endif
