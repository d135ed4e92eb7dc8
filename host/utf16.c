/* SPDX-License-Identifier: MIT */
/* Logs in UTF-16 as UTF-8. */
#include "utf16.h"

bool utf16_begins(const char *bytes, size_t count)
{
    return count >= 2 && (unsigned char)bytes[0] == 0xff && (unsigned char)bytes[1] == 0xfe;
}

static size_t put(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xc0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xe0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3f));
        to[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3f));
    to[2] = (char)(0x80 | (code >> 6 & 0x3f));
    to[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

static size_t put_unit(struct utf16 *utf16, uint32_t unit, char *to)
{
    uint32_t high = utf16->high;

    utf16->high = 0;
    if (unit >= 0xd800 && unit < 0xdc00) {
        utf16->high = unit;
        return 0;
    }
    if (unit >= 0xdc00 && unit < 0xe000) { /* alone, it is none */
        return put(to, high != 0 ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : 0xfffd);
    }
    return unit == 0xfeff ? 0 : put(to, unit);
}

size_t utf16_convert(struct utf16 *utf16, const char *bytes, size_t count, char *to)
{
    size_t written = 0;

    for (size_t i = 0; i < count; i++) {
        if (!utf16->half) {
            utf16->low = (unsigned char)bytes[i];
        } else {
            uint32_t unit = (uint32_t)((unsigned char)bytes[i] << 8 | utf16->low);

            written += put_unit(utf16, unit, to + written);
        }
        utf16->half = !utf16->half;
    }
    return written;
}
