/* SPDX-License-Identifier: MIT */
/* From the command line to app_main(): the heaps, and the tasks that the chip has at start. */
#define _GNU_SOURCE /* glibc's switch, for program_invocation_short_name */
#include <errno.h>

#include "sim.h"

#include "chip.h"
#include "esp_heap_caps.h"
#include "esp_heap_caps_init.h"
#include "esp_log.h"
#include "heapledger_freertos.h"

enum {
    IPC_PRIORITY = configMAX_PRIORITIES - 1,
    MAIN_PRIORITY = 1,
    MAIN_EXTRA_STACK_BYTES = 512, /* what the start-up code adds to the option */
};

static const char main_tag[] = "main_task";

static struct sim_options options;
static uint32_t watchdog_ms;

void app_main(void);

unsigned sim_cores(void)
{
#if defined(CONFIG_FREERTOS_UNICORE) && defined(CONFIG_SOC_HAS_TWO_CORES)
    return 1; /* by choice */
#else
    return chip_get()->cores;
#endif
}

/* On the chip it runs functions for the other core. */
static void ipc_task(void *unused)
{
    (void)unused;
    for (;;) {
        (void)ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    }
}

static void set_up_psram_for_tasks(void)
{
#ifdef CONFIG_SPIRAM_USE_MALLOC
    if (chip_psram_bytes() != 0 &&
        chip_reserve_internal(CONFIG_SPIRAM_MALLOC_RESERVE_INTERNAL) != ESP_OK) {
        ESP_LOGW("esp_psram", "less than %d bytes of internal memory could be set aside",
                 CONFIG_SPIRAM_MALLOC_RESERVE_INTERNAL);
    }
#endif
}

static void main_task(void *unused)
{
    (void)unused;
    ESP_LOGI(main_tag, "Started on CPU%d", 0);
    heap_caps_enable_nonos_stack_heaps();
    set_up_psram_for_tasks();
    ESP_LOGI(main_tag, "Calling app_main()");
    app_main();
    ESP_LOGI(main_tag, "Returned from app_main()");
    sim_main_is_over();
    vTaskDelete(NULL);
}

static TaskHandle_t create(TaskFunction_t function, const char *name, uint32_t stack_bytes,
                           UBaseType_t priority, BaseType_t core)
{
    TaskHandle_t task;

    if (xTaskCreatePinnedToCore(function, name, stack_bytes, NULL, priority, &task, core) !=
        pdPASS) {
        sim_fail(BOARD_EXIT_SYSTEM, "no memory for the task '%s'", name);
    }
    return task;
}

/* The first task that is created counts as the running one from then on, as on the chip: what
 * follows, up to the scheduler's start, is charged to it. */
static void charge(TaskHandle_t task)
{
#if HL_TASK_TRACKING
    hl_freertos_charge(task);
#else
    (void)task;
#endif
}

static void create_tasks(void)
{
    const uint32_t main_bytes = CONFIG_ESP_MAIN_TASK_STACK_SIZE + MAIN_EXTRA_STACK_BYTES;

    if (sim_cores() > 1) {
        charge(create(ipc_task, "ipc0", CONFIG_ESP_IPC_TASK_STACK_SIZE, IPC_PRIORITY, 0));
        (void)create(ipc_task, "ipc1", CONFIG_ESP_IPC_TASK_STACK_SIZE, IPC_PRIORITY, 1);
        (void)create(main_task, "main", main_bytes, MAIN_PRIORITY, 0);
    } else {
        charge(create(main_task, "main", main_bytes, MAIN_PRIORITY, 0));
    }
}

static void give_heaps(void)
{
    heap_caps_init();
    if (chip_add_psram() != ESP_OK) {
        sim_fail(BOARD_EXIT_SYSTEM, "the PSRAM cannot become a heap");
    }
#ifdef CONFIG_SPIRAM_USE_MALLOC
    if (chip_psram_bytes() != 0) {
        heap_caps_malloc_extmem_enable(CONFIG_SPIRAM_MALLOC_ALWAYSINTERNAL);
    }
#endif
}

/* Before the constructors of the program, which may allocate: on the chip, too, the heaps are there
 * by then. glibc gives constructors what main() gets. Numbers up to 100 are the compiler's; 101 comes
 * even earlier. */
__attribute__((constructor(102))) static void prepare(int argc, char **argv)
{
    board_console_open(argc > 0 ? program_invocation_short_name : "sim");
    watchdog_ms = board_watchdog_limit();
    sim_read_options(argc, argv, &options);
    board_random_seed(options.seed);
    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    give_heaps();
}

int main(void)
{
    sim_idle_begin(options.run_for_s);
    create_tasks();
    board_watchdog_start(watchdog_ms, options.realtime);
    board_choose_time(options.realtime);
    vTaskStartScheduler();
    sim_fail(BOARD_EXIT_SYSTEM, "no memory for the idle tasks");
}
