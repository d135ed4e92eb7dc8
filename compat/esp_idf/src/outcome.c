/* SPDX-License-Identifier: MIT */
/* Who is told what became of an allocation: the failure callback, the program's hooks, and
 * faults. */
#include "allocate.h"

#include <inttypes.h>
#include <stdio.h>

#include "esp_heap_caps.h"
#include "esp_system.h"
#include "fault_text.h"
#include "first_use.h"
#include "heapledger_freertos.h"
#include "kernel_events.h"

static esp_alloc_failed_hook_t failed_hook;

#ifdef CONFIG_HEAP_USE_HOOKS
/* The program's own take their place. */
__attribute__((weak)) void esp_heap_trace_alloc_hook(void *ptr, size_t size, uint32_t caps)
{
    (void)ptr;
    (void)size;
    (void)caps;
}

__attribute__((weak)) void esp_heap_trace_free_hook(void *ptr)
{
    (void)ptr;
}
#endif

esp_err_t heap_caps_register_failed_alloc_callback(esp_alloc_failed_hook_t callback)
{
    if (callback == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    failed_hook = callback;
    return ESP_OK;
}

void allocation_failed(size_t size, uint32_t caps, const char *function)
{
    if (failed_hook != NULL) {
        failed_hook(size, caps, function);
    }
#ifdef CONFIG_HEAP_ABORT_WHEN_ALLOCATION_FAILS
    char text[80];

    (void)snprintf(text, sizeof(text), "Mem alloc fail. size 0x%08zx caps 0x%08" PRIx32, size,
                   caps);
    esp_system_abort(text);
#endif
}

void allocation_made(void *ptr, size_t size, uint32_t caps)
{
#ifdef CONFIG_HEAP_USE_HOOKS
    esp_heap_trace_alloc_hook(ptr, size, caps);
#else
    (void)ptr;
    (void)size;
    (void)caps;
#endif
}

void allocation_freed(void *ptr)
{
#ifdef CONFIG_HEAP_USE_HOOKS
    esp_heap_trace_free_hook(ptr);
#else
    (void)ptr;
#endif
}

void pointer_is_wrong(const char *function, const void *ptr, const char *why)
{
    char text[200];

    (void)snprintf(text, sizeof(text), "%s(0x%" PRIxPTR "): %s", function, (uintptr_t)ptr, why);
    esp_system_abort(text);
}

/* The program may define its own instead. */
__attribute__((weak)) void hl_freertos_fault_hook(const struct hl_fault *fault)
{
    pointer_is_wrong("heap_caps", fault->address, fault_text(fault->reason));
}

/* On the chip the kernel allocates by heap_caps_malloc. */
void esp_idf_kernel_malloc(void *ptr, size_t size)
{
    if (ptr == NULL) {
        if (size != 0) {
            allocation_failed(size, HL_FREERTOS_CAPS, "heap_caps_malloc");
        }
        return;
    }
    first_use_note(ptr);
    allocation_made(ptr, size, HL_FREERTOS_CAPS);
}

void esp_idf_kernel_free(void *ptr)
{
    allocation_freed(ptr);
}
