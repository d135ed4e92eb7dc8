/* SPDX-License-Identifier: MIT */
/* Rows of figures as short strings. */
#include "report_pack.h"

#include <stdlib.h>

#include "memory.h"
#include "model.h"

static void put(struct pack *pack, char byte)
{
    if (pack->length == pack->room) {
        size_t room = pack->room > 0 ? 2 * pack->room : 64;
        char *text = realloc(pack->text, room);

        if (text == NULL) {
            text = memory_new(room, 1); /* says that memory ran out, and ends the program */
        }
        pack->text = text;
        pack->room = room;
    }
    pack->text[pack->length++] = byte;
}

/* Five bits a digit, the lowest first; 32 says that more follow. As in the wire format's `blocks`. */
void pack_number(struct pack *pack, uint64_t number)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    while (number >= 32) {
        put(pack, digits[32 | (number & 31)]);
        number >>= 5;
    }
    put(pack, digits[number]);
}

void pack_figure(struct pack *pack, uint64_t figure)
{
    if (figure == UNKNOWN) {
        pack_number(pack, 0);
    } else if (figure >= pack->last) {
        pack_number(pack, 2 * (figure - pack->last) + 1);
        pack->last = figure;
    } else {
        pack_number(pack, 2 * (pack->last - figure));
        pack->last = figure;
    }
}

json_t *pack_json(struct pack *pack)
{
    json_t *json = json_stringn(pack->length > 0 ? pack->text : "", pack->length);

    free(pack->text);
    *pack = (struct pack){0};
    return json;
}
