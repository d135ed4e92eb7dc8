/* SPDX-License-Identifier: MIT */
/* The allocation functions of the kernel's portable.h, and the instance behind them. */
#include <stdint.h>
#include <string.h>

#include "hl_freertos_private.h"

#include "heapledger/facts.h"
#include "heapledger/port.h"

#if configENABLE_HEAP_PROTECTOR == 1
#error "heapledger: configENABLE_HEAP_PROTECTOR must be 0: heaps of ours are checked as they are"
#endif
#ifndef configHEAP_CLEAR_MEMORY_ON_FREE
#define configHEAP_CLEAR_MEMORY_ON_FREE 0
#endif

_Static_assert(HL_ALIGN == portBYTE_ALIGNMENT,
               "heapledger: HL_ALIGN must equal portBYTE_ALIGNMENT of this kernel port");
_Static_assert(HL_MAX_TASKS >= 1 && HL_MAX_TASKS <= (1 << HL_OWNER_BITS) - 5,
               "heapledger: HL_MAX_TASKS must be 1 to (1 << HL_OWNER_BITS) - 5");
_Static_assert(HL_MAX_HEAPS >= 1 && HL_MAX_HEAPS <= 255,
               "heapledger: HL_MAX_HEAPS must be 1 to 255");
_Static_assert(HL_FREERTOS_CAPS != 0,
               "heapledger: with HL_FREERTOS_CAPS 0 no heap would be searched");

/* A block is so much larger than what its user has of it. The kernel's sizes mean whole blocks. */
#define HEAD_BYTES sizeof(uint32_t)

/* What is left over of a region that becomes several heaps: less is not worth a heap's records. */
enum {
    LEAST_REST = 256
};

PRIVILEGED_DATA static void
    *memory[(HL_BYTES(HL_MAX_TASKS, HL_MAX_HEAPS) + sizeof(void *) - 1) / sizeof(void *)];
PRIVILEGED_DATA static struct hl *instance;
PRIVILEGED_DATA static volatile bool ready; /* the instance has the heaps it starts with */
PRIVILEGED_DATA static size_t allocations, frees;
PRIVILEGED_DATA static volatile uint32_t faults;

#if HL_FREERTOS_COUNTS_ISRS
PRIVILEGED_DATA volatile uint32_t hl_freertos_isr_depth;
#endif

__attribute__((weak)) void hl_freertos_fault_hook(const struct hl_fault *fault)
{
    (void)fault; /* fault->reason says what it is */
    configASSERT(0 && "heapledger: a wrong pointer or a damaged heap");
}

__attribute__((weak)) void hl_freertos_limit_hook(const struct hl_limit_event *event)
{
    (void)event;
}

static void on_fault(void *context, const struct hl_fault *fault)
{
    (void)context;
    faults = faults + 1;
    hl_freertos_fault_hook(fault);
}

static void on_limit(void *context, const struct hl_limit_event *event)
{
    (void)context;
    hl_freertos_limit_hook(event);
}

/* Whoever needs the instance first may be main(), a task or an interrupt: once, and under the
 * lock. */
static void set_up(void)
{
    static const struct hl_config config = {
        .max_tasks = HL_MAX_TASKS,
        .max_heaps = HL_MAX_HEAPS,
        .keep_deleted = HL_TRACK_DELETED_TASKS,
#if HL_TASK_TRACKING && HL_FREERTOS_CORES == 1
        .port = (void *)(uintptr_t)&hl_freertos_running,
#endif
        .on_fault = on_fault,
        .on_limit = on_limit,
    };
    hl_port_state state = hl_port_lock(NULL);

    if (instance == NULL) {
        instance = hl_init(memory, sizeof(memory), &config);
    }
    if (!ready) {
        hl_freertos_add_first_heaps(instance);
        ready = true;
    }
    hl_port_unlock(NULL, state);
}

struct hl *hl_freertos_instance(void)
{
    if (!ready) {
        set_up();
    }
    return instance;
}

int hl_freertos_define_heaps(const struct hl_heap_desc *heaps, size_t count)
{
    struct hl *hl = hl_freertos_instance();

    for (size_t i = 0; i < count; i++) {
        int index = hl_add_heap(hl, &heaps[i]);

        if (index < 0) {
            return index;
        }
    }
    return 0;
}

int hl_freertos_add_region(struct hl *hl, void *start, size_t size)
{
    struct hl_heap_desc desc = {.start = start, .name = "RAM", .caps = {HL_FREERTOS_CAPS, 0, 0}};

    do {
        int index;

        desc.size = size > HL_MAX_HEAP_BYTES ? HL_MAX_HEAP_BYTES : size;
        index = hl_add_heap(hl, &desc);
        if (index < 0) {
            return index;
        }
        desc.start = (char *)desc.start + desc.size;
        size -= desc.size;
    } while (size > LEAST_REST);
    return 0;
}

static void count(struct hl *hl, size_t *counter)
{
    hl_port_state state = hl_port_lock(hl);

    (*counter)++;
    hl_port_unlock(hl, state);
}

static void allocation_failed(struct hl *hl)
{
    configASSERT(hl_heap_count(hl) > 0); /* heap_5's form: define the heaps first */
    (void)hl;
#if configUSE_MALLOC_FAILED_HOOK == 1
    vApplicationMallocFailedHook();
#endif
}

void *pvPortMalloc(size_t xWantedSize)
{
    struct hl *hl = hl_freertos_instance();
    void *pv = hl_malloc(hl, xWantedSize, HL_FREERTOS_CAPS);

    if (pv == NULL) {
        traceMALLOC(pv, 0);
        allocation_failed(hl);
        return NULL;
    }
    count(hl, &allocations);
    if (HL_FREERTOS_TRACE_MALLOC) {
        size_t size = hl_usable_size(hl, pv) + HEAD_BYTES;

        traceMALLOC(pv, size);
        (void)size;
    }
    return pv;
}

void *pvPortCalloc(size_t xNum, size_t xSize)
{
    size_t bytes;
    void *pv;

    if (__builtin_mul_overflow(xNum, xSize, &bytes)) {
        return NULL; /* without the hook: the kernel's form does the same */
    }
    pv = pvPortMalloc(bytes);
    if (pv != NULL) {
        memset(pv, 0, bytes);
    }
    return pv;
}

/* What needs the size of a block that is about to be freed. False: it is no block, and reported. */
static bool before_free(struct hl *hl, void *pv)
{
    size_t size = hl_usable_size(hl, pv);

    if (size == 0) {
        return false;
    }
    if (configHEAP_CLEAR_MEMORY_ON_FREE == 1) {
        memset(pv, 0, size);
    }
    traceFREE(pv, size + HEAD_BYTES); /* first: afterwards the address may be somebody else's */
    return true;
}

void vPortFree(void *pv)
{
    struct hl *hl = hl_freertos_instance();
    uint32_t faults_before = faults;

    if (pv == NULL) {
        return;
    }
    if ((HL_FREERTOS_TRACE_FREE || configHEAP_CLEAR_MEMORY_ON_FREE == 1) && !before_free(hl, pv)) {
        return;
    }
    hl_free(hl, pv);
    if (faults == faults_before) {
        count(hl, &frees);
    }
}

size_t xPortGetFreeHeapSize(void)
{
    struct hl_heap_facts facts;

    (void)hl_caps_facts(hl_freertos_instance(), HL_FREERTOS_CAPS, &facts);
    return facts.free;
}

/* With several heaps the sum of what each had at its lowest: never too much. */
size_t xPortGetMinimumEverFreeHeapSize(void)
{
    struct hl_heap_facts facts;

    (void)hl_caps_facts(hl_freertos_instance(), HL_FREERTOS_CAPS, &facts);
    return facts.min_free;
}

void xPortResetHeapMinimumEverFreeHeapSize(void)
{
    hl_reset_min_free(hl_freertos_instance(), HL_FREERTOS_CAPS);
}

/* Free blocks are counted by a walk. When another walk is under way what is known without one has
 * to do: the size that is sure to succeed as the largest, and one block. */
static void survey_free_blocks(struct hl *hl, const struct hl_heap_facts *facts, HeapStats_t *stats)
{
    struct hl_heap_survey survey;

    if (hl_caps_survey(hl, HL_FREERTOS_CAPS, &survey) != 0) {
        survey.free_blocks = facts->sure != 0 ? 1 : 0;
        survey.largest_free = facts->sure;
        survey.smallest_free = facts->sure;
    }
    stats->xNumberOfFreeBlocks = survey.free_blocks;
    if (survey.free_blocks == 0) {
        stats->xSizeOfLargestFreeBlockInBytes = 0;
        stats->xSizeOfSmallestFreeBlockInBytes = (size_t)portMAX_DELAY; /* as the kernel's form */
        return;
    }
    stats->xSizeOfLargestFreeBlockInBytes = survey.largest_free + HEAD_BYTES;
    stats->xSizeOfSmallestFreeBlockInBytes = survey.smallest_free + HEAD_BYTES;
}

void vPortGetHeapStats(HeapStats_t *pxHeapStats)
{
    struct hl *hl = hl_freertos_instance();
    struct hl_heap_facts facts;
    hl_port_state state;

    (void)hl_caps_facts(hl, HL_FREERTOS_CAPS, &facts);
    survey_free_blocks(hl, &facts, pxHeapStats);
    pxHeapStats->xAvailableHeapSpaceInBytes = facts.free;
    pxHeapStats->xMinimumEverFreeBytesRemaining = facts.min_free;
    state = hl_port_lock(hl);
    pxHeapStats->xNumberOfSuccessfulAllocations = allocations;
    pxHeapStats->xNumberOfSuccessfulFrees = frees;
    hl_port_unlock(hl, state);
}

/* For a restart of the scheduler: heap and ledger begin anew, serial numbers go on. */
void vPortHeapResetState(void)
{
    if (instance != NULL) {
        hl_reset(instance);
    }
    ready = false;
    allocations = 0;
    frees = 0;
#if HL_TASK_TRACKING && HL_FREERTOS_CORES == 1
    hl_freertos_running = HL_TASK_PRE_SCHEDULER;
#endif
}

#if HL_TASK_TRACKING

int hl_freertos_id(TaskHandle_t task)
{
    struct hl *hl = hl_freertos_instance();
    hl_port_state state;
    int id;

    if (task != NULL) {
        return (int)(intptr_t)pvTaskGetThreadLocalStoragePointer(task, HL_FREERTOS_SLOT);
    }
    state = hl_port_lock(hl);
    id = (int)hl_port_current(hl);
    hl_port_unlock(hl, state);
    return id;
}

#if HL_FREERTOS_CORES == 1
void hl_freertos_charge(TaskHandle_t task)
{
    hl_freertos_running = task != NULL ? (uint32_t)hl_freertos_id(task) : HL_TASK_PRE_SCHEDULER;
}
#endif

uint32_t hl_freertos_serial(TaskHandle_t task)
{
    int id = hl_freertos_id(task);

    if (id < HL_TASK_FIRST) {
        return (uint32_t)id + 1;
    }
    return hl_find_handle(hl_freertos_instance(),
                          task != NULL ? task : hl_freertos_running_handle());
}

#endif
