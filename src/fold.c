/* SPDX-License-Identifier: MIT */
/* Folding: dead namesakes that owe bytes become one account, in bounded steps from idle time. */
#include "instance.h"

#if HL_TASK_TRACKING

#include <string.h>

/* A quarter of the slots is the reserve that folding keeps up. */
static bool slots_are_short(const struct ledger *ledger)
{
    return ledger->vacant < (ledger->ids - HL_TASK_FIRST + 3) >> 2;
}

static bool is_owing(const struct ledger *ledger, uint32_t id)
{
    return ledger_card(ledger, id)->state == CARD_OWING;
}

/* Does a dead task owe bytes on a foreign heap? Only blocks of our own heaps can be told that they
 * have a new owner. */
static bool owes_elsewhere(const struct hl *hl, uint32_t id)
{
    for (int i = 0; i < hl->heap_count; i++) {
        if (heap_is_foreign(&hl->heaps[i]) && hl->heaps[i].accounts[id].current != 0) {
            return true;
        }
    }
    return false;
}

static void set_pair(struct hl *hl, uint32_t a, uint32_t b)
{
    struct fold *fold = &hl->fold;
    bool a_is_older = ledger_serial(&hl->ledger, a) < ledger_serial(&hl->ledger, b);

    fold->to = (uint8_t)(a_is_older ? a : b);
    fold->from = (uint8_t)(a_is_older ? b : a);
    fold->to_serial = ledger_serial(&hl->ledger, fold->to);
    fold->from_serial = ledger_serial(&hl->ledger, fold->from);
    fold->heap = 0;
    fold->entered = false;
}

/* Looks at the next few pairs of ids, until both owe. False: all have been looked at. */
static bool next_candidates(struct fold *fold, const struct ledger *ledger)
{
    for (int looks = 0; looks < HL_WALK_STEP; looks++) {
        fold->against++;
        if (fold->against >= ledger->ids || !is_owing(ledger, fold->look)) {
            fold->look++;
            fold->against = fold->look;
            if (fold->look + 1U >= ledger->ids) {
                fold->look = 0;
                return false;
            }
        } else if (is_owing(ledger, fold->against)) {
            fold->candidates = true;
            break;
        }
    }
    return true;
}

/* One step of looking for a pair. False: there is none. */
static bool find_pair(struct hl *hl)
{
    struct fold *fold = &hl->fold;
    const struct ledger *ledger = &hl->ledger;
    uint32_t a = fold->look;
    uint32_t b = fold->against;

    if (a < HL_TASK_FIRST) {
        fold->look = HL_TASK_FIRST;
        fold->against = HL_TASK_FIRST;
        fold->candidates = false;
    }
    if (!fold->candidates) {
        return next_candidates(fold, ledger);
    }
    fold->candidates = false;
    if (is_owing(ledger, a) && is_owing(ledger, b) && /* a step ago they did */
        memcmp(ledger_card(ledger, a)->name, ledger_card(ledger, b)->name, HL_NAME_LEN) == 0 &&
        !owes_elsewhere(hl, a) && !owes_elsewhere(hl, b)) {
        set_pair(hl, a, b);
    }
    return true;
}

/* Before the first block moves: `to` stands for all tasks of both from here on, and `from` for
 * none, so that the count is right whatever happens to the rest of its blocks. */
static void merge_counts(struct ledger *ledger, uint32_t from_id, uint32_t to_id)
{
    struct hl_card *from = ledger_card(ledger, from_id);
    struct hl_card *to = ledger_card(ledger, to_id);
#if HL_COUNT_EVENTS || HL_COUNT_FAILURES
    struct hl_tally *source = &ledger->tallies[from_id];
    struct hl_tally *target = &ledger->tallies[to_id];
#endif

    if (from->is_folded && from->as.folded == 0) {
        return; /* done before a walk made us start anew */
    }
    to->as.folded = (to->is_folded ? to->as.folded : 1) + (from->is_folded ? from->as.folded : 1);
    to->is_folded = 1;
    from->as.folded = 0;
    from->is_folded = 1;
    ledger->folded++;
#define ADD_COUNTER(name)                                                                          \
    target->name += source->name;                                                                  \
    source->name = 0;
#define KEEP_LARGER(name)                                                                          \
    target->name = source->name > target->name ? source->name : target->name;                      \
    source->name = 0;
    HL_TASK_SUMS(ADD_COUNTER)
    HL_TASK_MAXIMA(KEEP_LARGER)
#undef ADD_COUNTER
#undef KEEP_LARGER
}

/* Are both still the tasks that were paired, and is there something left to do? `from` may have
 * been charged on a foreign heap since, and would never settle. */
static bool pair_holds(const struct hl *hl)
{
    const struct fold *fold = &hl->fold;
    const struct hl_card *from = ledger_card(&hl->ledger, fold->from);
    const struct hl_card *to = ledger_card(&hl->ledger, fold->to);

    return to->serial == fold->to_serial && to->state == CARD_OWING &&
           from->serial == fold->from_serial && from->state == CARD_OWING &&
           !owes_elsewhere(hl, fold->from);
}

/* Looks at the next few blocks of the heap, and stops before one that is to be moved; or moves that
 * one. False: the heap is damaged. */
static bool move_blocks(struct hl *hl, struct hl_heap *heap)
{
    struct fold *fold = &hl->fold;
    struct notice notice; /* limits of dead tasks are gone: nobody is to be told */

    notice_init(&notice);
    for (int looks = 0; looks < HL_WALK_STEP && hl->cursor != heap->end; looks++) {
        struct block *b = hl->cursor;
        uint32_t span = block_span(b->head);
        struct place_found found = {.heap = heap, .block = b};

        if (span < BLOCK_MIN_SPAN || span > block_distance(b, heap->end)) {
            return false;
        }
        if (!block_used(b->head) || block_owner(b->head) != fold->from) {
            hl->cursor = block_at(b, span);
            continue;
        }
        if (looks != 0) {
            break; /* enough for a step of its own */
        }
        if (!ledger_owes(&hl->ledger, heap->accounts, fold->from, block_size(span))) {
            return false;
        }
        hl->cursor = block_at(b, span);
        merge_counts(&hl->ledger, fold->from, fold->to);
        alloc_hand_over(hl, &found, fold->to, &notice);
        break;
    }
    return true;
}

/* One step of moving the blocks of `from` to `to`. False: give up for now, the heap is damaged. */
static bool move_step(struct hl *hl)
{
    struct fold *fold = &hl->fold;
    struct hl_heap *heap;

    if (!pair_holds(hl)) {
        fold->from = 0;
        return true;
    }
    if (fold->heap >= hl->heap_count) {
        fold->heap = 0; /* blocks have come to where we had been */
    }
    heap = &hl->heaps[fold->heap];
    if (!fold->entered) {
        hl->cursor = heap->list.first;
        fold->entered = true;
    }
    if (!move_blocks(hl, heap)) {
        fold->from = 0;
        hl->cursor = NULL;
        return false;
    }
    if (hl->cursor == heap->end) {
        fold->heap++;
        fold->entered = false;
        hl->cursor = NULL;
    }
    return true;
}

bool hl_maintain(struct hl *hl)
{
    hl_port_state state = hl_port_lock(hl);
    bool more;

    if (hl->fold.from == 0 && !slots_are_short(&hl->ledger)) {
        hl->fold.look = 0;
        more = false;
    } else if (hl->walking) {
        more = true;
    } else {
        more = hl->fold.from == 0 ? find_pair(hl) : move_step(hl);
    }
    hl_port_unlock(hl, state);
    return more;
}

#endif /* HL_TASK_TRACKING */
