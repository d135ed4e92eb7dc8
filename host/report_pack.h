/* SPDX-License-Identifier: MIT */
/* Rows of figures as short strings: host/report/README.md describes them. */
#ifndef HOST_REPORT_PACK_H
#define HOST_REPORT_PACK_H

#include <jansson.h>
#include <stdint.h>

struct pack {
    char *text;
    size_t length, room;
    uint64_t last; /* figure that the next one is compared with */
};

/* A number, as it is. */
void pack_number(struct pack *pack, uint64_t number);
/* A figure of a row, as its distance from the one before; UNKNOWN is a figure, too. */
void pack_figure(struct pack *pack, uint64_t figure);

/* The string. Empties the pack. */
json_t *pack_json(struct pack *pack);

#endif
