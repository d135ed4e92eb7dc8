/* SPDX-License-Identifier: MIT */
/* The report's page, with data put into it. */
#include "report_page.h"

#include <string.h>

/* Where the data goes: the only place at which the page and what was read from a log meet. */
static const char mark[] = "@HEAPLEDGER_DATA@";

/*
 * The one way from a log into the page. JSON keeps these characters in strings only, where \u003c means the
 * same as <. So the text cannot end its element, and cannot open another or a comment, whatever a task is
 * called. The page shows it as text nodes.
 */
static int write_escaped(const char *text, size_t length, void *context)
{
    FILE *out = context;

    for (size_t i = 0; i < length; i++) {
        if (text[i] == '<' || text[i] == '>' || text[i] == '&') {
            fprintf(out, "\\u%04x", (unsigned)text[i]);
        } else {
            putc(text[i], out);
        }
    }
    return ferror(out) ? -1 : 0;
}

void report_page_write(FILE *out, const json_t *data)
{
    const unsigned char *at = memmem(report_page, report_page_length, mark, sizeof(mark) - 1);
    size_t before = (size_t)(at - report_page), behind = before + sizeof(mark) - 1;

    fwrite(report_page, 1, before, out);
    json_dump_callback(data, write_escaped, out, JSON_COMPACT);
    fwrite(report_page + behind, 1, report_page_length - behind, out);
}
