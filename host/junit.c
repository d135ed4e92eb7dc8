/* SPDX-License-Identifier: MIT */
/* Findings in JUnit's form, which build servers show. */
#include "findings.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "message.h"

static void put_escaped(FILE *out, const char *text)
{
    for (; *text != 0; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    put_escaped(out, value);
    fputc('"', out);
}

static void put_case(FILE *out, const struct finding *finding, const char *source)
{
    const char *tag = finding->outcome == OUTCOME_BREACH ? "failure" : "error";

    fputs("  <testcase classname=\"heapledger\"", out);
    fputs(" name=\"", out);
    put_escaped(out, finding->rule);
    if (finding->task != NULL) {
        fputs(": ", out);
        put_escaped(out, finding->task);
    }
    fputc('"', out);
    put_attribute(out, "file", source);
    fprintf(out, " line=\"%" PRIu64 "\"", finding->line);
    if (finding->outcome == OUTCOME_PASS) {
        fputs("/>\n", out);
        return;
    }
    fprintf(out, ">\n    <%s", tag);
    put_attribute(out, "message", finding->why);
    fputs("/>\n  </testcase>\n", out);
}

bool junit_write(const char *path, const struct findings *findings, const char *source)
{
    FILE *out = fopen(path, "w");
    bool fine;

    if (out == NULL) {
        message_error("cannot write %s: %s", path, strerror(errno));
        return false;
    }
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuite name=\"heapledger check\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n",
            findings->count, findings_count(findings, OUTCOME_BREACH),
            findings_count(findings, OUTCOME_UNKNOWN));
    for (size_t i = 0; i < findings->count; i++) {
        put_case(out, &findings->item[i], source);
    }
    fputs("</testsuite>\n", out);
    fine = ferror(out) == 0;
    fine = fclose(out) == 0 && fine;
    if (!fine) {
        message_error("cannot write %s: %s", path, strerror(errno));
    }
    return fine;
}
