/* SPDX-License-Identifier: MIT */
/* A failing program is made as short and as plain as it gets, and told to people. */
#ifndef TEST_SHRINK_H
#define TEST_SHRINK_H

#include "support/ops.h"

/* Runs a program. False: it failed, see world_failure and ops_done. */
bool shrink_passes(struct world *w, const struct op *ops, size_t count);

/* Shortens a program that fails until nothing can be left out, or for `seconds`. Returns its new
 * length. */
size_t shrink(struct world *w, struct op *ops, size_t count, unsigned seconds);

/* Prints a failing program: in words, and as bytes for fuzz_ops and for `test_model FILE`. */
void shrink_print(struct world *w, const struct op *ops, size_t count);

/* What crashes or hangs in shrink_passes fails like anything else. Left to sanitizers where they are. */
void shrink_catch_crashes(void);

#endif
