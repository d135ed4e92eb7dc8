/* SPDX-License-Identifier: MIT */
/* The gateway's own tasks: sensors, uplink, logger, parser, sessions, update. */
#include "tasks.h"

enum {
    READINGS = 40, /* in a batch */
    READING_EVERY_MS = 1500,
    LINES = 160, /* that the logger keeps */
    LINE_EVERY_MS = 4000,
    DOCUMENT_EVERY_MS = 9000,
    VISITOR_EVERY_MS = 21000,
    IMAGE_PARTS = 24,
    IMAGE_PART_BYTES = 4096,
    IMAGE_EVERY_MS = 3000,
    TOO_LARGE_BYTES = 400 * 1024, /* for any heap of the board */
};

uint32_t random_between(uint32_t least, uint32_t most)
{
    return least + board_random_below(most - least + 1);
}

void wait_ms(uint32_t milliseconds)
{
    vTaskDelay(pdMS_TO_TICKS(milliseconds));
}

void sensors_run(void *unused)
{
    void *batch[READINGS];

    (void)unused;
    for (;;) {
        for (size_t i = 0; i < READINGS; i++) {
            batch[i] = pvPortMalloc(random_between(48, 160));
            wait_ms(READING_EVERY_MS);
        }
        for (size_t i = 0; i < READINGS; i++) {
            if (batch[i] != NULL && xQueueSend(night_readings, &batch[i], 0) != pdPASS) {
                vPortFree(batch[i]);
            }
        }
    }
}

void uplink_run(void *unused)
{
    void *reading;

    (void)unused;
    for (;;) {
        void *frame;

        (void)xQueueReceive(night_readings, &reading, portMAX_DELAY);
        frame = pvPortMalloc(random_between(200, 900));
        wait_ms(random_between(40, 200));
        vPortFree(frame);
        vPortFree(reading);
    }
}

void logger_run(void *unused)
{
    static void *lines[LINES];

    (void)unused;
    for (size_t next = 0;; next = (next + 1) % LINES) {
        vPortFree(lines[next]);
        lines[next] = pvPortMalloc(random_between(40, 220));
        wait_ms(LINE_EVERY_MS);
    }
}

void parser_run(void *unused)
{
    void *node[12];

    (void)unused;
    for (;;) {
        uint32_t count = random_between(4, 12);

        for (uint32_t i = 0; i < count; i++) {
            node[i] = pvPortMalloc(random_between(24, 240));
            wait_ms(20);
        }
        for (uint32_t i = 1; i < count; i++) { /* the mistake: a tree is freed without its root */
            vPortFree(node[i]);
        }
        wait_ms(DOCUMENT_EVERY_MS);
    }
}

void sessions_run(void *unused)
{
    void **last = NULL;

    (void)unused;
    for (;;) {
        void **session = pvPortMalloc(random_between(180, 420));

        if (session != NULL) {
            *session = last;
            last = session;
        }
        wait_ms(VISITOR_EVERY_MS);
    }
}

void update_run(void *unused)
{
    void *image[IMAGE_PARTS];
    void *whole = pvPortMalloc(TOO_LARGE_BYTES); /* is refused: so it goes on in parts */

    (void)unused;
    for (size_t i = 0; i < IMAGE_PARTS; i++) {
        image[i] = pvPortMalloc(IMAGE_PART_BYTES);
        wait_ms(IMAGE_EVERY_MS);
    }
    wait_ms(30000);
    for (size_t i = 0; i < IMAGE_PARTS; i++) {
        vPortFree(image[i]);
    }
    vPortFree(whole);
    vTaskDelete(NULL);
}
