/* SPDX-License-Identifier: MIT */
/* Memory that is there or ends the program, and arrays that grow. */
#ifndef HOST_MEMORY_H
#define HOST_MEMORY_H

#include <stddef.h>

/* Zeroed. */
void *memory_new(size_t count, size_t size);

/* A copy of `length` bytes with an end mark. Bytes that are not UTF-8 are read as Latin-1, as
 * the wire format does, so that every string in the program is UTF-8. Control characters become
 * '?'. */
char *memory_text(const char *text, size_t length);
char *memory_copy(const char *string); /* NULL stays NULL */

/* Room for one item more in `*array`, which holds `count`; returns that item, zeroed. */
void *memory_append(void **array, size_t *count, size_t size);

/* Printed into new memory. */
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
