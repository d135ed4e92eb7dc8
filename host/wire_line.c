/* SPDX-License-Identifier: MIT */
/* One line of the wire format, found in whatever surrounds it. */
#include "wire_line.h"

#include <string.h>

#include "model.h"
#include "scan.h"

enum {
    LONGEST = 200, /* with its line end */
};

uint32_t wire_line_crc(const char *text, const char *end)
{
    static uint32_t table[256];
    uint32_t crc = UINT32_MAX;

    for (uint32_t i = 0; table[255] == 0 && i < 256; i++) {
        uint32_t entry = i;

        for (int bit = 0; bit < 8; bit++) {
            entry = entry >> 1 ^ ((entry & 1) != 0 ? UINT32_C(0xedb88320) : 0);
        }
        table[i] = entry;
    }
    for (; text < end; text++) {
        crc = crc >> 8 ^ table[(crc ^ (unsigned char)*text) & 255];
    }
    return ~crc;
}

/* `{json}`: NULL: it is not whole. */
static const char *end_of_object(const char *text, const char *end)
{
    if (text == end || *text != '{') {
        return NULL;
    }
    for (text++; text < end; text++) {
        if (*text == '}') {
            return text + 1;
        }
        if (*text == '{' || *text == '@') {
            return NULL;
        }
    }
    return NULL;
}

/* Eight lower-case digits. */
static bool read_crc(const char *text, const char *end, uint32_t *crc)
{
    static const char digits[] = "0123456789abcdef";

    *crc = 0;
    if (end - text < 9 || *text != ' ') {
        return false;
    }
    for (int i = 1; i <= 8; i++) {
        const char *digit = text[i] != 0 ? strchr(digits, text[i]) : NULL;

        if (digit == NULL) {
            return false;
        }
        *crc = *crc << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

uint64_t wire_line_number(const json_t *value)
{
    double real = json_is_real(value) ? json_real_value(value) : -1;

    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        return (uint64_t)json_integer_value(value);
    }
    return real >= 0 && real <= 9007199254740992.0 && real == (double)(uint64_t)real
               ? (uint64_t)real
               : UNKNOWN;
}

static bool read_place(struct wire_line *line)
{
    void *first = json_object_iter(line->fields);
    const json_t *place = first != NULL ? json_object_iter_value(first) : NULL;
    uint64_t *const to[] = {&line->boot, &line->number, &line->index};

    if (!json_is_array(place) || json_array_size(place) != 3) {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        *to[i] = wire_line_number(json_array_get(place, i));
        if (*to[i] > UINT32_MAX) {
            return false;
        }
    }
    line->type = json_object_iter_key(first);
    return true;
}

static const char *read_object(const char *text, const char *end, struct wire_line *line)
{
    json_error_t error;

    line->fields = json_loadb(text, (size_t)(end - text), JSON_REJECT_DUPLICATES, &error);
    if (line->fields == NULL) { /* the size of a foreign heap may need all of 64 bits */
        line->fields = json_loadb(text, (size_t)(end - text),
                                  JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    }
    if (line->fields == NULL) {
        return "a line of the wire format is no JSON";
    }
    if (!read_place(line)) {
        json_decref(line->fields);
        return "a line of the wire format does not say where it belongs";
    }
    return NULL;
}

int wire_line_next(const char **at, const char *end, struct wire_line *line, const char **why)
{
    const char *mark = scan_find(*at, end, "@HL1 ");
    const char *object, *behind;

    if (mark == NULL) {
        *at = end;
        return 0;
    }
    object = mark + 5;
    behind = end_of_object(object, end);
    *at = object;
    *why = "a line of the wire format is cut, or other text is in it";
    if (behind == NULL || !read_crc(behind, end, &line->crc)) {
        return -1;
    }
    *at = behind + 9;
    *why = "the check sum of a line of the wire format is wrong";
    if (wire_line_crc(object, behind) != line->crc) {
        return -1;
    }
    *why = "a line of the wire format is longer than 200 bytes";
    if (*at - mark + 1 > LONGEST) {
        return -1;
    }
    *why = read_object(object, behind, line);
    return *why == NULL ? 1 : -1;
}
