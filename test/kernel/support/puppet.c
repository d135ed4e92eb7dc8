/* SPDX-License-Identifier: MIT */
/* Tasks that do what a test tells them. */
#include "puppet.h"

static void obey(void *argument)
{
    struct puppet *puppet = argument;

    for (;;) {
        (void)ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
        puppet->result = puppet->work(puppet->argument);
    }
}

#if configSUPPORT_DYNAMIC_ALLOCATION == 1
bool puppet_create(struct puppet *puppet, const char *name)
{
    return xTaskCreate(obey, name, PUPPET_STACK, puppet, TEST_PRIORITY + 1, &puppet->handle) ==
           pdPASS;
}
#endif

#if configSUPPORT_STATIC_ALLOCATION == 1
void puppet_create_static(struct puppet *puppet, const char *name)
{
    puppet->handle = xTaskCreateStatic(obey, name, PUPPET_STACK, puppet, TEST_PRIORITY + 1,
                                       puppet->stack, &puppet->tcb);
}
#endif

void *puppet_do(struct puppet *puppet, void *(*work)(void *argument), void *argument)
{
    puppet->work = work;
    puppet->argument = argument;
    puppet->result = NULL;
    xTaskNotifyGive(puppet->handle); /* it runs until it waits again: its priority is higher */
    return puppet->result;
}

void *puppet_malloc(void *size)
{
    return pvPortMalloc((size_t)(uintptr_t)size);
}

void *puppet_free(void *block)
{
    vPortFree(block);
    return NULL;
}

void *puppet_delete_itself(void *unused)
{
    vTaskDelete(NULL);
    return unused;
}
