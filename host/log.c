/* SPDX-License-Identifier: MIT */
/* A log that is read: its snapshots, and what is wrong with it. */
#include "log.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "json_load.h"
#include "memory.h"
#include "message.h"
#include "stream.h"

enum {
    CHUNK = 256 * 1024,
    REPORTS_SHOWN = 20,
    REPORTS_KEPT = 1000,
    BOOTS_KEPT = 64,
    POLL_MS = 200,
    IDLE_POLLS = 10, /* so long a silence ends a print */
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

bool log_stopped(void)
{
    return stopped != 0;
}

/* What the stream tells. */

/* What is noted once of every print need be said once. */
static bool is_said(const struct log *log, const char *what)
{
    for (size_t i = 0; i < log->report_count; i++) {
        if (!log->reports[i].damage && strcmp(log->reports[i].what, what) == 0) {
            return true;
        }
    }
    return false;
}

static void hear_report(void *context, uint64_t line, bool damage, const char *what)
{
    struct log *log = context;
    uint64_t count;

    if (!damage && is_said(log, what)) {
        return;
    }
    count = damage ? ++log->damaged : ++log->notes;

    if (log->report_count < REPORTS_KEPT) {
        struct report *report =
            memory_append((void **)&log->reports, &log->report_count, sizeof(*report));

        *report = (struct report){.line = line, .what = memory_copy(what), .damage = damage};
    }
    if (!log->options->quiet && (count <= REPORTS_SHOWN || log->options->all_reports)) {
        message_line("%s:%" PRIu64 ": %s%s", log->source, line, damage ? "" : "note: ", what);
    }
}

static bool same_boot(const struct snapshot *a, const struct snapshot *b)
{
    return a->boot_index == b->boot_index && a->boot == b->boot;
}

/* Lines of the wire format may come late, after a snapshot that began later. */
static bool is_later(const struct snapshot *a, const struct snapshot *b)
{
    return a->line > b->line;
}

/* Does the new one say all that the old one said? */
static bool replaces(const struct snapshot *new_one, const struct snapshot *old)
{
    if (!same_boot(new_one, old)) {
        return false;
    }
    if (new_one->task_count == 0 || old->task_count == 0) {
        return new_one->task_count == old->task_count;
    }
    return !new_one->partial ||
           (old->partial && strcmp(new_one->tasks[0].name, old->tasks[0].name) == 0);
}

static bool is_kept(const struct log *log, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < log->kept_count; i++) {
        if (log->kept[i] == snapshot) {
            return true;
        }
    }
    return false;
}

static void remove_last(struct log *log, size_t index)
{
    if (!is_kept(log, log->last[index])) {
        snapshot_free(log->last[index]);
    }
    log->last_count--;
    memmove(&log->last[index], &log->last[index + 1],
            (log->last_count - index) * sizeof(struct snapshot *));
}

/* Is there something better: a later one, or, when the log ends within it, one of the same
 * format before? */
static bool is_left_out(const struct log *log, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < log->last_count; i++) {
        const struct snapshot *other = log->last[i];

        if (same_boot(snapshot, other) && strcmp(snapshot->format, other->format) == 0 &&
            (snapshot->cut_off || is_later(other, snapshot))) {
            return true;
        }
    }
    return false;
}

static void put_last(struct log *log, struct snapshot *snapshot)
{
    if (is_left_out(log, snapshot)) {
        if (!is_kept(log, snapshot)) {
            snapshot_free(snapshot);
        }
        return;
    }
    for (size_t i = log->last_count; i > 0; i--) {
        if (replaces(snapshot, log->last[i - 1])) {
            remove_last(log, i - 1);
        }
    }
    if (log->last_count >= BOOTS_KEPT) {
        remove_last(log, 0);
    }
    if (log->last == NULL) {
        log->last = memory_new(BOOTS_KEPT, sizeof(struct snapshot *));
    }
    log->last[log->last_count++] = snapshot;
}

/* Sizes that were printed with 16 bits: each print learns from the others. */

static bool is_cut(const struct log *log, const struct heap *heap)
{
    for (size_t i = 0; heap->name != NULL && i < log->cut_count; i++) {
        const struct cut_size *cut = &log->cut[i];

        if (cut->size == heap->size && cut->caps == heap->caps &&
            strcmp(cut->heap, heap->name) == 0) {
            return true;
        }
    }
    return false;
}

static void forget_cut_sizes(const struct log *log, struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        struct heap *heap = &snapshot->heaps[i];

        if (is_cut(log, heap)) {
            heap->size_mod_64k = heap->size;
            heap->size = UNKNOWN;
        }
    }
}

static void learn_cut_sizes(struct log *log, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        struct heap shown = snapshot->heaps[i];
        struct cut_size *cut;

        shown.size = shown.size_mod_64k;
        if (shown.size == UNKNOWN || shown.name == NULL || is_cut(log, &shown)) {
            continue;
        }
        cut = memory_append((void **)&log->cut, &log->cut_count, sizeof(*cut));
        *cut = (struct cut_size){memory_copy(shown.name), shown.caps, shown.size};
    }
}

/* What the end of the log tells of the snapshots that are left. */
static void review(struct log *log)
{
    for (size_t i = 0; i < log->last_count; i++) {
        forget_cut_sizes(log, log->last[i]);
    }
    for (size_t i = 0; i < log->kept_count; i++) {
        forget_cut_sizes(log, log->kept[i]);
    }
}

static void hear_snapshot(void *context, struct snapshot *snapshot)
{
    struct log *log = context;
    const struct log_options *options = log->options;

    log->snapshots++;
    learn_cut_sizes(log, snapshot);
    forget_cut_sizes(log, snapshot);
    history_add(log->history, snapshot);
    if (options->keep_all || options->at == snapshot->index) {
        *(struct snapshot **)memory_append((void **)&log->kept, &log->kept_count,
                                           sizeof(struct snapshot *)) = snapshot;
    }
    if (options->each != NULL || is_kept(log, snapshot)) {
        verdict_judge(snapshot, log->history, &options->init);
    }
    if (options->each != NULL) {
        options->each(options->context, snapshot);
    }
    put_last(log, snapshot);
}

/* Reading. */

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct reading {
    struct source source;
    struct stream *stream;
    double deadline; /* 0: none */
    unsigned idle;   /* polls without a byte */
};

/* 1: there are bytes. 0: not yet. -1: no more will be waited for. */
static int wait_for_bytes(struct log *log, struct reading *reading)
{
    struct pollfd poll_fd = {.fd = reading->source.fd, .events = POLLIN};
    int ready;

    if (stopped || (reading->deadline > 0 && now() >= reading->deadline)) {
        return -1;
    }
    if (!reading->source.live) {
        return 1;
    }
    ready = poll(&poll_fd, 1, POLL_MS);
    if (ready > 0) {
        reading->idle = 0;
        return 1;
    }
    if (++reading->idle == IDLE_POLLS && log->options->follow) {
        stream_idle(reading->stream);
    }
    return 0;
}

/* The end of a file that may grow. False: it is the end. */
static bool wait_for_growth(const struct log *log, struct reading *reading)
{
    if (!log->options->follow || !reading->source.file || stopped) {
        return false;
    }
    poll(NULL, 0, POLL_MS);
    if (++reading->idle == IDLE_POLLS) {
        stream_idle(reading->stream);
    }
    return true;
}

static bool read_all(struct log *log, struct reading *reading, char *buffer)
{
    for (;;) {
        int ready = wait_for_bytes(log, reading);
        ssize_t count;

        if (ready < 0) {
            return true;
        }
        if (ready == 0) {
            continue;
        }
        count = source_read(&reading->source, buffer, CHUNK);
        if (count < 0) {
            return false;
        }
        if (count == 0 && !wait_for_growth(log, reading)) {
            return true;
        }
        if (count > 0) {
            reading->idle = 0;
        }
        log->bytes += (uint64_t)count;
        stream_feed(reading->stream, buffer, (size_t)count);
        message_progress(log->source, log->bytes, reading->source.bytes);
    }
}

static void say_the_rest(const struct log *log)
{
    if (!log->options->quiet && !log->options->all_reports && log->damaged > REPORTS_SHOWN) {
        message_line("%s: %" PRIu64 " more places are damaged; --damage names them all",
                     log->source, log->damaged - REPORTS_SHOWN);
    }
}

void log_catch_stop(void)
{
    struct sigaction action = {.sa_handler = stop};

    action.sa_flags = (int)SA_RESETHAND; /* a second Ctrl-C ends the program */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* A file that an export wrote, not a console. */
static bool read_json(struct log *log, struct reading *reading,
                      const struct stream_listener *listener)
{
    char head[64];
    ssize_t count = reading->source.file ? pread(reading->source.fd, head, sizeof(head), 0) : 0;
    FILE *file;

    if (count <= 0 || !json_load_is_ours(head, (size_t)count)) {
        return false;
    }
    file = fdopen(dup(reading->source.fd), "r");
    if (file == NULL) {
        return false;
    }
    json_load(file, log->source, listener);
    fclose(file);
    return true;
}

struct log *log_read(const char *spec, const struct log_options *options)
{
    struct log *log = memory_new(1, sizeof(*log));
    const struct stream_listener listener = {
        .snapshot = hear_snapshot, .report = hear_report, .context = log};
    struct reading reading = {0};
    char *buffer;
    bool fine;

    log->options = options;
    log->history = history_new();
    if (!source_open(&reading.source, spec, &options->source)) {
        log_free(log);
        return NULL;
    }
    log_catch_stop();
    log->source = memory_copy(reading.source.name);
    reading.stream = stream_new(log->source, &listener);
    reading.deadline = options->seconds > 0 ? now() + options->seconds : 0;
    buffer = memory_new(CHUNK, 1);
    fine = read_json(log, &reading, &listener) || read_all(log, &reading, buffer);
    stream_end(reading.stream);
    review(log);
    log->lines = stream_lines(reading.stream);
    log->command_status = source_close(
        &reading.source, stopped || (reading.deadline > 0 && now() >= reading.deadline));
    message_progress_end();
    say_the_rest(log);
    stream_free(reading.stream);
    free(buffer);
    if (!fine) {
        log_free(log);
        return NULL;
    }
    return log;
}

void log_free(struct log *log)
{
    if (log == NULL) {
        return;
    }
    while (log->last_count > 0) {
        remove_last(log, log->last_count - 1);
    }
    for (size_t i = 0; i < log->kept_count; i++) {
        snapshot_free(log->kept[i]);
    }
    for (size_t i = 0; i < log->report_count; i++) {
        free(log->reports[i].what);
    }
    for (size_t i = 0; i < log->cut_count; i++) {
        free(log->cut[i].heap);
    }
    free(log->cut);
    history_free(log->history);
    free(log->last);
    free(log->kept);
    free(log->reports);
    free(log->source);
    free(log);
}

struct snapshot *log_newest(struct log *log)
{
    struct snapshot *newest = log->last_count > 0 ? log->last[log->last_count - 1] : NULL;

    for (size_t i = log->last_count; i > 0; i--) {
        if (log->last[i - 1]->task_count > 0) {
            newest = log->last[i - 1];
            break;
        }
    }
    if (newest != NULL) {
        verdict_judge(newest, log->history, &log->options->init);
    }
    return newest;
}

struct snapshot *log_at(struct log *log, uint64_t index)
{
    for (size_t i = 0; i < log->kept_count; i++) {
        if (log->kept[i]->index == index) {
            return log->kept[i];
        }
    }
    return NULL;
}

void log_judge(struct log *log)
{
    for (size_t i = 0; i < log->last_count; i++) {
        verdict_judge(log->last[i], log->history, &log->options->init);
    }
}
