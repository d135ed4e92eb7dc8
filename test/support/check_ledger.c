/* SPDX-License-Identifier: MIT */
/* The ledger against the model and against what the heaps hold. */
#include "support/check.h"

#include <string.h>

#include "instance.h"

#include "support/model.h"

#if HL_TASK_TRACKING

static void check_account(const struct world *w, const struct check_sums *sums, unsigned heap,
                          uint32_t id)
{
    const struct hl_account *account = &w->hl->ledger.accounts[heap * model_ids(w) + id];
    const struct model_account *model = &w->tasks[id].accounts[heap];

    WORLD_REQUIRE(account->current == model->current && account->blocks == model->blocks,
                  "task %u, heap %u: %u bytes in %u blocks, not %u in %u", (unsigned)id, heap,
                  (unsigned)account->current, (unsigned)account->blocks, (unsigned)model->current,
                  (unsigned)model->blocks);
    WORLD_REQUIRE(account->peak == model->peak, "task %u, heap %u: peak %u, not %u", (unsigned)id,
                  heap, (unsigned)account->peak, (unsigned)model->peak);
    WORLD_REQUIRE(w->heaps[heap].foreign || (account->current == sums->bytes[heap][id] &&
                                             account->blocks == sums->blocks[heap][id]),
                  "task %u, heap %u: %u bytes in %u blocks on the books, %u in %u in the heap",
                  (unsigned)id, heap, (unsigned)account->current, (unsigned)account->blocks,
                  (unsigned)sums->bytes[heap][id], (unsigned)sums->blocks[heap][id]);
}

static void check_balance(const struct world *w, uint32_t id)
{
    const struct hl_account *balance = &w->hl->ledger.balances[id];
    const struct model_task *model = &w->tasks[id];
#if HL_TALLIES
    const struct hl_tally *tally = &w->hl->ledger.tallies[id];
#endif
    uint32_t sum = 0;

    for (unsigned heap = 0; heap < w->heap_count; heap++) {
        sum += w->hl->ledger.accounts[heap * model_ids(w) + id].current;
    }
    WORLD_REQUIRE(balance->current == sum && balance->current == model->current,
                  "task %u: %u bytes in all, not %u", (unsigned)id, (unsigned)balance->current,
                  (unsigned)model->current);
    WORLD_REQUIRE(balance->peak == model->peak, "task %u: overall peak %u, not %u", (unsigned)id,
                  (unsigned)balance->peak, (unsigned)model->peak);
#define HL_FIELD(name)                                                                             \
    WORLD_REQUIRE(tally->name == model->name, "task %u: " #name " is %u, not %u", (unsigned)id,    \
                  (unsigned)tally->name, (unsigned)model->name);
    HL_TASK_COUNTERS(HL_FIELD)
#undef HL_FIELD
#if HL_LIMITS
    WORLD_REQUIRE(tally->limit == model->limit && tally->warning == model->warning,
                  "task %u: limit %u warning %u, not %u %u", (unsigned)id, (unsigned)tally->limit,
                  (unsigned)tally->warning, (unsigned)model->limit, (unsigned)model->warning);
#endif
}

/* A slot that is charged when it is vacant may stay in the list of vacant slots for a while. When it
 * settles again, whether it is kept, and which comes first then, is not said anywhere. */
static void check_state(const struct world *w, struct model_task *model, uint32_t id)
{
    static const uint8_t states[] = {
        [MODEL_GONE] = CARD_GONE,
        [MODEL_KEPT] = CARD_KEPT,
        [MODEL_OWING] = CARD_OWING,
        [MODEL_ALIVE] = CARD_ALIVE,
    };
    uint8_t state = w->hl->ledger.cards[id - HL_TASK_FIRST].state;

    if (model->late && model->state == MODEL_OWING) {
        WORLD_REQUIRE(state != CARD_ALIVE, "task %u is alive again", (unsigned)id);
    } else if (model->late && model->state <= MODEL_KEPT) {
        WORLD_REQUIRE(state <= CARD_KEPT, "task %u: state %u", (unsigned)id, (unsigned)state);
        model->state = state == CARD_KEPT ? MODEL_KEPT : MODEL_GONE;
    } else {
        WORLD_REQUIRE(state == states[model->state], "task %u: state %u, not %u", (unsigned)id,
                      (unsigned)state, (unsigned)states[model->state]);
    }
}

static void check_card(struct world *w, uint32_t id)
{
    const struct hl_card *card = &w->hl->ledger.cards[id - HL_TASK_FIRST];
    struct model_task *model = &w->tasks[id];

    check_state(w, model, id);
    WORLD_REQUIRE(model->current == 0 || model->state >= MODEL_OWING,
                  "task %u owes and is not listed", (unsigned)id);
    if (model->serial == 0) {
        return; /* never used */
    }
    WORLD_REQUIRE(card->serial == model->serial, "task %u: serial number %u, not %u", (unsigned)id,
                  (unsigned)card->serial, (unsigned)model->serial);
    WORLD_REQUIRE(memcmp(card->name, model->name, HL_NAME_LEN) == 0, "task %u: name %s, not %s",
                  (unsigned)id, card->name, model->name);
    WORLD_REQUIRE(card->is_folded == model->is_folded &&
                      (model->is_folded ? card->as.folded == model->folded
                                        : card->as.handle == model->handle),
                  "task %u: stands for %u dead tasks, not %u, or the handle is wrong", (unsigned)id,
                  (unsigned)card->as.folded, (unsigned)model->folded);
}

/* Each vacant slot is once in the list of them, and those that are kept in the order of their leaving. */
static void check_vacant(const struct world *w)
{
    const struct ledger *ledger = &w->hl->ledger;
    uint32_t id = ledger->vacant_first;
    uint32_t prev = 0;
    uint32_t kept = 0;
    unsigned count = 0;
    unsigned vacant = 0;

    for (uint32_t i = HL_TASK_FIRST; i < model_ids(w); i++) {
        vacant += ledger->cards[i - HL_TASK_FIRST].state <= CARD_KEPT;
    }
    for (; id != 0; id = ledger->cards[id - HL_TASK_FIRST].next) {
        WORLD_REQUIRE(id >= HL_TASK_FIRST && id < model_ids(w) && ++count <= vacant &&
                          ledger->cards[id - HL_TASK_FIRST].state <= CARD_KEPT,
                      "the list of vacant slots is wrong at %u", (unsigned)id);
        if (w->tasks[id].state == MODEL_KEPT && !w->tasks[id].late) {
            WORLD_REQUIRE(w->tasks[id].vacated > kept, "task %u is kept out of order",
                          (unsigned)id);
            kept = w->tasks[id].vacated;
        }
        prev = id;
    }
    WORLD_REQUIRE(count == vacant && ledger->vacant == vacant && ledger->vacant_last == prev,
                  "%u vacant slots, %u in the list, not %u", (unsigned)ledger->vacant, count,
                  vacant);
}

static void check_ledger_facts(const struct world *w)
{
    struct hl_ledger_facts facts;
    unsigned taken = 0;

    for (uint32_t id = HL_TASK_FIRST; id < model_ids(w); id++) {
        taken += w->tasks[id].state >= MODEL_OWING;
    }
    hl_ledger_facts(w->hl, &facts);
    WORLD_REQUIRE(facts.tasks == taken && facts.max_tasks == w->shape.tasks,
                  "%u of %u slots taken, not %u of %u", (unsigned)facts.tasks,
                  (unsigned)facts.max_tasks, taken, w->shape.tasks);
    WORLD_REQUIRE(facts.registered == w->registered && facts.overflowed == w->overflowed &&
                      facts.evicted == w->evicted && facts.folded == w->folded,
                  "registered %u overflowed %u evicted %u folded %u, not %u %u %u %u",
                  (unsigned)facts.registered, (unsigned)facts.overflowed, (unsigned)facts.evicted,
                  (unsigned)facts.folded, (unsigned)w->registered, (unsigned)w->overflowed,
                  (unsigned)w->evicted, (unsigned)w->folded);
}

void check_ledger(struct world *w, const struct check_sums *sums)
{
    void (*between)(void) = world_between;

    for (uint32_t id = 0; id < model_ids(w); id++) {
        for (unsigned heap = 0; heap < w->heap_count; heap++) {
            check_account(w, sums, heap, id);
        }
        check_balance(w, id);
        if (id >= HL_TASK_FIRST) {
            check_card(w, id);
        }
    }
    check_vacant(w);
    world_between = NULL;
    check_ledger_facts(w);
    world_between = between;
}

#else

void check_ledger(struct world *w, const struct check_sums *sums)
{
    (void)w, (void)sums;
}

#endif
