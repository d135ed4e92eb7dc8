/* SPDX-License-Identifier: MIT */
/* Finds in one pass which of many short strings occur in a line: the automaton of Aho and Corasick,
 * "Efficient string matching: an aid to bibliographic search", CACM 18 (1975). */
#include "anchors.h"

#include <stdlib.h>

#include "memory.h"

/* A state is a prefix of an anchor: the longest that the text read so far ends with. */
struct state {
    uint16_t next[256];
    uint32_t mask;
    uint16_t shorter; /* the next shorter prefix that the text ends with as well */
};

struct anchors {
    struct state *states;
    size_t count;
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
        state = next;
    }
    anchors->states[state].mask |= mask;
}

/* Every prefix's links need those of shorter prefixes: by length. */
void anchors_ready(struct anchors *anchors)
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

uint32_t anchors_look(const struct anchors *anchors, const char *text, size_t length)
{
    const struct state *states = anchors->states;
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + length;
    uint32_t mask = 0;
    size_t state = 0;

    while (at < end) {
        state = states[state].next[*at++];
        mask |= states[state].mask;
    }
    return mask;
}
