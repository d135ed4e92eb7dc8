/* SPDX-License-Identifier: MIT */
/* The ledger: setting up, and the rare cases of charging and crediting. */
#include "ledger.h"

#if HL_TASK_TRACKING

#include <string.h>

_Static_assert(sizeof(struct hl_account) == HL_ACCOUNT_BYTES, "HL_ACCOUNT_BYTES is exact");
#if HL_TALLIES
_Static_assert(sizeof(struct hl_tally) == HL_TALLY_BYTES, "HL_TALLY_BYTES is exact");
#else
_Static_assert(HL_TALLY_BYTES == 0, "HL_TALLY_BYTES is exact");
#endif
_Static_assert(sizeof(struct hl_card) == HL_CARD_BYTES, "HL_CARD_BYTES is exact");

static void lift_limits(struct ledger *ledger, uint32_t id)
{
#if HL_LIMITS
    struct hl_tally *tally = &ledger->tallies[id];

    tally->limit = HL_NO_LIMIT;
    tally->warning = HL_NO_LIMIT;
    tally->trigger = HL_NO_LIMIT;
#else
    (void)ledger, (void)id;
#endif
}

/* The books of a slot whose task is new. */
static void clear_books(struct ledger *ledger, uint32_t id)
{
    static const struct hl_account nothing = {0};
    struct hl_account *account = &ledger->accounts[id];

    for (; account < &ledger->balances[id]; account += ledger->ids) {
        *account = nothing;
    }
    *account = nothing;
#if HL_COUNT_EVENTS || HL_COUNT_FAILURES
#define CLEAR(name) ledger->tallies[id].name = 0;
    HL_TASK_COUNTERS(CLEAR)
#undef CLEAR
#endif
    lift_limits(ledger, id);
}

/* A slot becomes vacant, as CARD_GONE or CARD_KEPT: the last in the list. */
HL_FN static void vacate_last(struct ledger *ledger, uint32_t id, enum card_state state)
{
    struct hl_card *card = ledger_card(ledger, id);

    card->state = (uint8_t)state;
    card->next = 0;
    if (ledger->vacant_last != 0) {
        ledger_card(ledger, ledger->vacant_last)->next = (uint8_t)id;
    } else {
        ledger->vacant_first = (uint8_t)id;
    }
    ledger->vacant_last = (uint8_t)id;
    ledger->vacant++;
}

void ledger_init(struct ledger *ledger, void *mem, unsigned max_tasks, unsigned max_heaps,
                 bool keep_deleted)
{
    memset(ledger, 0, sizeof(*ledger));
    ledger->ids = max_tasks + HL_TASK_FIRST;
    ledger->keep_deleted = keep_deleted;
    ledger->cards = mem;
    ledger->accounts = (struct hl_account *)(void *)(ledger->cards + max_tasks);
    ledger->several_heaps = max_heaps != 1;
    ledger->balances = max_heaps == 1 ? ledger->accounts : ledger_row(ledger, max_heaps);
#if HL_TALLIES
    ledger->tallies = (struct hl_tally *)(void *)(ledger->balances + ledger->ids);
#endif
    ledger->last_serial = HL_TASK_FIRST; /* those of the pseudo-tasks are taken */
    for (uint32_t id = 0; id < ledger->ids; id++) {
        lift_limits(ledger, id);
        if (id >= HL_TASK_FIRST) {
            vacate_last(ledger, id, CARD_GONE);
        }
    }
}

/* For a slot whose task was folded away: nobody is listed there, so that it is taken before any
 * slot of a task that is kept. */
HL_FN static void vacate_first(struct ledger *ledger, uint32_t id)
{
    struct hl_card *card = ledger_card(ledger, id);

    card->state = CARD_GONE;
    card->next = ledger->vacant_first;
    if (ledger->vacant_first == 0) {
        ledger->vacant_last = (uint8_t)id;
    }
    ledger->vacant_first = (uint8_t)id;
    ledger->vacant++;
}

/* The slot that has been vacant for the longest, or 0. */
static uint32_t take_vacant(struct ledger *ledger)
{
    uint32_t id = ledger->vacant_first;

    if (id != 0) {
        ledger->vacant_first = ledger_card(ledger, id)->next;
        if (ledger->vacant_first == 0) {
            ledger->vacant_last = 0;
        }
        ledger->vacant--;
    }
    return id;
}

bool ledger_pass_over(struct ledger *ledger)
{
    for (int looks = 0; looks < HL_WALK_STEP; looks++) {
        uint32_t id = ledger->vacant_first;

        if (id == 0 || ledger->balances[id].current == 0) {
            return true;
        }
        (void)take_vacant(ledger);
        ledger_card(ledger, id)->state = CARD_OWING;
    }
    return false;
}

uint32_t ledger_open(struct ledger *ledger, void *handle)
{
    bool serials_left = ledger->last_serial != UINT32_MAX; /* none is given twice */
    uint32_t id = serials_left ? take_vacant(ledger) : 0;
    struct hl_card *card;

    if (id == 0) {
        ledger->overflowed++;
        return HL_TASK_OVERFLOW;
    }
    card = ledger_card(ledger, id);
    if (card->state == CARD_KEPT) {
        ledger->evicted++;
    }
    clear_books(ledger, id);
    card->as.handle = handle;
    card->is_folded = 0;
    card->refuse = 0;
    card->state = CARD_ALIVE;
    card->serial = ++ledger->last_serial;
    ledger->registered++;
    return id;
}

void ledger_close(struct ledger *ledger, uint32_t id)
{
    lift_limits(ledger, id); /* nobody is left to be warned */
    ledger_card(ledger, id)->state = CARD_OWING;
    if (ledger->balances[id].current == 0) {
        ledger_settle(ledger, id);
    }
}

HL_FN void ledger_settle(struct ledger *ledger, uint32_t id)
{
    const struct hl_card *card;

    if (id < HL_TASK_FIRST) {
        return;
    }
    card = ledger_card(ledger, id);
    if (card->state != CARD_OWING) {
        return;
    }
    if (card->is_folded && card->as.folded == 0) {
        vacate_first(ledger, id);
    } else {
        vacate_last(ledger, id, ledger->keep_deleted ? CARD_KEPT : CARD_GONE);
    }
}

#if HL_LIMITS
HL_FN void ledger_set_trigger(struct hl_tally *tally)
{
    tally->trigger = tally->limit < tally->warning ? tally->limit : tally->warning;
}

/* Compares with limit and warning. False: the limit refuses. Pseudo-tasks have none, and no
 * card. */
HL_FN static bool within_limits(const struct ledger *ledger, uint32_t id, uint32_t size,
                                uint32_t allowance, struct notice *notice)
{
    const struct hl_tally *tally = &ledger->tallies[id];
    uint32_t before = ledger->balances[id].current;
    uint32_t after = before + size - (allowance == LEDGER_NO_LIMIT ? 0 : allowance);
    bool refused = allowance != LEDGER_NO_LIMIT && after > before && after > tally->limit &&
                   ledger_card(ledger, id)->refuse;
    bool over_limit = before <= tally->limit && after > tally->limit;
    bool over_warning = before <= tally->warning && after > tally->warning;

    if (refused || over_limit || over_warning) {
        notice->limit_reached = true;
        notice->limit = (struct hl_limit_event){
            .task = (int)id,
            .refused = refused,
            .limit = refused || over_limit,
            .size = size,
            .current = after,
        };
    }
    return !refused;
}
#endif

HL_FN bool ledger_charge(struct ledger *ledger, struct hl_account *row, uint32_t id, uint32_t size,
                         uint32_t allowance, struct notice *notice)
{
#if HL_LIMITS
    if (ledger_concerns_limit(ledger, id, size) &&
        !within_limits(ledger, id, size, allowance, notice)) {
        return false;
    }
#else
    (void)allowance;
    (void)notice;
#endif
    ledger_charge_plainly(ledger, row, id, size);
    return true;
}

#endif /* HL_TASK_TRACKING */
