/* SPDX-License-Identifier: MIT */
/* With CONFIG_HEAP_ABORT_WHEN_ALLOCATION_FAILS: the callback is called, then the program ends. */
#include <stdio.h>

#include "esp_heap_caps.h"

static void on_failure(size_t size, uint32_t caps, const char *function_name)
{
    printf("told: %zu 0x%x %s\n", size, (unsigned)caps, function_name);
}

void app_main(void)
{
    heap_caps_register_failed_alloc_callback(on_failure);
    printf("%p\n", heap_caps_malloc(0, MALLOC_CAP_DEFAULT)); /* no failure */
    printf("%p\n", heap_caps_calloc(0x100, 0x10, 1 << 25));
    printf("still running\n");
}
