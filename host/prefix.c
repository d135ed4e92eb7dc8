/* SPDX-License-Identifier: MIT */
/* What loggers put before a line. */
#include "prefix.h"

#include <stdbool.h>
#include <string.h>

#include "scan.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

void prefix_learn(struct prefix *prefix, const char *text, const char *end)
{
    char *shape = prefix->shapes[prefix->count < PREFIX_SHAPES ? prefix->count : PREFIX_SHAPES - 1];
    char made[PREFIX_LENGTH];
    size_t length = 0;

    for (const char *s = text; s < end; s++) {
        if (length > 0 &&
            ((is_digit(*s) && made[length - 1] == '0') || (*s == ' ' && made[length - 1] == ' '))) {
            continue;
        }
        if (length + 1 == PREFIX_LENGTH) {
            return; /* not a prefix that we could use */
        }
        made[length] = *s;
        if (is_digit(*s)) {
            made[length] = '0';
        }
        length++;
    }
    made[length] = 0;
    for (size_t i = 0; i < prefix->count; i++) {
        if (strcmp(prefix->shapes[i], made) == 0) {
            return;
        }
    }
    memcpy(shape, made, length + 1);
    prefix->count += prefix->count < PREFIX_SHAPES;
}

/* Text of that shape is taken from the front, or ok becomes false. */
static void skip_shape(struct scan *scan, const char *shape)
{
    for (; scan->ok && *shape != 0; shape++) {
        const char *begin = scan->at;

        while (scan->at < scan->end &&
               (*shape == '0' ? is_digit(*scan->at) : *scan->at == *shape) &&
               (scan->at == begin || *shape == '0' || *shape == ' ')) {
            scan->at++;
        }
        scan->ok = scan->at > begin;
    }
}

/* `[...] `, a date, a time, a number: as many as there are. */
static const char *skip_stamps(const char *text, const char *end)
{
    const char *at = text;

    while (at < end) {
        const char *word = at;

        if (*at == '[' || *at == '(') {
            at = memchr(at, *at == '[' ? ']' : ')', (size_t)(end - at));
            if (at == NULL) {
                return word;
            }
            at++;
        } else {
            while (at < end && (is_digit(*at) || strchr("-:.,TZ+", *at) != NULL)) {
                at++;
            }
            if (at == word || !is_digit(*word) || at == end || *at != ' ') {
                return word;
            }
        }
        while (at < end && strchr(" \t>|:-", *at) != NULL && *at != 0) {
            at++;
        }
    }
    return text;
}

const char *prefix_skip(const struct prefix *prefix, const char *text, const char *end)
{
    bool bare = false;

    if (prefix->count == 0) {
        return skip_stamps(text, end);
    }
    for (size_t i = 0; i < prefix->count; i++) {
        struct scan scan = scan_from(text, (size_t)(end - text));

        skip_shape(&scan, prefix->shapes[i]);
        if (scan.ok && prefix->shapes[i][0] != 0) {
            return scan.at;
        }
        bare = bare || prefix->shapes[i][0] == 0;
    }
    return bare ? text : NULL;
}

const char *prefix_blanks(const char *text, const char *end)
{
    while (end > text && end[-1] == ' ') {
        end--;
    }
    return end;
}
