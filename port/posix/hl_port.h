/* SPDX-License-Identifier: MIT */
/* The port for POSIX threads: a mutex per instance, and a pthread key that says who is running. */
#ifndef HL_PORT_POSIX_H
#define HL_PORT_POSIX_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "heapledger_posix.h"

/* A mutex remembers by itself what there is to restore. */
typedef int hl_port_state;

static inline hl_port_state hl_port_lock(struct hl *hl)
{
    struct hl_posix *posix = (struct hl_posix *)hl_port_data(hl);

    (void)pthread_mutex_lock(&posix->lock);
    return 0;
}

static inline void hl_port_unlock(struct hl *hl, hl_port_state state)
{
    struct hl_posix *posix = (struct hl_posix *)hl_port_data(hl);

    (void)state;
    (void)pthread_mutex_unlock(&posix->lock);
}

static inline uint32_t hl_port_current(struct hl *hl)
{
    const struct hl_posix *posix = (const struct hl_posix *)hl_port_data(hl);
    const struct hl_posix_seat *seat =
        (const struct hl_posix_seat *)pthread_getspecific(posix->seat);

    return seat != NULL ? seat->id : HL_TASK_PRE_SCHEDULER;
}

#endif
