/* SPDX-License-Identifier: MIT */
/* The tasks of the night shift: what they do with memory is said with each. */
#ifndef TASKS_H
#define TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "FreeRTOS.h"
#include "queue.h"
#include "task.h"

#include "board.h"

/* What the sensors send to the uplink: blocks that one task allocates and the other frees. */
extern QueueHandle_t night_readings;

/* All of them run until they are deleted, but for the update, which ends by itself. */
void sensors_run(void *unused);  /* sawtooth: a batch of readings is collected, then handed on */
void uplink_run(void *unused);   /* sends the batches; frees what the sensors allocated */
void logger_run(void *unused);   /* a cache that fills and then stays as it is */
void parser_run(void *unused);   /* leaks: forgets one node of each document */
void sessions_run(void *unused); /* grows: remembers each visitor and never forgets one */
void server_run(void *unused);   /* churn: a task per connection */
void update_run(void *unused);   /* one large peak, and a request that no heap can meet */

/* False: there is no memory for it. `handle` may be NULL. */
bool night_start(TaskFunction_t run, const char *name, TaskHandle_t *handle);

uint32_t random_between(uint32_t least, uint32_t most);
void wait_ms(uint32_t milliseconds);

#endif
