/* SPDX-License-Identifier: MIT */
/* What start-up and heaps added later share. */
#ifndef COMPAT_HEAP_REGIONS_H
#define COMPAT_HEAP_REGIONS_H

#include <stdbool.h>

/* heap_caps_enable_nonos_stack_heaps has run: what is added from now on counts as late. */
extern bool heap_started;

#endif
