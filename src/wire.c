/* SPDX-License-Identifier: MIT */
/* Snapshots for the computer: lines of JSON with a check sum (docs/wire-format.md). */
#include "format.h"

#if HL_TASK_TRACKING

#include <string.h>

#include "heapledger/facts.h"

#include "entry.h"
#include "walk.h"

enum {
    WIRE_MARK = 5,  /* `@HL1 ` */
    WIRE_TAIL = 12, /* `"} 01234567` and the line end: room that is kept for it */
    WIRE_NO_HEAP = 255,
};

/* A snapshot on its way out: the line under way, and the record that it belongs to. */
struct wire {
    struct hl *hl;
    const struct hl_wire_header *header;
    const char *type;
    uint32_t serial;      /* of the task that the record is about; 0: none */
    uint32_t index : 30;  /* of the line, in the snapshot */
    uint32_t cut : 1;     /* the name of the task was */
    uint32_t damaged : 1; /* a heap was */
    uint8_t heap;         /* that the record is about, or WIRE_NO_HEAP */
    uint8_t walked;       /* heap whose blocks are being written */
    uint8_t id;           /* of the task */
    uint8_t heaps;
    struct format line;
};

/* CRC-32/ISO-HDLC, four bits at a time. */
static uint32_t crc32(const char *bytes, const char *end)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = 0xffffffff;

    while (bytes != end) {
        crc ^= (unsigned char)*bytes++;
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return ~crc;
}

/* Lines. */

static FORMAT_INLINE void put(struct wire *wire, const char *string)
{
    format_string(&wire->line, string);
}

static FORMAT_INLINE void put_number(struct wire *wire, size_t number)
{
    format_decimal(&wire->line, number);
}

static FORMAT_APART void open_line(struct wire *wire)
{
    wire->line.room = FORMAT_LINE - WIRE_TAIL;
    put(wire, "@HL1 {\"");
    put(wire, wire->type);
    put(wire, "\":[");
    put_number(wire, wire->header->boot);
    put(wire, ",");
    put_number(wire, wire->header->number);
    put(wire, ",");
    put_number(wire, wire->index);
    put(wire, "]");
    if (wire->serial != 0) {
        put(wire, ",\"s\":");
        put_number(wire, wire->serial);
    }
    if (wire->heap != WIRE_NO_HEAP) {
        put(wire, ",\"h\":");
        put_number(wire, wire->heap);
    }
}

static FORMAT_APART void close_line(struct wire *wire)
{
    const char *bytes = wire->line.bytes;
    uint32_t crc;

    wire->line.room = FORMAT_LINE;
    put(wire, "}");
    crc = crc32(bytes + WIRE_MARK, bytes + wire->line.length);
    put(wire, " ");
    format_hex(&wire->line, crc, 8);
    put(wire, "\n");
    wire->index++;
    format_flush(&wire->line);
}

/* Records. One that does not fit a line goes on in the next, with the same type and subject. */

static void open_record(struct wire *wire, const char *type, uint32_t serial, uint8_t heap)
{
    wire->type = type;
    wire->serial = serial;
    wire->heap = heap;
    open_line(wire);
}

static FORMAT_APART void put_name(struct wire *wire, const char *name)
{
    put(wire, ",\"");
    put(wire, name);
    put(wire, "\":");
}

/*
 * Did the field behind `mark` not fit? Then it is to be written once more, in the next line. There
 * it does fit: of the 92 bytes that a line has room for, its start takes 69 at most (an account,
 * with 6 digits of `index` and all other numbers at their largest), and 58 where counters come.
 */
static FORMAT_APART bool goes_on(struct wire *wire, unsigned mark)
{
    if (!format_took_back(&wire->line, mark)) {
        return false;
    }
    close_line(wire);
    open_line(wire);
    return true;
}

#define HL_FIELD(name)                                                                             \
    _Static_assert(sizeof(#name) - 1 <= 20, "a line has room for the name of a counter");
HL_TASK_COUNTERS(HL_FIELD)
#undef HL_FIELD

static FORMAT_APART void number_field(struct wire *wire, const char *name, size_t number)
{
    unsigned mark = wire->line.length;

    do {
        put_name(wire, name);
        put_number(wire, number);
    } while (goes_on(wire, mark));
}

static FORMAT_APART void address_field(struct wire *wire, const char *name, const void *address)
{
    unsigned mark = wire->line.length;

    do {
        put_name(wire, name);
        put(wire, "\"0x");
        format_hex(&wire->line, (uintptr_t)address, 8);
        put(wire, "\"");
    } while (goes_on(wire, mark));
}

static FORMAT_APART void bool_field(struct wire *wire, const char *name, bool value)
{
    unsigned mark = wire->line.length;

    do {
        put_name(wire, name);
        put(wire, value ? "true" : "false");
    } while (goes_on(wire, mark));
}

static void end_string(struct wire *wire)
{
    wire->line.room = FORMAT_LINE - WIRE_TAIL + 1; /* part of what closes the line */
    put(wire, "\"");
}

/* Bytes of the UTF-8 character that starts here; 0: none does. Well-formed as in the Unicode
 * Standard, table 3-7. */
static unsigned utf8_length(const unsigned char *s)
{
    unsigned length = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

    if ((s[0] >= 0x80 && s[0] < 0xc2) || s[0] > 0xf4) {
        return 0;
    }
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) {
        return 0;
    }
    for (unsigned i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0; /* the end of the string, too */
        }
    }
    return length;
}

/* Is it written as it is? `@`, `{` and `}` are not: in a line they mark its start and its end, and
 * occur nowhere else. */
static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != 0x7f && c != '"' && c != '\\' && c != '@' && c != '{' && c != '}';
}

/* One character of a string. Returns how many bytes of the string it was. */
static unsigned put_character(struct wire *wire, const unsigned char *s)
{
    unsigned length = utf8_length(s);

    if (length == 0 || !is_plain(s[0])) {
        put(wire, "\\u");
        format_hex(&wire->line, s[0], 4);
        return 1;
    }
    for (unsigned i = 0; i < length; i++) {
        format_char(&wire->line, (char)s[i]);
    }
    return length;
}

/* A string; `before` opens it. Cut to what fits the line; returns whether it was. */
static FORMAT_APART bool string_field(struct wire *wire, const char *before, const char *string)
{
    const unsigned char *s = (const unsigned char *)string;
    unsigned mark;
    bool cut;

    put(wire, before);
    do {
        mark = wire->line.length;
        s += *s != 0 ? put_character(wire, s) : 0;
    } while (wire->line.length != mark && !wire->line.full);
    cut = format_took_back(&wire->line, mark);
    end_string(wire);
    return cut;
}

/* A figure that others change. */
static FORMAT_APART uint32_t read_figure(struct wire *wire, const uint32_t *figure)
{
    hl_port_state state = hl_port_lock(wire->hl);
    uint32_t value = *figure;

    hl_port_unlock(wire->hl, state);
    return value;
}

/* What the snapshot will hold if nothing changes. */
struct counts {
    uint32_t tasks, accounts, blocks;
};

static FORMAT_APART void count_entries(struct hl *hl, struct counts *counts)
{
    struct entry_outline outline;

    counts->tasks = counts->accounts = counts->blocks = 0;
    for (uint32_t id = 0; id < hl->ledger.ids; id++) {
        if (entry_outline(hl, id, 0, &outline)) {
            counts->tasks++;
            counts->accounts += (uint32_t)outline.accounts;
            counts->blocks += (uint32_t)outline.blocks;
        }
    }
}

static FORMAT_APART void begin_record(struct wire *wire)
{
    struct counts counts;

    count_entries(wire->hl, &counts);
    open_record(wire, "begin", 0, WIRE_NO_HEAP);
    put(wire, ",\"schema\":1");
    if (wire->header->build != NULL && string_field(wire, ",\"build\":\"", wire->header->build)) {
        bool_field(wire, "cut", true);
    }
    number_field(wire, "uptime_ms", wire->header->uptime_ms);
    number_field(wire, "heaps", wire->heaps);
    number_field(wire, "tasks", counts.tasks);
    number_field(wire, "accounts", counts.accounts);
    if (wire->header->blocks) {
        number_field(wire, "blocks", counts.blocks);
    }
    close_line(wire);
}

static FORMAT_APART void ledger_record(struct wire *wire)
{
    const struct ledger *ledger = &wire->hl->ledger;

    open_record(wire, "ledger", 0, WIRE_NO_HEAP);
    number_field(wire, "slots", ledger->ids - HL_TASK_FIRST);
    number_field(wire, "registered", read_figure(wire, &ledger->registered));
    number_field(wire, "overflowed", read_figure(wire, &ledger->overflowed));
    number_field(wire, "evicted", read_figure(wire, &ledger->evicted));
    number_field(wire, "folded", read_figure(wire, &ledger->folded));
    close_line(wire);
}

static void caps_field(struct wire *wire, const uint32_t caps[3])
{
    unsigned mark = wire->line.length;

    do {
        put_name(wire, "caps");
        put(wire, "[");
        put_number(wire, caps[0]);
        put(wire, ",");
        put_number(wire, caps[1]);
        put(wire, ",");
        put_number(wire, caps[2]);
        put(wire, "]");
    } while (goes_on(wire, mark));
}

static FORMAT_APART void heap_record(struct wire *wire)
{
    const struct hl_heap *heap = &wire->hl->heaps[wire->heap];

    open_record(wire, "heap", 0, wire->heap);
    if (string_field(wire, ",\"name\":\"", heap->desc.name)) {
        bool_field(wire, "cut", true);
    }
    caps_field(wire, heap->desc.caps);
    address_field(wire, "start", heap->desc.start);
    number_field(wire, "size", heap->desc.size);
    if (heap_is_foreign(heap)) {
        bool_field(wire, "foreign", true);
    } else {
        address_field(wire, "first", heap->list.first);
        address_field(wire, "end", heap->end);
        number_field(wire, "head", BLOCK_HEAD_BYTES);
        number_field(wire, "align", HL_ALIGN);
        number_field(wire, "free", read_figure(wire, &heap->free));
        number_field(wire, "min_free", read_figure(wire, &heap->min_free));
    }
    close_line(wire);
}

/* Tasks. */

/* What is copied of a task at one moment. */
struct figures {
    uint32_t current;
    uint32_t peak;
    uint32_t folded;
    bool alive;
    bool refuse;
};

static void copy_figures(const struct wire *wire, struct figures *figures)
{
    uint32_t id = wire->id;
    const struct hl_account *balance = &wire->hl->ledger.balances[id];
    const struct hl_card *card;

    figures->current = balance->current;
    figures->peak = balance->peak;
    figures->folded = entry_folded(wire->hl, id);
    figures->alive = true;
    figures->refuse = false;
    if (id >= HL_TASK_FIRST) {
        card = ledger_card(&wire->hl->ledger, id);
        figures->alive = card->state == CARD_ALIVE;
        figures->refuse = card->refuse;
    }
}

/* False: the task has left. */
static FORMAT_APART bool read_figures(struct wire *wire, struct figures *figures)
{
    hl_port_state state = hl_port_lock(wire->hl);
    bool there = entry_serial(wire->hl, wire->id) == wire->serial;

    if (there) {
        copy_figures(wire, figures);
    }
    hl_port_unlock(wire->hl, state);
    return there;
}

/* Opens the record, with the task's name. That is read by itself, so that its copy is gone from the
 * stack when the sink is called. A task that has left is noticed by read_figures. */
static FORMAT_APART void begin_name(struct wire *wire)
{
    char name[HL_NAME_LEN];
    const char *shown = name;
    hl_port_state state;

    open_record(wire, "task", wire->serial, WIRE_NO_HEAP);
    if (wire->id < HL_TASK_FIRST) {
        shown = entry_name(wire->hl, wire->id);
    } else {
        state = hl_port_lock(wire->hl);
        memcpy(name, entry_name(wire->hl, wire->id), sizeof(name));
        hl_port_unlock(wire->hl, state);
    }
    wire->cut = string_field(wire, ",\"name\":\"", shown);
}

/* What comes behind the name. */
static FORMAT_APART bool begin_task(struct wire *wire)
{
    struct figures figures;

    if (!read_figures(wire, &figures)) {
        wire->line.length = 0; /* it has left */
        return false;
    }
    if (wire->cut) {
        bool_field(wire, "cut", true);
    }
    if (!figures.alive) {
        bool_field(wire, "deleted", true);
    }
    if (figures.folded != 0) {
        number_field(wire, "folded", figures.folded);
    }
    number_field(wire, "current", figures.current);
    number_field(wire, "peak", figures.peak);
    if (figures.refuse) {
        bool_field(wire, "refuse", true);
    }
    return true;
}

#if HL_LIMITS
/* The limit or the warning threshold. */
static FORMAT_INLINE void limit_field(struct wire *wire, const char *name, const uint32_t *limit)
{
    uint32_t value = read_figure(wire, limit);

    if (value != HL_NO_LIMIT) {
        number_field(wire, name, value);
    }
}
#endif

/* What build options add. Read one by one, for little stack: of one moment if nothing changed. */
static FORMAT_APART void end_task(struct wire *wire)
{
#if HL_TALLIES
    const struct hl_tally *tally = &wire->hl->ledger.tallies[wire->id];

#define HL_FIELD(name) number_field(wire, #name, read_figure(wire, &tally->name));
    HL_TASK_COUNTERS(HL_FIELD)
#undef HL_FIELD
#if HL_LIMITS
    limit_field(wire, "limit", &tally->limit);
    limit_field(wire, "warning", &tally->warning);
#endif
#endif
    close_line(wire);
}

/* Copies an account of the task. False: the task has left, or has no such account. */
static FORMAT_APART bool copy_account(struct wire *wire, struct hl_account *account)
{
    hl_port_state state = hl_port_lock(wire->hl);
    bool there = entry_serial(wire->hl, wire->id) == wire->serial &&
                 entry_has_account(wire->hl, wire->heap, wire->id);

    *account = ledger_row(&wire->hl->ledger, wire->heap)[wire->id];
    hl_port_unlock(wire->hl, state);
    return there;
}

static FORMAT_APART void account_record(struct wire *wire)
{
    struct hl_account account;

    if (copy_account(wire, &account)) {
        open_record(wire, "account", wire->serial, wire->heap);
        number_field(wire, "current", account.current);
        number_field(wire, "peak", account.peak);
        number_field(wire, "blocks", account.blocks);
        close_line(wire);
    }
}

/* The serial number of the task that is listed under wire->id; 0: none. */
static FORMAT_APART uint32_t find_serial(struct wire *wire)
{
    hl_port_state state = hl_port_lock(wire->hl);
    uint32_t serial = entry_serial(wire->hl, wire->id);

    hl_port_unlock(wire->hl, state);
    return serial;
}

static void task_records(struct wire *wire)
{
    for (; wire->id < wire->hl->ledger.ids && !wire->line.failed; wire->id++) {
        wire->serial = find_serial(wire);
        if (wire->serial == 0) {
            continue;
        }
        begin_name(wire);
        if (begin_task(wire)) {
            end_task(wire);
            for (wire->heap = 0; wire->heap < wire->heaps; wire->heap++) {
                account_record(wire);
            }
        }
    }
}

/* Blocks. */

/* A number in base-64 digits, the lowest first: each holds 5 bits, and bit 5 says that more follow.
 * The first is given apart: it may hold 4 bits and a flag. */
static void put_digits(struct wire *wire, uint32_t low, uint32_t rest)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    while (rest != 0) {
        format_char(&wire->line, digits[low | 32]);
        low = rest & 31;
        rest >>= 5;
    }
    format_char(&wire->line, digits[low]);
}

static void put_block_digits(struct wire *wire, const struct walk_block *seen, uint32_t gap)
{
    uint32_t size = block_size(block_span(seen->head));

    put_digits(wire, (size & 15) << 1 | (gap != 0), size >> 4);
    if (gap != 0) {
        put_digits(wire, gap & 31, gap >> 5);
    }
    put_digits(wire, seen->owner & 31, seen->owner >> 5);
}

/* `touching`: where its head is if it touches the block before; NULL: it is the first one. */
static FORMAT_APART void put_block(struct wire *wire, const struct walk_block *seen,
                                   const struct block *touching)
{
    unsigned mark = wire->line.length;

    if (touching != NULL) {
        put_block_digits(wire, seen, block_distance(touching, seen->block));
        if (!format_took_back(&wire->line, mark)) {
            return;
        }
        end_string(wire);
        close_line(wire);
    }
    open_line(wire);
    put(wire, ",\"a\":\"0x");
    format_hex(&wire->line, (uintptr_t)block_user(seen->block), 8);
    put(wire, "\",\"d\":\"");
    put_digits(wire, BLOCK_HEAD_BYTES, 0);
    put_block_digits(wire, seen, 0);
}

static FORMAT_APART void blocks_record(struct wire *wire)
{
    const struct block *touching = NULL;
    struct walk_block seen;
    int n = 0;

    walk_enter(wire->hl, wire->walked);
    while (!wire->line.failed && (n = walk_next(wire->hl, wire->walked, &seen)) > 0) {
        if (block_used(seen.head)) {
            put_block(wire, &seen, touching);
            touching = block_at(seen.block, block_span(seen.head));
        }
    }
    if (touching != NULL) {
        end_string(wire);
        close_line(wire);
    }
    wire->damaged |= n < 0;
}

static FORMAT_APART void end_record(struct wire *wire, bool changed)
{
    open_record(wire, "end", 0, WIRE_NO_HEAP);
    number_field(wire, "lines", wire->index + 1u);
    bool_field(wire, "changed", changed);
    bool_field(wire, "damaged", wire->damaged);
    close_line(wire);
}

static void block_records(struct wire *wire)
{
    wire->type = "blocks";
    wire->serial = 0;
    wire->heap = WIRE_NO_HEAP;
    for (; wire->walked < wire->heaps; wire->walked++) {
        if (!heap_is_foreign(&wire->hl->heaps[wire->walked])) {
            blocks_record(wire);
        }
    }
}

int hl_wire_snapshot(struct hl *hl, const struct hl_wire_header *header, const struct hl_sink *sink)
{
    struct wire wire;
    bool changed;
    int result = walk_begin(hl);

    if (result < 0) {
        return result;
    }
    memset(&wire, 0, sizeof(wire));
    wire.hl = hl;
    wire.header = header;
    wire.line.sink = sink;
    wire.heaps = (uint8_t)hl_heap_count(hl);
    begin_record(&wire);
    ledger_record(&wire);
    for (wire.heap = 0; wire.heap < wire.heaps; wire.heap++) {
        heap_record(&wire);
    }
    task_records(&wire);
    if (header->blocks) {
        block_records(&wire);
    }
    changed = walk_end(hl);
    end_record(&wire, changed);
    if (wire.line.failed) {
        return HL_ERR_SINK;
    }
    return wire.damaged ? HL_ERR_DAMAGED : changed;
}

#endif
