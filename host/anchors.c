/* SPDX-License-Identifier: MIT */
/* Finds in one pass which of many short strings occur in a line: the automaton of Aho and Corasick,
 * "Efficient string matching: an aid to bibliographic search", CACM 18 (1975). */
#include "anchors.h"

#include <stdbool.h>
#include <stdlib.h>

#include "memory.h"

/* A state is a prefix of an anchor: the longest that the text read so far ends with. */
struct state {
    uint16_t next[256];
    uint32_t mask;
    uint16_t shorter; /* the next shorter prefix that the text ends with as well */
};

/* The table that is looked into for each byte is kept small, so that it stays in the processor's
 * cache: bytes that occur in no anchor are one class, and each other one is its own. */
enum {
    CLASSES = 64,
    ENDS = 0x8000, /* of an entry: with this byte an anchor ends */
};

struct anchors {
    struct state *states;
    size_t count;
    uint8_t class_of[256];
    uint16_t (*table)[CLASSES];
};

struct anchors *anchors_new(void)
{
    struct anchors *anchors = memory_new(1, sizeof(*anchors));

    memory_append((void **)&anchors->states, &anchors->count, sizeof(struct state));
    return anchors;
}

void anchors_free(struct anchors *anchors)
{
    if (anchors != NULL) {
        free(anchors->states);
        free(anchors->table);
        free(anchors);
    }
}

void anchors_add(struct anchors *anchors, const char *anchor, uint32_t mask)
{
    size_t state = 0;

    for (const unsigned char *s = (const unsigned char *)anchor; *s != 0; s++) {
        size_t next = anchors->states[state].next[*s];

        if (next == 0) {
            next = anchors->count;
            memory_append((void **)&anchors->states, &anchors->count, sizeof(struct state));
            anchors->states[state].next[*s] = (uint16_t)next;
        }
        anchors->class_of[*s] = 1; /* it gets its number below */
        state = next;
    }
    anchors->states[state].mask |= mask;
}

/* Every prefix's links need those of shorter prefixes: by length. */
static void link_states(struct anchors *anchors)
{
    uint16_t *queue = memory_new(anchors->count, sizeof(*queue));
    size_t head = 0, tail = 0;

    for (unsigned c = 0; c < 256; c++) {
        if (anchors->states[0].next[c] != 0) {
            queue[tail++] = anchors->states[0].next[c];
        }
    }
    while (head < tail) {
        struct state *state = &anchors->states[queue[head++]];
        const struct state *shorter = &anchors->states[state->shorter];

        state->mask |= shorter->mask;
        for (unsigned c = 0; c < 256; c++) {
            if (state->next[c] == 0) {
                state->next[c] = shorter->next[c];
            } else {
                anchors->states[state->next[c]].shorter = shorter->next[c];
                queue[tail++] = state->next[c];
            }
        }
    }
    free(queue);
}

void anchors_ready(struct anchors *anchors)
{
    unsigned classes = 1;

    link_states(anchors);
    anchors->table = memory_new(anchors->count, sizeof(*anchors->table));
    for (unsigned c = 0; c < 256; c++) {
        if (anchors->class_of[c] == 0) {
            continue;
        }
        if (classes == CLASSES) {
            abort(); /* CLASSES is too small for the anchors that the readers have */
        }
        anchors->class_of[c] = (uint8_t)classes++;
        for (size_t i = 0; i < anchors->count; i++) {
            uint16_t next = anchors->states[i].next[c];
            bool ends = anchors->states[next].mask != 0;

            anchors->table[i][anchors->class_of[c]] = ends ? next | ENDS : next;
        }
    }
}

/* Which anchors they are, now that there is one. */
static uint32_t look_closely(const struct anchors *anchors, const unsigned char *at,
                             const unsigned char *end)
{
    uint32_t mask = 0;
    size_t state = 0;

    while (at < end) {
        state = anchors->states[state].next[*at++];
        mask |= anchors->states[state].mask;
    }
    return mask;
}

uint32_t anchors_look(const struct anchors *anchors, const char *text, size_t length)
{
    const unsigned char *begin = (const unsigned char *)text;
    const unsigned char *end = begin + length;
    unsigned state = 0, all = 0;

    for (const unsigned char *at = begin; at < end; at++) {
        state = anchors->table[state & ~(unsigned)ENDS][anchors->class_of[*at]];
        all |= state;
    }
    return (all & ENDS) != 0 ? look_closely(anchors, begin, end) : 0;
}
