/* SPDX-License-Identifier: MIT */
/* A task that does what a test tells it, at once, and then waits. */
#ifndef PUPPET_H
#define PUPPET_H

#include "kernel_test.h"

enum {
    PUPPET_STACK = 512, /* words */
    PUPPET_STACK_BYTES = PUPPET_STACK * sizeof(StackType_t),
};

struct puppet {
    TaskHandle_t handle;
    void *(*work)(void *argument);
    void *argument;
    void *result;
    StaticTask_t tcb; /* of static puppets */
    StackType_t stack[PUPPET_STACK];
};

/* False: the kernel could not create it. */
bool puppet_create(struct puppet *puppet, const char *name);
void puppet_create_static(struct puppet *puppet, const char *name);

/* Runs `work` in the puppet and returns its result; NULL when it has deleted itself. */
void *puppet_do(struct puppet *puppet, void *(*work)(void *argument), void *argument);

/* Works. */
void *puppet_malloc(void *size); /* a pointer made of a number */
void *puppet_free(void *block);
void *puppet_delete_itself(void *unused);

static inline void *puppet_number(uintptr_t number)
{
    return (void *)number; /* NOLINT(performance-no-int-to-ptr): an argument */
}

#endif
