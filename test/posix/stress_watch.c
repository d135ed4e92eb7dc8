/* SPDX-License-Identifier: MIT */
/* The stress test's watchers: snapshots, texts, wire lines and checks, while the heaps are in use. */
#include <string.h>

#include "heapledger/facts.h"
#include "heapledger/snapshot.h"
#include "heapledger/writers.h"
#include "stress.h"

enum {
    ROOM_TASKS = MAX_TASKS + 3,
    ROOM_ACCOUNTS = ROOM_TASKS * HEAPS,
    ROOM_BLOCKS = 1024,
    LINE = 200,
};

/* A snapshot and its arrays: one per watcher, on its stack. */
struct books {
    struct hl_task_info tasks[ROOM_TASKS];
    struct hl_account_info accounts[ROOM_ACCOUNTS];
    struct hl_block_info blocks[ROOM_BLOCKS];
    struct hl_snapshot snapshot;
};

static void books_clear(struct books *books)
{
    books->snapshot = (struct hl_snapshot){
        .tasks = books->tasks,
        .task_room = ROOM_TASKS,
        .accounts = books->accounts,
        .account_room = ROOM_ACCOUNTS,
        .blocks = books->blocks,
        .block_room = ROOM_BLOCKS,
    };
}

/* Counts a report that was made. It may also have been turned away. */
static bool reported(int result, const char *what)
{
    if (result == HL_ERR_BUSY) {
        return false;
    }
    expect(result == 0 || result == 1, what);
    atomic_fetch_add(&stress.reports, 1);
    return true;
}

static void account_adds_up(const struct books *books, const struct hl_account_info *account)
{
    const struct hl_block_info *block = &books->blocks[account->first_block];
    uint32_t sum = 0;
    size_t i;

    for (i = 0; i < account->listed; i++) {
        sum += block[i].size;
        expect(i == 0 || (uintptr_t)block[i].address > (uintptr_t)block[i - 1].address,
               "blocks come in address order");
    }
    expect(account->listed == account->blocks, "every block is listed");
    expect(sum == account->current, "an account is the sum of its blocks");
    expect(account->peak >= account->current, "an account's peak is no less than it has");
}

static void task_adds_up(const struct books *books, const struct hl_task_info *task)
{
    const struct hl_account_info *account = &books->accounts[task->first_account];
    uint32_t sum = 0;
    size_t i;

    for (i = 0; i < task->account_count; i++) {
        sum += account[i].current;
        account_adds_up(books, &account[i]);
    }
    expect(sum == task->current, "a task's total is the sum of its accounts");
    expect(task->peak >= task->current, "a task's peak is no less than it has");
}

static void books_add_up(const struct books *books)
{
    const struct hl_snapshot *snapshot = &books->snapshot;
    size_t i;

    expect(snapshot->tasks_missing == 0 && snapshot->accounts_missing == 0 &&
               snapshot->blocks_missing == 0,
           "everything found room");
    for (i = 0; i < snapshot->task_count; i++) {
        task_adds_up(books, &books->tasks[i]);
    }
}

static void take_snapshot(struct actor *watcher)
{
    struct books books;
    struct hl_snapshot_needs needs;
    uint32_t name = random_below(&watcher->random, 4);
    uint32_t serial = name == 0   ? hl_find_name(stress.hl, "worker")
                      : name == 1 ? hl_find_name(stress.hl, "visitor")
                                  : 0;
    int result;

    books_clear(&books);
    result = hl_snapshot(stress.hl, serial, &books.snapshot);
    if (serial != 0 && result == HL_ERR_NOT_FOUND) {
        return; /* gone again */
    }
    if (reported(result, "a snapshot is taken")) {
        books_add_up(&books);
    }
    result = hl_snapshot_needs(stress.hl, 0, &needs);
    if (reported(result, "a snapshot says what it needs")) {
        expect(needs.tasks >= WORKERS && needs.tasks <= ROOM_TASKS, "the needs are reasonable");
    }
}

/* What a sink has seen so far: whole lines? */
struct paper {
    size_t column;
    bool wire;
    unsigned lines;
};

/* CRC-32, bit by bit. */
static uint32_t crc32(const char *bytes, size_t count)
{
    uint32_t crc = 0xffffffff;
    unsigned bit;

    while (count-- > 0) {
        crc ^= (unsigned char)*bytes++;
        for (bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

/* `@HL1 {json} crc32` and the line end, in one call. */
static bool is_wire_line(const char *line, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    uint32_t crc = 0;
    size_t i;

    if (length < 16 || length > LINE || memcmp(line, "@HL1 {", 6) != 0 ||
        line[length - 11] != '}' || line[length - 10] != ' ' || line[length - 1] != '\n') {
        return false;
    }
    for (i = length - 9; i < length - 1; i++) {
        const char *digit = strchr(digits, line[i]);

        if (digit == NULL) {
            return false;
        }
        crc = crc << 4 | (uint32_t)(digit - digits);
    }
    return crc == crc32(line + 5, length - 15);
}

static int put_on_paper(void *context, const char *bytes, size_t count)
{
    struct paper *paper = context;
    size_t i;

    if (paper->wire) {
        expect(is_wire_line(bytes, count), "the wire format is written in whole, sound lines");
    }
    for (i = 0; i < count; i++) {
        paper->column = bytes[i] == '\n' ? 0 : paper->column + 1;
        paper->lines += bytes[i] == '\n';
    }
    return 0;
}

static void print(void)
{
    struct paper paper = {0};
    const struct hl_sink sink = {.write = put_on_paper, .context = &paper};

    if (reported(hl_text_print(stress.hl, 0, &sink), "a text is printed")) {
        expect(paper.column == 0, "a text ends with a line end");
        expect(paper.lines >= WORKERS, "a text lists the workers");
    }
}

static void send_wire(struct actor *watcher)
{
    struct paper paper = {.wire = true};
    const struct hl_sink sink = {.write = put_on_paper, .context = &paper};
    const struct hl_wire_header header = {
        .boot = 1,
        .number = random_below(&watcher->random, 1000),
        .uptime_ms = 1000,
        .build = "stress",
        .blocks = random_below(&watcher->random, 2) == 0,
    };

    if (reported(hl_wire_snapshot(stress.hl, &header, &sink), "a wire snapshot is written")) {
        expect(paper.lines >= WORKERS + HEAPS - 1, "the wire lists heaps and workers");
    }
}

static void check_a_heap(struct actor *watcher)
{
    struct hl_fault fault;
    int heap = (int)random_below(&watcher->random, (uint32_t)hl_heap_count(stress.hl));
    int result = hl_check(stress.hl, heap, &fault);

    if (result != HL_ERR_CHANGED) {
        (void)reported(result, "a heap in use is sound");
    }
}

static void survey(struct actor *watcher)
{
    struct hl_heap_survey survey;
    struct hl_heap_facts facts;
    struct hl_ledger_facts ledger;
    int heap = (int)random_below(&watcher->random, (uint32_t)hl_heap_count(stress.hl));

    (void)reported(hl_heap_survey(stress.hl, heap, &survey), "a heap is surveyed");
    (void)reported(hl_caps_survey(stress.hl, 0, &survey), "all heaps are surveyed");
    expect(hl_heap_facts(stress.hl, heap, &facts) == 0, "a heap has facts");
    expect(facts.min_free <= facts.free, "the least free is no more than what is free");
    hl_ledger_facts(stress.hl, &ledger);
    expect(ledger.tasks >= WORKERS && ledger.tasks <= MAX_TASKS, "the ledger counts its tasks");
}

#if HL_LIMITS
/* Any worker may be refused memory for a while. */
static void change_limit(struct actor *watcher)
{
    int worker = stress.worker_ids[random_below(&watcher->random, WORKERS)];
    uint32_t limit = random_below(&watcher->random, 2) == 0 ? HL_NO_LIMIT : 4000;

    expect(hl_task_limit(stress.hl, worker, limit, limit, true) == 0, "a worker can be limited");
}
#else
static void change_limit(struct actor *watcher)
{
    (void)watcher;
}
#endif

void watch(struct actor *watcher)
{
    unsigned i;

    switch (random_below(&watcher->random, 8)) {
    case 0:
    case 1:
        take_snapshot(watcher);
        break;
    case 2:
        print();
        break;
    case 3:
        send_wire(watcher);
        break;
    case 4:
        check_a_heap(watcher);
        break;
    case 5:
        survey(watcher);
        break;
    case 6:
        change_limit(watcher);
        hl_keep_deleted(stress.hl, random_below(&watcher->random, 4) != 0);
        break;
    default:
        for (i = 0; i < 200 && hl_maintain(stress.hl); i++) {
        }
        break;
    }
}

/* Which entry of `expected` a task in the snapshot belongs to. */
static int owner_of(const struct hl_task_info *task)
{
    int i;

    for (i = 0; i < WORKERS; i++) {
        if (task->serial == stress.worker_serials[i]) {
            return i;
        }
    }
    return OTHERS;
}

static void parcels_are_listed(const struct books *books)
{
    const struct parcel *pool = pool_at_rest();
    size_t listed = 0;
    size_t i;

    for (i = 0; i < POOL; i++) {
        if (pool[i].bytes != NULL) {
            listed++;
            parcel_verify(&pool[i]);
            expect(hl_usable_size(stress.hl, pool[i].bytes) == pool[i].size,
                   "a block's size is what it was");
        }
    }
    expect(listed == books->snapshot.block_count, "the blocks that live are those that are listed");
}

void watch_at_rest(void)
{
    struct books books;
    uint32_t found[WORKERS + 1] = {0};
    size_t i;
    int heap;

    for (heap = 0; heap < hl_heap_count(stress.hl); heap++) {
        expect(hl_check(stress.hl, heap, NULL) == 0,
               "a heap at rest is sound, and its books balance");
    }
    books_clear(&books);
    expect(hl_snapshot(stress.hl, 0, &books.snapshot) == 0, "a snapshot at rest succeeds");
    expect(!books.snapshot.changed, "nothing changes at rest");
    books_add_up(&books);
    for (i = 0; i < books.snapshot.task_count; i++) {
        found[owner_of(&books.tasks[i])] += books.tasks[i].current;
    }
    for (i = 0; i <= WORKERS; i++) {
        expect(found[i] == atomic_load(&stress.expected[i]),
               "everybody owes what the test knows of");
    }
    parcels_are_listed(&books);
}
