/* SPDX-License-Identifier: MIT */
/* Prints where 20,000 random operations put their blocks: the same on every machine. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heapledger/facts.h"
#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"
#include "heapledger/snapshot.h"

#include "print_line.h"

/*
 * Only offsets from the start of a heap are printed, so programs for machines of any word size can be
 * compared. The heaps start at multiples of PLACE, and no larger alignment is asked for.
 */
#define PLACE        65536
#define OPERATIONS   20000
#define DIGEST_EVERY 1000
#define SLOTS        160
#define TASKS        8
#define MAX_TASKS    12
#define HEAPS        3

enum cap {
    CAP_FAST = 1,
    CAP_LARGE = 2,
    CAP_DMA = 4
};

static _Alignas(PLACE) unsigned char large[48 * 1024];
static _Alignas(PLACE) unsigned char fast[20 * 1024 + 7];
static _Alignas(PLACE) unsigned char odd[24 * 1024];

/* The third starts and ends askew, to be rounded. */
static const struct hl_heap_desc heaps[HEAPS] = {
    {.start = large, .size = sizeof large, .name = "large", .caps = {CAP_LARGE, CAP_DMA, 0}},
    {.start = fast, .size = sizeof fast, .name = "fast", .caps = {CAP_FAST, 0, CAP_LARGE}},
    {.start = odd + 13, .size = sizeof odd - 30, .name = "odd", .caps = {CAP_DMA, CAP_LARGE, 0}},
};

static void *memory[HL_BYTES(MAX_TASKS, HEAPS) / sizeof(void *) + 1];
static uint32_t running; /* port/none: the id of the task that runs */
static int tasks[TASKS]; /* ids */
static struct hl *hl;
static uint32_t random_state = 2463534242U;
static uint32_t digest = 2166136261U;

/* A line under construction. */
static char line[128];
static unsigned line_length;

/* xorshift32: G. Marsaglia, Xorshift RNGs, 2003. */
static uint32_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

/* 0 to limit - 1, for limits up to 65536. By multiplication: not every target can divide. */
static uint32_t random_below(uint32_t limit)
{
    return ((next_random() >> 16) * limit) >> 16;
}

static void put_text(const char *text)
{
    while (*text != '\0' && line_length < sizeof line - 1) {
        line[line_length++] = *text++;
    }
}

static void put_number(uint32_t value)
{
    static const uint32_t powers[] = {1000000000, 100000000, 10000000, 1000000, 100000,
                                      10000,      1000,      100,      10,      1};
    char digits[11];
    unsigned power;
    unsigned count = 0;

    for (power = 0; power < 10; power++) {
        char digit = '0';

        while (value >= powers[power]) {
            value -= powers[power];
            digit++;
        }
        if (digit != '0' || count > 0 || power == 9) {
            digits[count++] = digit;
        }
    }
    digits[count] = '\0';
    put_text(digits);
}

/* " name value" */
static void put_field(const char *name, uint32_t value)
{
    put_text(" ");
    put_text(name);
    put_text(" ");
    put_number(value);
}

static void end_line(void)
{
    line[line_length] = '\0';
    line_length = 0;
    print_line(line);
}

static void put_digest(uint32_t value)
{
    unsigned byte;

    for (byte = 0; byte < 4; byte++) { /* FNV-1a */
        digest = (digest ^ (value & 255)) * 16777619U;
        value >>= 8;
    }
}

static uint32_t offset_of(int heap, const void *address)
{
    return (uint32_t)((const unsigned char *)address - (const unsigned char *)heaps[heap].start);
}

/* Where an operation put its block: " 0:4132", or " -" for nowhere. */
static void tell_place(const void *block)
{
    int heap = block == NULL ? HEAPS : hl_heap_of(hl, block);

    put_text(" ");
    put_digest((uint32_t)heap);
    if (block == NULL) {
        put_text("-");
    } else {
        put_number((uint32_t)heap);
        put_text(":");
        put_number(offset_of(heap, block));
        put_digest(offset_of(heap, block));
    }
    if (line_length > 90) {
        end_line();
    }
}

/* Small sizes are as likely as large ones; a few are nothing or more than there is. */
static size_t random_size(void)
{
    uint32_t odds = random_below(200);

    if (odds == 0) {
        return 0;
    }
    if (odds == 1) {
        return 0x7fffff00U + random_below(512);
    }
    return 1 + random_below(8U << random_below(10));
}

static uint32_t random_caps(void)
{
    static const uint32_t caps[] = {CAP_FAST, CAP_LARGE, CAP_DMA, CAP_LARGE | CAP_DMA};

    return caps[random_below(4)];
}

/* One random number for each statement: the order in which arguments are evaluated is the compiler's. */
static void *allocate(void)
{
    uint32_t kind = random_below(10);
    size_t size = random_size();
    uint32_t caps = random_caps();

    if (kind == 0) {
        return hl_calloc(hl, 1 + random_below(5), size, caps);
    }
    if (kind <= 2) {
        return hl_aligned_alloc(hl, (size_t)1 << random_below(13), size, caps);
    }
    return hl_malloc(hl, size, caps);
}

static void *reallocate(void *block)
{
    size_t size = random_size();
    void *moved = hl_realloc(hl, block, size, random_caps());

    return moved != NULL || size == 0 ? moved : block;
}

/* A task ends, often in debt, and another takes its place. */
static void replace_task(void)
{
    uint32_t i = random_below(TASKS);

    (void)hl_task_delete(hl, tasks[i]);
    tasks[i] = hl_task_register(hl, NULL, "worker");
    put_digest((uint32_t)tasks[i]);
}

static void operate(void *slots[SLOTS])
{
    void **slot = &slots[random_below(SLOTS)];
    uint32_t kind = random_below(100);

    running = random_below(50) == 0 ? HL_TASK_ISR : (uint32_t)tasks[random_below(TASKS)];
    if (kind == 0) {
        replace_task();
    } else if (*slot == NULL) {
        *slot = allocate();
        tell_place(*slot);
    } else if (kind < 30) {
        *slot = reallocate(*slot);
        tell_place(*slot);
    } else if (kind < 35) {
        (void)hl_transfer(hl, *slot, tasks[random_below(TASKS)]);
    } else {
        hl_free(hl, *slot);
        *slot = NULL;
    }
}

static bool tell_task(void *context, const struct hl_task_info *task)
{
    (void)context;
    put_text("task ");
    put_text(task->name);
    put_field("serial", task->serial);
    put_field("alive", task->alive);
    put_field("current", task->current);
    put_field("peak", task->peak);
    end_line();
    return true;
}

static bool tell_account(void *context, const struct hl_task_info *task,
                         const struct hl_account_info *account)
{
    (void)task;
    *(int *)context = account->heap;
    put_text("  heap ");
    put_text(account->name);
    put_field("caps", account->caps);
    put_field("current", account->current);
    put_field("peak", account->peak);
    put_field("blocks", account->blocks);
    end_line();
    return true;
}

static bool tell_block(void *context, const struct hl_block_info *block)
{
    put_text("    block ");
    put_number(offset_of(*(const int *)context, block->address));
    put_field("size", block->size);
    put_field("owner", block->owner);
    end_line();
    return true;
}

static void tell_facts(int heap)
{
    struct hl_heap_facts facts;

    put_text("heap ");
    put_text(heaps[heap].name);
    if (hl_heap_facts(hl, heap, &facts) == 0) {
        put_field("first", offset_of(heap, facts.first));
        put_field("end", offset_of(heap, facts.end));
        put_field("free", (uint32_t)facts.free);
        put_field("least", (uint32_t)facts.min_free);
        put_field("sure", (uint32_t)facts.sure);
        put_field("used", (uint32_t)facts.used);
    }
    end_line();
}

/* All that the books say, and all blocks, free ones too. 0 when everything is sound. */
static int tell_everything(void)
{
    int heap;
    struct hl_visitor visitor = {
        .task = tell_task, .account = tell_account, .block = tell_block, .context = &heap};
    int result = hl_visit_tasks(hl, 0, &visitor);

    for (heap = 0; heap < HEAPS && result == 0; heap++) {
        tell_facts(heap);
        result = hl_visit_blocks(hl, heap, tell_block, &heap);
        if (result == 0) {
            result = hl_check(hl, heap, NULL);
        }
    }
    return result;
}

static bool set_up(void)
{
    const struct hl_config config = {
        .max_tasks = MAX_TASKS, .max_heaps = HEAPS, .keep_deleted = true, .port = &running};
    int i;

    hl = hl_init(memory, sizeof memory, &config);
    if (hl == NULL) {
        return false;
    }
    for (i = 0; i < HEAPS; i++) {
        if (hl_add_heap(hl, &heaps[i]) != i) {
            return false;
        }
    }
    for (i = 0; i < TASKS; i++) {
        tasks[i] = hl_task_register(hl, NULL, "first");
    }
    return true;
}

int main(void)
{
    static void *slots[SLOTS];
    unsigned operation;
    unsigned due = DIGEST_EVERY;

    if (!set_up()) {
        print_line("no instance");
        return 1;
    }
    for (operation = 1; operation <= OPERATIONS; operation++) {
        operate(slots);
        if (operation == due) {
            due += DIGEST_EVERY;
            end_line();
            put_text("after");
            put_field("operations", operation);
            put_field("digest", digest);
            end_line();
        }
    }
    if (tell_everything() != 0) {
        print_line("damaged");
        return 1;
    }
    return 0;
}
