/* SPDX-License-Identifier: MIT */
/* A task that does what a test tells it, and nothing else. */
#include "worker.h"

#include "esp_heap_caps.h"
#include "unity.h"

static void run(void *argument)
{
    struct worker *worker = argument;

    for (;;) {
        (void)ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
        worker->job(worker->argument);
    }
}

void worker_start(struct worker *worker, const char *name)
{
    TEST_ASSERT_EQUAL(pdPASS, xTaskCreate(run, name, WORKER_STACK_BYTES, worker, WORKER_PRIORITY,
                                          &worker->handle));
}

void worker_do(struct worker *worker, void (*job)(void *argument), void *argument)
{
    worker->job = job;
    worker->argument = argument;
    xTaskNotifyGive(worker->handle);
}

void worker_delete(struct worker *worker)
{
    vTaskDelete(worker->handle);
}

struct request {
    void *ptr;
    size_t size;
    uint32_t caps;
};

static void do_realloc(void *argument)
{
    struct request *request = argument;

    request->ptr = heap_caps_realloc(request->ptr, request->size, request->caps);
}

void *worker_realloc(struct worker *worker, void *ptr, size_t size, uint32_t caps)
{
    struct request request = {ptr, size, caps};

    worker_do(worker, do_realloc, &request);
    return request.ptr;
}

void *worker_malloc(struct worker *worker, size_t size, uint32_t caps)
{
    return worker_realloc(worker, NULL, size, caps);
}

void worker_free(struct worker *worker, void *ptr)
{
    worker_do(worker, heap_caps_free, ptr);
}
