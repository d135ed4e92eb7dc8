/* SPDX-License-Identifier: MIT */
/* The idle tasks, one per core of the chip; and when the program ends. */
#include "sim.h"

#include <string.h>

#include "heapledger_freertos.h"

/*
 * On the chip, a program whose app_main() has returned runs on with its other tasks, or without
 * any. Here it ends when nothing can happen any more: every task waits, none for a moment in time.
 */

/* The names that the linker's --wrap prescribes. */
BaseType_t __wrap_xTimerCreateTimerTask(void);

BaseType_t sim_nothing_to_come(void); /* freertos_tasks_c_additions.h */

enum {
    IDLE_STEPS = 2000
};

static TickType_t last_tick = portMAX_DELAY;
static volatile bool main_is_over;
static TaskHandle_t second_idle_task;

const char *sim_idle_name(void)
{
    return sim_cores() > 1 ? "IDLE0" : "IDLE";
}

void sim_idle_begin(uint32_t run_for_s)
{
    if (run_for_s != 0) {
        last_tick = (TickType_t)run_for_s * configTICK_RATE_HZ;
    }
}

void sim_main_is_over(void)
{
    main_is_over = true;
}

/* They wait for ever as a rule. */
static bool is_system_task(const char *name)
{
    return strncmp(name, "IDLE", 4) == 0 || strncmp(name, "ipc", 3) == 0 ||
           strcmp(name, "Tmr Svc") == 0;
}

/* Names the tasks that wait, as many as fit. */
static void list_tasks(char *text, size_t size)
{
    static TaskStatus_t tasks[HL_MAX_TASKS];
    UBaseType_t count = uxTaskGetSystemState(tasks, HL_MAX_TASKS, NULL);
    size_t length = 0;

    text[0] = '\0';
    for (UBaseType_t i = 0; i < count && length < size; i++) {
        const char *name = tasks[i].pcTaskName;

        if (tasks[i].eCurrentState != eDeleted && !is_system_task(name)) {
            length += (size_t)snprintf(text + length, size - length, "%s'%s'",
                                       length > 0 ? ", " : "", name);
        }
    }
}

static void end_if_done(void)
{
    char waiting[256];

    if (xTaskGetTickCount() >= last_tick) {
        board_say("the time of --run-for is over");
        sim_exit(sim_failed_tests() != 0 ? BOARD_EXIT_FAILED : BOARD_EXIT_OK);
    }
    if (!sim_nothing_to_come()) {
        return;
    }
    list_tasks(waiting, sizeof(waiting));
    if (!main_is_over && xTaskGetHandle("main") != NULL) { /* it may delete itself */
        sim_fail(BOARD_EXIT_FAILED,
                 "nothing is left to happen, and app_main() has not returned: "
                 "these tasks wait for ever: %s",
                 waiting);
    }
    if (waiting[0] != '\0') {
        board_say("nothing is left to happen: these tasks wait for ever: %s", waiting);
    }
    sim_exit(sim_failed_tests() != 0 ? BOARD_EXIT_FAILED : BOARD_EXIT_OK);
}

/* Dead tasks of one name become one. A tick's idle time is enough for many steps on the chip; here
 * it may be a single round. */
static void maintain_ledger(void)
{
#if HL_TASK_TRACKING
    for (int steps = 0; steps < IDLE_STEPS && hl_maintain(hl_freertos_instance()); steps++) {
    }
#endif
}

/* Called from the timer task's loop, too, whose time is not idle. */
void sim_idle_round(void)
{
    if (xTaskGetCurrentTaskHandle() == xTaskGetIdleTaskHandle()) {
        maintain_ledger();
        end_if_done();
    }
}

TaskHandle_t xTaskGetIdleTaskHandleForCore(BaseType_t core)
{
    return core == 0 ? xTaskGetIdleTaskHandle() : core == 1 ? second_idle_task : NULL;
}

TaskHandle_t xTaskGetCurrentTaskHandleForCore(BaseType_t core)
{
    return core == 0 ? xTaskGetCurrentTaskHandle() : xTaskGetIdleTaskHandleForCore(core);
}

/* Of the other core, which has nothing to do. */
static void second_idle(void *unused)
{
    (void)unused;
    for (;;) {
        vTaskSuspend(NULL);
    }
}

/* Called right after the first idle task was created. The timer task waits for its first timer. */
BaseType_t __wrap_xTimerCreateTimerTask(void)
{
    if (sim_cores() < 2) {
        return pdPASS;
    }
    return xTaskCreatePinnedToCore(second_idle, "IDLE1", CONFIG_FREERTOS_IDLE_TASK_STACKSIZE, NULL,
                                   tskIDLE_PRIORITY, &second_idle_task, 1);
}
