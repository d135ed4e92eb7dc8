/* SPDX-License-Identifier: MIT */
/* Holds a log against rules. */
#ifndef HOST_JUDGE_H
#define HOST_JUDGE_H

#include "findings.h"
#include "rules.h"

/* The log's last state: of each boot, what was printed last. `baseline` NULL: there is none. */
void judge_log(struct log *log, const struct rules *rules, struct log *baseline,
               struct findings *findings);

#endif
