/* SPDX-License-Identifier: MIT */
/* heapledger for programs of POSIX threads: an instance that all threads share. */
#ifndef HEAPLEDGER_POSIX_H
#define HEAPLEDGER_POSIX_H

#include <pthread.h>

#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 *     static struct hl_posix posix;
 *
 *     hl_posix_setup(&posix);
 *     config.port = &posix;
 *     hl = hl_init(mem, sizeof mem, &config);
 *
 * and in each thread, as its first act:
 *
 *     hl_posix_thread_begin(hl, "worker");
 *
 * A thread that has not begun is charged to the pseudo-task Pre-scheduler. Every function of
 * heapledger may be called from any thread; none from a signal handler, nor in the child of a fork.
 *
 * The lock is one mutex per instance, which the core holds for a bounded number of instructions. It is
 * no spin lock: a thread that is preempted while it holds the lock costs those who wait no CPU time.
 */

/* What a thread has: one seat per task id. */
struct hl_posix_seat {
    struct hl *hl; /* set by the thread that has it */
    uint32_t id;
    bool leaving; /* the thread's destructors run */
};

/* What the port keeps per instance: as long as the instance lives, in memory of the caller. */
struct hl_posix {
    pthread_mutex_t lock;
    pthread_key_t seat; /* of each thread; NULL before it begins */
    struct hl_posix_seat seats[1 << HL_OWNER_BITS];
};

/* Prepares what hl_config.port is to point to. 0, or HL_ERR_TOO_MANY when the process has no
 * pthread key left (PTHREAD_KEYS_MAX). */
int hl_posix_setup(struct hl_posix *posix);

/* Gives back what hl_posix_setup took. No thread may use the instance any more; those that began need
 * not have ended. */
void hl_posix_teardown(struct hl_posix *posix);

/* Makes the calling thread a task of its own, with pthread_self() as its handle. Returns the task's id,
 * HL_TASK_OVERFLOW when all slots are taken, or HL_ERR_TOO_MANY when the C library has no memory to
 * remember it (the thread is then charged to Pre-scheduler). A thread that has begun already gets a new
 * name and keeps its task. */
int hl_posix_thread_begin(struct hl *hl, const char *name);

/* Deletes the calling thread's task: what it owns stays on its account. Happens by itself when the
 * thread exits, in the second round of its destructors (pthread_key_create), so that what others of
 * them allocate in the first is still the thread's. The thread may begin again, as a new task.
 * Before hl_reset, every thread that lives on ends, and it begins again afterwards. */
void hl_posix_thread_end(struct hl *hl);

/* The id of the calling thread's task; HL_TASK_PRE_SCHEDULER before it begins. */
int hl_posix_thread_id(struct hl *hl);

#ifdef __cplusplus
}
#endif

#endif
