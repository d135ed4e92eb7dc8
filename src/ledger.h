/* SPDX-License-Identifier: MIT */
/* The ledger: accounts and tasks. Knows no heap: it books sizes, for ours and for foreign
 * allocators. */
#ifndef HL_SRC_LEDGER_H
#define HL_SRC_LEDGER_H

#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"
#include "heapledger/stats.h"

#include "compiler.h"

/* What one task holds on one heap, or in all. */
struct hl_account {
    uint32_t current; /* bytes */
    uint32_t peak;
    uint32_t blocks;
    uint32_t unused; /* makes 16 bytes, so that an id is found by a shift */
};

#if HL_TALLIES
/* What else is kept of a task, where it is built in. */
struct hl_tally {
#if HL_LIMITS
    uint32_t trigger; /* the lower of limit and warning: one comparison serves both */
    uint32_t limit;
    uint32_t warning;
#endif
#define HL_FIELD(name) uint32_t name;
    HL_TASK_COUNTERS(HL_FIELD)
#undef HL_FIELD
};
#endif

/* A slot that is vacant can be given to a new task. Vacant slots form a list, the one that has been
 * vacant for the longest first. A task that is deleted already can still allocate (an interrupt
 * that ends it late): its vacant slot then owes bytes. Nobody is charged for watching out for that:
 * ledger_pass_over passes over such a slot and marks it, and ledger_state tells what it really
 * is. */
enum card_state {
    CARD_GONE = 0, /* vacant: never used, or left the list of tasks */
    CARD_KEPT,     /* vacant: deleted, owes nothing, still listed */
    CARD_OWING,    /* deleted, and owes bytes */
    CARD_ALIVE,
};

/* Who a task is. Pseudo-tasks have no card. */
struct hl_card {
    union {
        void *handle;     /* of the port */
        uintptr_t folded; /* if is_folded: tasks that it stands for; 0: it became part of another */
    } as;
    uint32_t serial; /* 0: never used */
    uint8_t next;    /* in the list of vacant slots: ids; 0 ends it */
    uint8_t state;   /* enum card_state */
    uint8_t is_folded : 1;
    uint8_t refuse : 1; /* allocations over the limit fail */
    char name[HL_NAME_LEN];
};

struct ledger {
    struct hl_account *accounts; /* [heap][id] */
    struct hl_account
        *balances; /* [id]: over all heaps; the accounts themselves if there is one heap */
#if HL_TALLIES
    struct hl_tally *tallies; /* [id] */
#endif
    struct hl_card *cards; /* [id - HL_TASK_FIRST] */
    uint32_t ids;          /* pseudo-tasks and slots */
    bool several_heaps;    /* balances are not accounts */
    bool keep_deleted;
    uint8_t vacant_first; /* id, or 0 */
    uint8_t vacant_last;
    uint32_t vacant; /* their number */
    uint32_t last_serial;
    uint32_t overflowed;
    uint32_t evicted;
    uint32_t folded;
    uint32_t registered;
};

/* What a hook is to be told once the lock is released. */
struct notice {
    int fault; /* enum hl_fault_reason, or 0 */
    const void *address;
    int heap;
    uint32_t task; /* who was running */
#if HL_LIMITS
    bool limit_reached;
    struct hl_limit_event limit;
#endif
};

#if HL_TASK_TRACKING

/* `mem`: HL_LEDGER_BYTES of zeros, for what its pointers lead to. */
void ledger_init(struct ledger *ledger, void *mem, unsigned max_tasks, unsigned max_heaps,
                 bool keep_deleted);

/* Passes over slots that look vacant and owe again, a few at a time. True: the next one owes
 * nothing, or there is none. */
bool ledger_pass_over(struct ledger *ledger);

/* Gives the slot that has been vacant for the longest, after ledger_pass_over, to a new task, whose
 * name is the caller's to write. HL_TASK_OVERFLOW, counted, when there is none. Bound: the number
 * of heaps. */
uint32_t ledger_open(struct ledger *ledger, void *handle);

/* A live task is deleted. */
void ledger_close(struct ledger *ledger, uint32_t id);

#if HL_LIMITS
/* After a change of limit or warning. */
void ledger_set_trigger(struct hl_tally *tally);
#endif

HL_FN static inline struct hl_card *ledger_card(const struct ledger *ledger, uint32_t id)
{
    return &ledger->cards[id - HL_TASK_FIRST];
}

/* What a real task is. */
HL_FN static inline enum card_state ledger_state(const struct ledger *ledger, uint32_t id)
{
    enum card_state state = (enum card_state)ledger_card(ledger, id)->state;

    return state < CARD_OWING && ledger->balances[id].current != 0 ? CARD_OWING : state;
}

/* Is a task listed under this id? A pseudo-task always is. */
HL_FN static inline bool ledger_listed(const struct ledger *ledger, uint32_t id)
{
    return id < HL_TASK_FIRST || (id < ledger->ids && ledger_state(ledger, id) != CARD_GONE);
}

/* Is there a live task, or a pseudo-task, with this id? */
static inline bool ledger_is_open(const struct ledger *ledger, int task)
{
    if (task < 0 || (uint32_t)task >= ledger->ids) {
        return false;
    }
    return task < HL_TASK_FIRST || ledger_card(ledger, (uint32_t)task)->state == CARD_ALIVE;
}

/* The serial number of an id in use; pseudo-tasks have id + 1. */
HL_FN static inline uint32_t ledger_serial(const struct ledger *ledger, uint32_t id)
{
    return id < HL_TASK_FIRST ? id + 1 : ledger_card(ledger, id)->serial;
}

/* The accounts of a heap, by id. */
HL_FN static inline struct hl_account *ledger_row(const struct ledger *ledger, uint32_t heap)
{
    return ledger->accounts + (size_t)heap * ledger->ids;
}

#define LEDGER_NO_LIMIT UINT32_MAX /* an allowance: limits only warn */

/* Charges a block to a task. `allowance`: bytes that do not count against the limit, because they
 * are about to be given back. False, and nothing is booked, when the limit refuses it. Constant
 * time. */
bool ledger_charge(struct ledger *ledger, struct hl_account *row, uint32_t id, uint32_t size,
                   uint32_t allowance, struct notice *notice);

HL_INLINE void ledger_add(struct hl_account *account, uint32_t size)
{
    uint32_t current = account->current + size;

    account->current = current;
    if (current > account->peak) {
        account->peak = current;
    }
    account->blocks++;
}

HL_INLINE uint32_t ledger_subtract(struct hl_account *account, uint32_t size)
{
    account->blocks--;
    return account->current -= size;
}

/* Does it concern the limit or the warning threshold of a task if it is charged so much? */
HL_INLINE bool ledger_concerns_limit(const struct ledger *ledger, uint32_t id, uint32_t size)
{
#if HL_LIMITS
    return ledger->balances[id].current + size > ledger->tallies[id].trigger;
#else
    (void)ledger, (void)id, (void)size;
    return false;
#endif
}

/* Charges a block to a task whose limit it does not concern. Constant time. */
HL_INLINE void ledger_charge_plainly(struct ledger *ledger, struct hl_account *row, uint32_t id,
                                     uint32_t size)
{
    ledger_add(&row[id], size);
    if (ledger->several_heaps) {
        ledger_add(&ledger->balances[id], size);
    }
}

/* Could this task give back so much? Otherwise the header that says so is damaged. */
HL_INLINE bool ledger_owes(const struct ledger *ledger, const struct hl_account *row, uint32_t id,
                           uint32_t size)
{
    return id < ledger->ids && row[id].current >= size;
}

/* The same, and is that not all it owes? */
HL_INLINE bool ledger_owes_more(const struct ledger *ledger, const struct hl_account *row,
                                uint32_t id, uint32_t size)
{
    return id < ledger->ids && row[id].current > size;
}

/* A task owes nothing any more: if it is deleted its slot becomes vacant. */
void ledger_settle(struct ledger *ledger, uint32_t id);

/* Credits a block to a task that ledger_owes it. True: that was its last one, and ledger_settle is
 * to be called. Constant time. */
HL_INLINE bool ledger_credit(struct ledger *ledger, struct hl_account *row, uint32_t id,
                             uint32_t size)
{
    uint32_t left = ledger_subtract(&row[id], size);

    if (ledger->several_heaps) {
        left = ledger_subtract(&ledger->balances[id], size);
    }
    return left == 0;
}

/* The size of a task's block changes. False, and nothing is booked: the limit refuses it. */
HL_FN static inline bool ledger_resize(struct ledger *ledger, struct hl_account *row, uint32_t id,
                                       uint32_t from, uint32_t to, struct notice *notice)
{
    if (to > from) {
        bool charged = ledger_charge(ledger, row, id, to - from, 0, notice);

#if HL_LIMITS
        notice->limit.size = to; /* of the whole block, if anybody is to be told */
#endif
        if (!charged) {
            return false;
        }
    } else {
        (void)ledger_credit(ledger, row, id,
                            from - to); /* something is left: no task settles here */
        row[id].blocks += 2;
    }
    row[id].blocks--; /* it is the same block */
    if (ledger->several_heaps) {
        ledger->balances[id].blocks += to > from ? UINT32_MAX : 1;
    }
    return true;
}

/* Counters: nothing where they are not built. */
HL_FN static inline void ledger_count_failure(struct ledger *ledger, uint32_t id, size_t size)
{
#if HL_COUNT_FAILURES
    uint32_t bytes = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;

    ledger->tallies[id].failures++;
    if (bytes > ledger->tallies[id].largest_refused) {
        ledger->tallies[id].largest_refused = bytes;
    }
#else
    (void)ledger, (void)id, (void)size;
#endif
}

#if HL_COUNT_EVENTS
#define LEDGER_COUNT(ledger, id, field) ((void)(ledger)->tallies[id].field++)
#else
#define LEDGER_COUNT(ledger, id, field) ((void)(ledger), (void)(id))
#endif

#else /* without task tracking: nobody owns anything, and it costs nothing */

static inline bool ledger_is_open(const struct ledger *ledger, int task)
{
    (void)ledger, (void)task;
    return true;
}

HL_FN static inline bool ledger_concerns_limit(const struct ledger *ledger, uint32_t id,
                                               uint32_t size)
{
    (void)ledger, (void)id, (void)size;
    return false;
}

HL_FN static inline void ledger_charge_plainly(struct ledger *ledger, struct hl_account *row,
                                               uint32_t id, uint32_t size)
{
    (void)ledger, (void)row, (void)id, (void)size;
}

HL_FN static inline struct hl_account *ledger_row(const struct ledger *ledger, uint32_t heap)
{
    (void)ledger, (void)heap;
    return NULL;
}

HL_FN static inline bool ledger_charge(struct ledger *ledger, struct hl_account *row, uint32_t id,
                                       uint32_t size, uint32_t allowance, struct notice *notice)
{
    (void)ledger, (void)row, (void)id, (void)size, (void)allowance, (void)notice;
    return true;
}

HL_INLINE bool ledger_owes(const struct ledger *ledger, const struct hl_account *row, uint32_t id,
                           uint32_t size)
{
    (void)ledger, (void)row, (void)id, (void)size;
    return true;
}

HL_INLINE bool ledger_owes_more(const struct ledger *ledger, const struct hl_account *row,
                                uint32_t id, uint32_t size)
{
    (void)ledger, (void)row, (void)id, (void)size;
    return true;
}

HL_INLINE bool ledger_credit(struct ledger *ledger, struct hl_account *row, uint32_t id,
                             uint32_t size)
{
    (void)ledger, (void)row, (void)id, (void)size;
    return false;
}

/* Never called: ledger_credit says that nobody is to be settled. */
HL_FN static inline void ledger_settle(struct ledger *ledger, uint32_t id) /* GCOVR_EXCL_LINE */
{
    (void)ledger, (void)id; /* GCOVR_EXCL_LINE */
} /* GCOVR_EXCL_LINE */

HL_FN static inline bool ledger_resize(struct ledger *ledger, struct hl_account *row, uint32_t id,
                                       uint32_t from, uint32_t to, struct notice *notice)
{
    (void)ledger, (void)row, (void)id, (void)from, (void)to, (void)notice;
    return true;
}

HL_FN static inline void ledger_count_failure(struct ledger *ledger, uint32_t id, size_t size)
{
    (void)ledger, (void)id, (void)size;
}

#define LEDGER_COUNT(ledger, id, field) ((void)(ledger), (void)(id))

#endif

#endif
