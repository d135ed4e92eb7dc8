/* SPDX-License-Identifier: MIT */
/* What a check found. */
#include "findings.h"

#include <stdlib.h>

#include "memory.h"

struct finding *findings_add(struct findings *findings, const char *rule, enum outcome outcome,
                             const char *task, const char *heap)
{
    struct finding *finding =
        memory_append((void **)&findings->item, &findings->count, sizeof(*finding));

    finding->rule = memory_copy(rule);
    finding->outcome = outcome;
    finding->task = memory_copy(task);
    finding->heap = memory_copy(heap);
    finding->value = finding->limit = UNKNOWN;
    return finding;
}

size_t findings_count(const struct findings *findings, enum outcome outcome)
{
    size_t count = 0;

    for (size_t i = 0; i < findings->count; i++) {
        count += findings->item[i].outcome == outcome;
    }
    return count;
}

void findings_free(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->item[i].rule);
        free(findings->item[i].task);
        free(findings->item[i].heap);
        free(findings->item[i].why);
    }
    free(findings->item);
    *findings = (struct findings){0};
}
