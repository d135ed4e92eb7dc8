/* SPDX-License-Identifier: MIT */
/* What output looks like: its width, colours, characters. */
#include "screen.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    WIDTH = 100, /* when it is not known */
    WIDTH_LEAST = 40,
};

static size_t find_width(FILE *out)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    long width = columns != NULL ? strtol(columns, NULL, 10) : 0;

    if (width <= 0 && ioctl(fileno(out), TIOCGWINSZ, &size) == 0) {
        width = size.ws_col;
    }
    if (width <= 0 || width > 1000) {
        return WIDTH;
    }
    return width < WIDTH_LEAST ? WIDTH_LEAST : (size_t)width;
}

void screen_begin(struct screen *screen, FILE *out, enum color color)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    screen->out = out;
    screen->width = find_width(out);
    screen->utf8 = !isatty(fileno(out)) || strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    screen->color = color == COLOR_ALWAYS ||
                    (color == COLOR_AUTO && (no_color == NULL || *no_color == 0) &&
                     isatty(fileno(out)) && (terminal == NULL || strcmp(terminal, "dumb") != 0));
}

static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

size_t screen_length(const char *text)
{
    size_t length = 0;

    for (; *text != 0; text++) {
        length += !continues(*text);
    }
    return length;
}

/* Bytes of the first `characters`. */
static size_t bytes_of(const char *text, size_t characters)
{
    const char *at = text;

    while (*at != 0 && (characters > 0 || continues(*at))) {
        characters -= !continues(*at);
        at++;
    }
    return (size_t)(at - text);
}

static void blanks(const struct screen *screen, size_t count)
{
    fprintf(screen->out, "%*s", (int)count, "");
}

void screen_put(const struct screen *screen, enum paint paint, int width, const char *text)
{
    static const char *const codes[] = {"",         "\033[1m",  "\033[31m",
                                        "\033[33m", "\033[32m", "\033[2m"};
    size_t room = (size_t)abs(width), length = screen_length(text);
    size_t shown = width != 0 && length > room ? room : length;
    bool color = screen->color && paint != PAINT_PLAIN;

    if (width < 0) {
        blanks(screen, room - shown);
    }
    if (color) {
        fputs(codes[paint], screen->out);
    }
    if (shown < length) {
        fprintf(screen->out, "%.*s~", (int)bytes_of(text, shown - 1), text);
    } else {
        fputs(text, screen->out);
    }
    if (color) {
        fputs("\033[0m", screen->out);
    }
    if (width > 0) {
        blanks(screen, room - shown);
    }
}

void screen_bar(const struct screen *screen, size_t width, double part, double whole)
{
    size_t full = whole > 0 ? (size_t)(part / whole * (double)width + 0.5) : 0;

    full = full > width ? width : full;
    full = full == 0 && part > 0 ? 1 : full;
    for (size_t i = 0; i < full; i++) {
        fputs(screen->utf8 ? "\xe2\x96\x88" : "#", screen->out);
    }
    blanks(screen, width - full);
}

void screen_wrap(const struct screen *screen, size_t indent, const char *text)
{
    size_t column = 0;
    bool first = true; /* word of the paragraph */

    while (*text != 0) {
        size_t bytes = strcspn(text, " ");
        char word[256];
        size_t length;

        bytes = bytes < sizeof(word) ? bytes : sizeof(word) - 1;
        memcpy(word, text, bytes);
        word[bytes] = 0;
        length = screen_length(word);
        if (!first && column + 1 + length > screen->width) {
            fputc('\n', screen->out);
            blanks(screen, indent);
            column = indent;
        } else if (!first) {
            fputc(' ', screen->out);
            column++;
        }
        first = false;
        fputs(word, screen->out);
        column += length;
        text += bytes;
        text += *text == ' ';
    }
    fputc('\n', screen->out);
}
