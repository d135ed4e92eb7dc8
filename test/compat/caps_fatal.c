/* SPDX-License-Identifier: MIT */
/* What ends the program, and what it then says: the case is named by the environment variable
 * CASE. */
#include <stdlib.h>
#include <string.h>

#include "esp_heap_caps.h"
#include "esp_heap_task_info.h"

static int outside[16];

static void free_outside(void)
{
    heap_caps_free(outside);
}

static void realloc_outside(void)
{
    (void)heap_caps_realloc(outside, 10, MALLOC_CAP_DEFAULT);
}

static void free_twice(void)
{
    char *ptr = heap_caps_malloc(10, MALLOC_CAP_DEFAULT);

    heap_caps_free(ptr);
    heap_caps_free(ptr);
}

static void free_inside(void)
{
    heap_caps_free((char *)heap_caps_malloc(100, MALLOC_CAP_DEFAULT) + 16);
}

static void size_outside(void)
{
    (void)heap_caps_get_allocated_size(outside);
}

static void size_of_freed(void)
{
    char *ptr = heap_caps_malloc(10, MALLOC_CAP_DEFAULT);

    heap_caps_free(ptr);
    (void)heap_caps_get_allocated_size(ptr);
}

static void misaligned(void)
{
    heap_caps_free((char *)heap_caps_malloc(100, MALLOC_CAP_DEFAULT) + 4);
}

static void containing_outside(void)
{
    (void)heap_caps_get_containing_block_size(outside);
}

static void containing_nothing(void)
{
    char *ptr = heap_caps_malloc(100, MALLOC_CAP_DEFAULT);

    heap_caps_free(ptr);
    (void)heap_caps_get_containing_block_size(ptr);
}

static void written_past_the_end(void)
{
    char *ptr = heap_caps_malloc(16, MALLOC_CAP_DEFAULT);

    memset(ptr, 0, heap_caps_get_allocated_size(ptr) + 4);
    heap_caps_free(ptr);
}

static void multi_heap_outside(void)
{
    static char memory[2048];
    multi_heap_handle_t heap = multi_heap_register(memory, sizeof(memory));

    multi_heap_free(heap, outside);
}

static void multi_heap_nothing(void)
{
    static char memory[2048];
    multi_heap_handle_t heap = multi_heap_register(memory, sizeof(memory));

    (void)multi_heap_find_containing_block(heap, memory + 1500);
}

static void arrays_outside(void)
{
    heap_single_task_stat_t stat = {.heap_stat_start = (heap_stat_t *)(void *)outside};

    heap_caps_free_single_task_stat_arrays(&stat);
}

static bool look(walker_heap_into_t heap, walker_block_info_t block, void *user_data)
{
    (void)heap;
    (void)block;
    return user_data == NULL;
}

static void walk_without_function(void)
{
    heap_caps_walk_all(look, NULL);
    heap_caps_walk_all(NULL, NULL);
}

static void register_nothing(void)
{
    (void)multi_heap_register(NULL, 1000);
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"free_outside", free_outside},
    {"realloc_outside", realloc_outside},
    {"free_twice", free_twice},
    {"free_inside", free_inside},
    {"size_outside", size_outside},
    {"size_of_freed", size_of_freed},
    {"misaligned", misaligned},
    {"containing_outside", containing_outside},
    {"containing_nothing", containing_nothing},
    {"written_past_the_end", written_past_the_end},
    {"multi_heap_outside", multi_heap_outside},
    {"multi_heap_nothing", multi_heap_nothing},
    {"arrays_outside", arrays_outside},
    {"walk_without_function", walk_without_function},
    {"register_nothing", register_nothing},
};

void app_main(void)
{
    const char *wanted = getenv("CASE");

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (wanted != NULL && strcmp(cases[i].name, wanted) == 0) {
            cases[i].run();
            printf("still running\n");
        }
    }
}
