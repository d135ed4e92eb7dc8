/* SPDX-License-Identifier: MIT */
/* Puts a print of tasks together, line by line: what the readers of text share. */
#ifndef HOST_PRINT_H
#define HOST_PRINT_H

#include "stream.h"

/* A print under way. One task is open: lines of heaps and blocks belong to it. */
struct print {
    struct stream *stream;
    const char *format;
    struct snapshot *snapshot; /* NULL: none has begun */
    bool open;                 /* its last task still gets lines */
    bool heaps_shown;          /* so a task without heaps lacks them */
    bool blocks_shown;         /* so an account without blocks lacks them */
    bool sixteen_bits;         /* the format may cut figures to 16 bits */
    uint64_t last_line;        /* that belonged to it */
    struct block *seen;        /* addresses, hashed */
    size_t seen_count, seen_room;
};

struct print *print_new(struct stream *stream, const char *format);
void print_free(struct print *print);

/* A line that opens a task. The name is given when the task is closed. */
struct task *print_task(struct print *print, uint64_t line, enum state state);
struct task *print_open_task(struct print *print); /* NULL: none */

struct print_heap {
    const char *name;
    size_t name_length;
    uint64_t caps, size, current, peak, blocks;
};

/* False: no task is open, which is reported. */
bool print_heap(struct print *print, uint64_t line, const struct print_heap *heap);
bool print_block(struct print *print, uint64_t line, uint64_t address, uint64_t size);

/* A line of the print is damaged. */
void print_damage(struct print *print, uint64_t line, const char *what);

/* No further line belongs to the open task. Its figures are compared with each other. Without a
 * name it is dropped. Takes the name over. */
void print_close_task(struct print *print, char *name);

/* Is a task of that name in the print, the open one aside? */
bool print_has(const struct print *print, const char *name);
/* Does a block of the open task belong to one of the others, too? Then the print has ended
 * before it. */
bool print_repeats(const struct print *print);
/* Ends the print before the open task, which begins the next one. */
void print_split(struct print *print);
/* Where it began; UINT64_MAX: it has not. */
uint64_t print_begun(const struct print *print);
/* Ends the print; no task is open. */
void print_end(struct print *print);

#endif
