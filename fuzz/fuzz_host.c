/* SPDX-License-Identifier: MIT */
/* Feeds a reader of the heapledger command, or all of them, with any bytes. FUZZ_READER names
 * the reader. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "json.h"
#include "reader.h"
#include "verdict.h"
#include "wire_line.h"

/* What must hold of every snapshot, whatever was read. */
static void check_task(const struct snapshot *snapshot, const struct task *task)
{
    if (task->name == NULL && task->serial == UNKNOWN) {
        abort(); /* nobody could say which one that is */
    }
    for (size_t i = 0; i < task->account_count; i++) {
        if (task->accounts[i].heap >= snapshot->heap_count) {
            abort();
        }
    }
}

static void hear_snapshot(void *context, struct snapshot *snapshot)
{
    static const struct init_names nobody;
    struct history *history = context;
    json_t *object;

    for (size_t i = 0; i < snapshot->task_count; i++) {
        check_task(snapshot, &snapshot->tasks[i]);
    }
    history_add(history, snapshot);
    verdict_judge(snapshot, history, &nobody);
    object = json_snapshot(snapshot);
    if (object == NULL) {
        abort();
    }
    json_decref(object);
    snapshot_free(snapshot);
}

static void hear_report(void *context, uint64_t line, bool damage, const char *what)
{
    (void)context;
    (void)line;
    (void)damage;
    if (*what == 0) {
        abort();
    }
}

#ifdef FUZZ_CHECK_SUMS
/* Each line gets the frame of the wire format with the right check sum: else hardly any would be
 * read. */
static void feed(struct stream *stream, const char *bytes, size_t size)
{
    const char *end = bytes + size;

    while (bytes < end) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
        char sum[16];

        stop = stop != NULL ? stop : end;
        snprintf(sum, sizeof(sum), " %08x\n", wire_line_crc(bytes, stop));
        stream_feed(stream, "@HL1 ", 5);
        stream_feed(stream, bytes, (size_t)(stop - bytes));
        stream_feed(stream, sum, strlen(sum));
        bytes = stop + 1;
    }
}
#else
static void feed(struct stream *stream, const char *bytes, size_t size)
{
    size_t half = size / 2; /* so that lines are cut by the end of a read, too */

    stream_feed(stream, bytes, half);
    stream_feed(stream, bytes + half, size - half);
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
#ifdef FUZZ_READER
    static const struct reader *const list[] = {&FUZZ_READER, NULL};
#else
    const struct reader *const *list = readers;
#endif
    struct history *history = history_new();
    const struct stream_listener listener = {
        .snapshot = hear_snapshot, .report = hear_report, .context = history};
    struct stream *stream = stream_new_with("fuzz", &listener, list);

    feed(stream, (const char *)data, size);
    stream_end(stream);
    stream_free(stream);
    history_free(history);
    return 0;
}
