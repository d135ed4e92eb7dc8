/* SPDX-License-Identifier: MIT */
/* Memory that is there or ends the program, and arrays that grow. */
#include "memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *there(void *memory)
{
    if (memory == NULL) {
        fputs("heapledger: out of memory\n", stderr);
        exit(3);
    }
    return memory;
}

void *memory_new(size_t count, size_t size)
{
    return there(calloc(count > 0 ? count : 1, size));
}

/* Bytes of the UTF-8 character at `s`; 0: it is none. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
    size_t length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

    if (length == 0 || s[0] > 0xf4 || length > left) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) {
        return 0; /* too long a form, a surrogate, or past the last character */
    }
    return length;
}

char *memory_text(const char *text, size_t length)
{
    char *copy = there(malloc(2 * length + 1));
    char *to = copy;

    for (size_t i = 0; i < length;) {
        unsigned char byte = (unsigned char)text[i];
        size_t bytes = utf8_length((const unsigned char *)text + i, length - i);

        if (bytes == 0) {
            *to++ = (char)(0xc0 | byte >> 6);
            *to++ = (char)(0x80 | (byte & 0x3f));
            i++;
            continue;
        }
        memcpy(to, text + i, bytes);
        if (byte < 0x20 || byte == 0x7f) {
            *to = '?';
        }
        to += bytes;
        i += bytes;
    }
    *to = 0;
    return copy;
}

char *memory_copy(const char *string)
{
    return string == NULL ? NULL : there(strdup(string));
}

void *memory_append(void **array, size_t *count, size_t size)
{
    char *item;

    /* The room is the next power of two, so it need not be kept. */
    if ((*count & (*count - 1)) == 0) {
        size_t room = *count == 0 ? 1 : 2 * *count;

        if (room > SIZE_MAX / size) {
            there(NULL);
        }
        *array = there(realloc(*array, room * size));
    }
    item = (char *)*array + *count * size;
    memset(item, 0, size);
    ++*count;
    return item;
}

char *memory_format(const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return there(length < 0 ? NULL : text);
}
