/* SPDX-License-Identifier: MIT */
/* Threads become tasks, and stop being tasks when they exit. */
#include "heapledger_posix.h"

#include "heapledger/port.h"

#if HL_TASK_TRACKING

/* A thread exits. The value of the key is NULL by now; set again, it brings a second round. */
static void thread_exits(void *value)
{
    struct hl_posix_seat *seat = (struct hl_posix_seat *)value;
    struct hl_posix *posix;

    if (seat->id < HL_TASK_FIRST) {
        return; /* the seat of all that found no slot: no task ends */
    }
    if (!seat->leaving) {
        posix = (struct hl_posix *)hl_port_data(seat->hl);
        seat->leaving = true;
        /* Cannot fail: the room for a value is there. */
        (void)pthread_setspecific(posix->seat, seat);
        return;
    }
    (void)hl_task_delete(seat->hl, (int)seat->id);
}

int hl_posix_thread_begin(struct hl *hl, const char *name)
{
    struct hl_posix *posix = (struct hl_posix *)hl_port_data(hl);
    struct hl_posix_seat *seat = (struct hl_posix_seat *)pthread_getspecific(posix->seat);
    int id;

    if (seat != NULL && seat->id >= HL_TASK_FIRST) {
        (void)hl_task_rename(hl, (int)seat->id, name);
        return (int)seat->id;
    }
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): a name for the thread, never followed */
    id = hl_task_register(hl, (void *)(uintptr_t)pthread_self(), name);
    seat = &posix->seats[id];
    if (id >= HL_TASK_FIRST) { /* nobody else has this seat */
        seat->hl = hl;
        seat->leaving = false;
    }
    if (pthread_setspecific(posix->seat, seat) != 0) {
        (void)hl_task_delete(hl, id);
        return HL_ERR_TOO_MANY;
    }
    return id;
}

void hl_posix_thread_end(struct hl *hl)
{
    struct hl_posix *posix = (struct hl_posix *)hl_port_data(hl);
    const struct hl_posix_seat *seat =
        (const struct hl_posix_seat *)pthread_getspecific(posix->seat);

    if (seat == NULL) {
        return;
    }
    (void)pthread_setspecific(posix->seat, NULL);
    (void)hl_task_delete(hl, (int)seat->id);
}

#else

static void (*const thread_exits)(void *) = NULL; /* no thread ever has a value */

int hl_posix_thread_begin(struct hl *hl, const char *name)
{
    (void)hl, (void)name;
    return HL_TASK_PRE_SCHEDULER;
}

void hl_posix_thread_end(struct hl *hl)
{
    (void)hl;
}

#endif

int hl_posix_thread_id(struct hl *hl)
{
    return (int)hl_port_current(hl);
}

int hl_posix_setup(struct hl_posix *posix)
{
    uint32_t id;

    if (pthread_key_create(&posix->seat, thread_exits) != 0) {
        return HL_ERR_TOO_MANY;
    }
    (void)pthread_mutex_init(&posix->lock, NULL); /* a plain mutex: cannot fail */
    for (id = 0; id < 1 << HL_OWNER_BITS; id++) {
        posix->seats[id] = (struct hl_posix_seat){.id = id};
    }
    return 0;
}

void hl_posix_teardown(struct hl_posix *posix)
{
    (void)pthread_key_delete(posix->seat);
    (void)pthread_mutex_destroy(&posix->lock);
}
