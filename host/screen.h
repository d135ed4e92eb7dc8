/* SPDX-License-Identifier: MIT */
/* What output looks like: its width, colours, characters. */
#ifndef HOST_SCREEN_H
#define HOST_SCREEN_H

#include <stdio.h>

#include "options.h"

struct screen {
    FILE *out;
    size_t width;
    bool color;
    bool utf8; /* for bars */
};

enum paint {
    PAINT_PLAIN,
    PAINT_BOLD,
    PAINT_RED,
    PAINT_YELLOW,
    PAINT_GREEN,
    PAINT_DIM,
};

void screen_begin(struct screen *screen, FILE *out, enum color color);

/* Text in a colour, padded with blanks to `width` characters: on the right, or, negative, on the
 * left. Longer text is cut. 0: as it is. */
void screen_put(const struct screen *screen, enum paint paint, int width, const char *text);

/* `part` of `whole` as a bar of `width` characters, padded. */
void screen_bar(const struct screen *screen, size_t width, double part, double whole);

/* Characters of UTF-8. */
size_t screen_length(const char *text);

/* A paragraph that is broken at blanks so that it fits; further lines are indented. */
void screen_wrap(const struct screen *screen, size_t indent, const char *text);

#endif
