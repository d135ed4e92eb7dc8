/* SPDX-License-Identifier: MIT */
/* Notices in a console's text that the device started again. */
#ifndef HOST_BOOT_H
#define HOST_BOOT_H

#include "stream.h"

struct boot {
    uint64_t index;   /* boots seen, from 0 */
    uint64_t log_ms;  /* by the last log line, `I (4504) tag: ...`; UNKNOWN: none since the boot */
    uint64_t back_ms; /* a time before that, which the next log line may confirm; else UNKNOWN */
    bool used;        /* anything came since the boot */
};

/* What boot loaders say, up to a NULL. */
extern const char *const boot_anchors[];

void boot_begin(struct boot *boot);
/* `marked`: the line has one of the anchors. True: the device started again. */
bool boot_line(struct boot *boot, const struct line *line, bool marked);
void boot_next(struct boot *boot);
/* A snapshot came: the next boot loader's line is of another boot. */
void boot_used(struct boot *boot);

#endif
