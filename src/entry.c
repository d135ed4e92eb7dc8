/* SPDX-License-Identifier: MIT */
/* Entries of a report: a task and its accounts, copied out of the ledger. */
#include "entry.h"

#if HL_TASK_TRACKING

#include <string.h>

/* Pseudo-tasks are always there; they are of interest once something was charged to them. */
static bool is_listed(const struct hl *hl, uint32_t id)
{
    if (id < HL_TASK_FIRST) {
        return hl->ledger.balances[id].peak != 0;
    }
    return ledger_listed(&hl->ledger, id);
}

uint32_t entry_serial(const struct hl *hl, uint32_t id)
{
    return is_listed(hl, id) ? ledger_serial(&hl->ledger, id) : 0;
}

enum {
    FIND_IDS = 8, /* ids looked at under one hold of the lock */
};

uint32_t entry_find(struct hl *hl, uint32_t newest, uint32_t *found)
{
    uint32_t ids = hl->ledger.ids;
    uint32_t best = 0;

    for (uint32_t from = 0; from < ids; from += FIND_IDS) {
        hl_port_state state = hl_port_lock(hl);

        for (uint32_t id = from; id < ids && id < from + FIND_IDS; id++) {
            uint32_t serial = entry_serial(hl, id);

            if (serial <= newest && serial > best) {
                best = serial;
                *found = id;
            }
        }
        hl_port_unlock(hl, state);
    }
    return best;
}

const char *entry_name(const struct hl *hl, uint32_t id)
{
    static const char pseudo_tasks[HL_TASK_FIRST][16] = {
        [HL_TASK_PRE_SCHEDULER] = "Pre-scheduler",
        [HL_TASK_ISR] = "(isr)",
        [HL_TASK_OVERFLOW] = "(overflow)",
    };

    return id < HL_TASK_FIRST ? pseudo_tasks[id] : ledger_card(&hl->ledger, id)->name;
}

uint32_t entry_folded(const struct hl *hl, uint32_t id)
{
    const struct hl_card *card;

    if (id < HL_TASK_FIRST) {
        return 0;
    }
    card = ledger_card(&hl->ledger, id);
    return card->is_folded ? (uint32_t)card->as.folded : 0;
}

static size_t count_accounts(const struct hl *hl, uint32_t id)
{
    size_t accounts = 0;

    for (uint32_t heap = 0; heap < hl->heap_count; heap++) {
        accounts += entry_has_account(hl, heap, id) ? 1 : 0;
    }
    return accounts;
}

static size_t count_blocks(const struct hl *hl, uint32_t id)
{
    size_t blocks = 0;

    for (uint32_t heap = 0; heap < hl->heap_count; heap++) {
        if (!heap_is_foreign(&hl->heaps[heap])) {
            blocks += ledger_row(&hl->ledger, heap)[id].blocks;
        }
    }
    return blocks;
}

bool entry_outline(struct hl *hl, uint32_t id, uint32_t serial, struct entry_outline *outline)
{
    hl_port_state state = hl_port_lock(hl);

    outline->serial = entry_serial(hl, id);
    if (outline->serial != 0) {
        outline->id = id;
        outline->accounts = count_accounts(hl, id);
        outline->blocks = count_blocks(hl, id);
    }
    hl_port_unlock(hl, state);
    return outline->serial != 0 && (serial == 0 || serial == outline->serial);
}

/* Writes a number, not 0, in decimal, without division. Returns its end. */
static char *put_number(char *to, uint32_t number)
{
    static const uint32_t powers[] = {1000000000, 100000000, 10000000, 1000000, 100000,
                                      10000,      1000,      100,      10,      1};
    bool started = false;

    for (unsigned i = 0; i < sizeof(powers) / sizeof(powers[0]); i++) {
        char digit = '0';

        while (number >= powers[i]) {
            number -= powers[i];
            digit++;
        }
        started = started || digit != '0';
        if (started) {
            *to++ = digit;
        }
    }
    return to;
}

void entry_show_folded(struct hl_task_info *task)
{
    char *to = task->name + strlen(task->name);

    if (task->folded == 0) {
        return;
    }
    *to++ = ' ';
    *to++ = '(';
    to = put_number(to, task->folded);
    memcpy(to, " dead)", sizeof(" dead)"));
}

static void show_card(const struct hl_card *card, struct hl_task_info *task)
{
    memcpy(task->name, card->name, sizeof(card->name));
    task->alive = card->state == CARD_ALIVE;
    if (card->is_folded) {
        task->folded = (uint32_t)card->as.folded; /* 0: on the way into another account */
    } else {
        task->handle = card->as.handle;
    }
}

_Static_assert(HL_SHOWN_NAME_LEN >= 16, "room for the names of the pseudo-tasks");
_Static_assert(HL_SHOWN_NAME_LEN >= HL_NAME_LEN - 1 + sizeof(" (4294967295 dead)"),
               "room for the name of a folded account");

void entry_task(const struct hl *hl, uint32_t id, struct hl_task_info *task)
{
    const struct hl_account *balance = &hl->ledger.balances[id];

    task->serial = ledger_serial(&hl->ledger, id);
    task->id = (int)id;
    task->handle = NULL;
    task->folded = 0;
    if (id < HL_TASK_FIRST) {
        memcpy(task->name, entry_name(hl, id), strlen(entry_name(hl, id)) + 1);
        task->alive = true;
    } else {
        show_card(ledger_card(&hl->ledger, id), task);
    }
    task->current = balance->current;
    task->peak = balance->peak;
#define HL_FIELD(name) task->name = hl->ledger.tallies[id].name;
    HL_TASK_COUNTERS(HL_FIELD)
#undef HL_FIELD
    task->first_account = 0;
    task->account_count = count_accounts(hl, id);
}

void entry_account(const struct hl *hl, uint32_t heap, uint32_t id, struct hl_account_info *account)
{
    const struct hl_account *books = &ledger_row(&hl->ledger, heap)[id];
    const struct hl_heap *of = &hl->heaps[heap];

    account->heap = (int)heap;
    account->name = of->desc.name;
    account->caps = of->desc.caps[0] | of->desc.caps[1] | of->desc.caps[2];
    account->size = of->desc.size;
    account->current = books->current;
    account->peak = books->peak;
    account->blocks = books->blocks;
    account->first_block = 0;
    account->listed = 0;
}

#endif
