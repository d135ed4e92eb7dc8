/* SPDX-License-Identifier: MIT */
/* What the kernel's trace hooks tell the heaps; FreeRTOSConfig.h calls these. */
#ifndef COMPAT_KERNEL_EVENTS_H
#define COMPAT_KERNEL_EVENTS_H

#include <stddef.h>

/* The kernel has allocated, or failed to (NULL); is about to free; and has made a task. */
void esp_idf_kernel_malloc(void *ptr, size_t size);
void esp_idf_kernel_free(void *ptr);
void esp_idf_task_created(void *task);

#endif
