/* SPDX-License-Identifier: MIT */
/* A task that does what a test tells it, and nothing else. */
#ifndef TEST_COMPAT_WORKER_H
#define TEST_COMPAT_WORKER_H

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

enum {
    WORKER_STACK_BYTES = 2048,
    WORKER_PRIORITY = 6 /* over the main task's: it has done its work when worker_do returns */
};

struct worker {
    TaskHandle_t handle;
    void (*job)(void *argument);
    void *argument;
};

void worker_start(struct worker *worker, const char *name);
void worker_do(struct worker *worker, void (*job)(void *argument), void *argument);
void worker_delete(struct worker *worker);

/* In the worker: allocation with MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL, or with `caps`;
 * resizing; freeing. */
void *worker_malloc(struct worker *worker, size_t size, uint32_t caps);
void *worker_realloc(struct worker *worker, void *ptr, size_t size, uint32_t caps);
void worker_free(struct worker *worker, void *ptr);

#endif
