/* SPDX-License-Identifier: MIT */
/* What a log is checked for. */
#include "rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "message.h"
#include "size.h"

static char *add_limit(struct limit **limits, size_t *count, const char *word, const char *value)
{
    const char *equals = value != NULL ? strrchr(value, '=') : NULL;
    struct limit *limit;
    uint64_t size;

    if (equals == NULL || equals == value) {
        return memory_format("%s needs NAME=SIZE, such as wifi=12KiB", word);
    }
    if (!size_parse(equals + 1, &size)) {
        return memory_format("%s: '%s' is no size; write 13616, 12KiB or 1.5MiB", word, equals + 1);
    }
    limit = memory_append((void **)limits, count, sizeof(*limit));
    limit->name = memory_text(value, (size_t)(equals - value));
    limit->size = size;
    return NULL;
}

static char *set_tolerance(struct rules *rules, const char *value)
{
    double percent;
    char *end;

    if (value == NULL) {
        return memory_copy("tolerance needs a value");
    }
    percent = strtod(value, &end);

    if (end == value || (*end != 0 && strcmp(end, "%") != 0) || !(percent >= 0 && percent < 1e6)) {
        return memory_format("tolerance: '%s' is no percentage; write 2%%", value);
    }
    rules->tolerance = percent / 100;
    return NULL;
}

char *rules_add(struct rules *rules, const char *word, const char *value)
{
    bool flag = strcmp(word, "no-leaks") == 0 || strcmp(word, "no-growth") == 0;

    if (flag && value != NULL && *value != 0) {
        return memory_format("%s takes no value", word);
    }
    if (!flag && (value == NULL || *value == 0)) {
        return memory_format("%s needs a value", word);
    }
    if (strcmp(word, "no-leaks") == 0) {
        rules->no_leaks = true;
    } else if (strcmp(word, "no-growth") == 0) {
        rules->no_growth = true;
    } else if (strcmp(word, "max") == 0) {
        return add_limit(&rules->tasks, &rules->task_count, word, value);
    } else if (strcmp(word, "max-heap") == 0) {
        return add_limit(&rules->heaps, &rules->heap_count, word, value);
    } else if (strcmp(word, "baseline") == 0) {
        free(rules->baseline);
        rules->baseline = memory_copy(value);
    } else if (strcmp(word, "tolerance") == 0) {
        return set_tolerance(rules, value);
    } else if (strcmp(word, "init") == 0) {
        *(char **)memory_append((void **)&rules->init, &rules->init_count, sizeof(char *)) =
            memory_copy(value);
    } else {
        return memory_format("there is no rule '%s'; there are no-leaks, no-growth, max, max-heap, "
                             "baseline, tolerance, init",
                             word);
    }
    return NULL;
}

static char *trim(char *text)
{
    char *end;

    text += strspn(text, " \t");
    end = text + strlen(text);
    while (end > text && strchr(" \t\r\n", end[-1]) != NULL) {
        *--end = 0;
    }
    return text;
}

/* NULL, or what is wrong with the line. */
static char *read_rule(struct rules *rules, char *line)
{
    char *hash = strchr(line, '#');
    char *word, *value;

    if (hash != NULL && (hash == line || hash[-1] == ' ' || hash[-1] == '\t')) {
        *hash = 0;
    }
    word = trim(line);
    if (*word == 0) {
        return NULL;
    }
    value = word + strcspn(word, " \t");
    if (*value != 0) {
        *value++ = 0;
        value = trim(value);
    }
    return rules_add(rules, word, *value != 0 ? value : NULL);
}

bool rules_read(struct rules *rules, const char *path, int *code)
{
    FILE *file = fopen(path, "r");
    char *line = NULL, *wrong = NULL;
    size_t room = 0, number = 0;

    if (file == NULL) {
        message_error("cannot open %s: %s", path, strerror(errno));
        *code = EXIT_OPEN;
        return false;
    }
    while (wrong == NULL && getline(&line, &room, file) >= 0) {
        number++;
        wrong = read_rule(rules, line);
    }
    fclose(file);
    free(line);
    if (wrong != NULL) {
        message_line("%s:%zu: %s", path, number, wrong);
        free(wrong);
        *code = EXIT_USAGE;
        return false;
    }
    return true;
}

bool rules_empty(const struct rules *rules)
{
    return !rules->no_leaks && !rules->no_growth && rules->task_count == 0 &&
           rules->heap_count == 0 && rules->baseline == NULL;
}

static void free_limits(struct limit *limits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(limits[i].name);
    }
    free(limits);
}

void rules_free(struct rules *rules)
{
    free_limits(rules->tasks, rules->task_count);
    free_limits(rules->heaps, rules->heap_count);
    for (size_t i = 0; i < rules->init_count; i++) {
        free(rules->init[i]);
    }
    free(rules->init);
    free(rules->baseline);
    *rules = (struct rules){0};
}
