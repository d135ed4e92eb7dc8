/* SPDX-License-Identifier: MIT */
/* Folding: dead namesakes that owe bytes become one account, in bounded steps from idle time. */
#ifndef HL_FOLD_H
#define HL_FOLD_H

#include <stdbool.h>
#include <stdint.h>

struct hl;

/* Where the next step goes on. Uses the cursor of the walker, and starts a pair anew after a
 * walk. */
struct fold {
    uint32_t from_serial; /* of the pair: the younger, whose blocks are moved, ... */
    uint32_t to_serial;   /* ... and the older, which gets them */
    uint8_t from;         /* their ids; 0: no pair yet */
    uint8_t to;
    uint8_t heap;    /* the heap that is walked */
    bool entered;    /* the cursor is in it */
    uint8_t look;    /* looking for a pair: this id is compared ... */
    uint8_t against; /* ... with this one, ... */
    bool candidates; /* ... in the next step, because both owe */
};

#endif
