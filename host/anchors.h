/* SPDX-License-Identifier: MIT */
/* Finds in one pass which of many short strings occur in a line. */
#ifndef HOST_ANCHORS_H
#define HOST_ANCHORS_H

#include <stddef.h>
#include <stdint.h>

struct anchors;

struct anchors *anchors_new(void);
void anchors_free(struct anchors *anchors);

/* Lines with `anchor` get the bits of `mask`. All are added before the first look. */
void anchors_add(struct anchors *anchors, const char *anchor, uint32_t mask);
void anchors_ready(struct anchors *anchors);

/* The bits of all anchors in the text. Time: one table look-up per byte, however many there are. */
uint32_t anchors_look(const struct anchors *anchors, const char *text, size_t length);

#endif
