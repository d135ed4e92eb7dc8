/* SPDX-License-Identifier: MIT */
/* A pool of connections: each is a task with buffers of its own, and goes when its client does. */
#include "tasks.h"

enum {
    CONNECTIONS = 6, /* at a time */
    FEWEST_REQUESTS = 3,
    MOST_REQUESTS = 40,
    REQUEST_BUFFERS = 3,
};

static uint32_t connections;

/* Answers a few requests. What a request needs is freed with it; the two buffers live as long as the
 * connection. */
static void connection_run(void *unused)
{
    void *receive = pvPortMalloc(random_between(1024, 2048));
    void *send = pvPortMalloc(random_between(512, 4096));
    uint32_t requests = random_between(FEWEST_REQUESTS, MOST_REQUESTS);

    (void)unused;
    for (uint32_t request = 0; request < requests; request++) {
        void *buffer[REQUEST_BUFFERS];

        for (size_t i = 0; i < REQUEST_BUFFERS; i++) {
            buffer[i] = pvPortMalloc(random_between(64, 1400));
            wait_ms(random_between(50, 700));
        }
        for (size_t i = 0; i < REQUEST_BUFFERS; i++) {
            vPortFree(buffer[i]);
        }
        wait_ms(random_between(200, 3000));
    }
    vPortFree(receive);
    vPortFree(send);
    connections--;
    vTaskDelete(NULL);
}

void server_run(void *unused)
{
    (void)unused;
    for (;;) {
        wait_ms(random_between(4000, 24000));
        if (connections < CONNECTIONS && night_start(connection_run, "connection", NULL)) {
            connections++;
        }
    }
}
