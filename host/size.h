/* SPDX-License-Identifier: MIT */
/* Sizes, rates and times, in words and from words. */
#ifndef HOST_SIZE_H
#define HOST_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `12.3 KiB`; below 1024, or with `exact`, `352 B`; UNKNOWN: `?`. */
void size_text(char *to, size_t room, uint64_t size, bool exact);

/* `13616 bytes in 4 blocks`; blocks UNKNOWN: without them. The caller frees it. */
char *size_words(uint64_t size, uint64_t blocks);

/* `1.5 KiB per minute`, `36 B per snapshot`. */
void size_rate(char *to, size_t room, double slope, bool per_second);
/* `; its heap is full in 3 days`, or `... in 12 snapshots`. */
void size_when(char *to, size_t room, double left, bool seconds);

/* `13616`, `12KiB`, `12K`, `1.5MiB`. False: it is no size. */
bool size_parse(const char *text, uint64_t *size);

#endif
