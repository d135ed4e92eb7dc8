/* SPDX-License-Identifier: MIT */
/* The ledger: accounts and tasks. Knows no heap: it books sizes, for ours and for foreign allocators. */
#ifndef HL_SRC_LEDGER_H
#define HL_SRC_LEDGER_H

#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"
#include "heapledger/stats.h"

#include "compiler.h"

/* What one task holds on one heap. */
struct hl_account {
    uint32_t current; /* bytes */
    uint32_t peak;
    uint32_t blocks;
};

/* What one task holds in all. */
struct hl_balance {
    uint32_t current;
    uint32_t peak;
#if HL_LIMITS
    uint32_t trigger; /* the lowest of peak, limit and warning: one comparison serves all three */
    uint32_t limit;
    uint32_t warning;
#endif
#define HL_FIELD(name) uint32_t name;
    HL_TASK_COUNTERS(HL_FIELD)
#undef HL_FIELD
};

/* A slot that is vacant can be given to a new task. Vacant slots form a list, the one that has been
 * vacant for the longest first. A task that is deleted already can still allocate (an interrupt that ends
 * it late): its vacant slot then owes bytes. Nobody is charged for watching out for that: ledger_open
 * passes over such a slot and marks it, and ledger_state tells what it really is. */
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
    struct hl_balance *balances; /* [id] */
    struct hl_card *cards;       /* [id - HL_TASK_FIRST] */
    uint32_t ids;                /* pseudo-tasks and slots */
    uint8_t heaps;               /* rows of accounts */
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

/* Bytes that cards, balances and accounts need behind each other. */
void ledger_init(struct ledger *ledger, void *mem, unsigned max_tasks, unsigned max_heaps,
                 bool keep_deleted);

/* Forgets all tasks and accounts; serial numbers go on. */
void ledger_reset(struct ledger *ledger);

/* A slot becomes vacant, as CARD_GONE or CARD_KEPT: the last in the list. */
void ledger_vacate(struct ledger *ledger, uint32_t id, enum card_state state);

/* Gives the slot that has been vacant for the longest to a new task, whose name is the caller's to
 * write. HL_TASK_OVERFLOW, counted, when there is none. Bound: the number of heaps. */
uint32_t ledger_open(struct ledger *ledger, void *handle);

/* A live task is deleted. */
void ledger_close(struct ledger *ledger, uint32_t id);

#if HL_LIMITS
/* After a change of limit or warning. */
void ledger_set_trigger(struct hl_balance *balance);
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

/* Charges a block to a task. `allowance`: bytes that do not count against the limit, because they are
 * about to be given back. False, and nothing is booked, when the limit refuses it. Constant time. */
bool ledger_charge(struct ledger *ledger, struct hl_account *row, uint32_t id, uint32_t size,
                   uint32_t allowance, struct notice *notice);

/* Charges a block to a task unless that concerns its limit or its warning threshold: false then, and
 * ledger_charge is to be asked. Constant time. */
HL_INLINE bool ledger_charge_plainly(struct ledger *ledger, struct hl_account *row, uint32_t id,
                                     uint32_t size)
{
    struct hl_account *account = &row[id];
    struct hl_balance *balance = &ledger->balances[id];
    uint32_t total = balance->current + size;
    uint32_t current = account->current + size;

#if HL_LIMITS
    if (total > balance->trigger) {
        if (total > balance->limit || total > balance->warning) {
            return false;
        }
        balance->trigger = total;
        balance->peak = total;
    }
#else
    if (total > balance->peak) {
        balance->peak = total;
    }
#endif
    balance->current = total;
    account->current = current;
    if (current > account->peak) {
        account->peak = current;
    }
    account->blocks++;
    return true;
}

/* Could this task give back so much? Otherwise the header that says so is damaged. */
HL_INLINE bool ledger_owes(const struct ledger *ledger, const struct hl_account *row, uint32_t id,
                           uint32_t size)
{
    return id < ledger->ids && row[id].current >= size;
}

/* A task owes nothing any more: if it is deleted its slot becomes vacant. */
void ledger_settle(struct ledger *ledger, uint32_t id);

/* Credits a block to a task that ledger_owes it. True: that was its last one, and ledger_settle is to be
 * called. Constant time. */
HL_INLINE bool ledger_credit(struct ledger *ledger, struct hl_account *row, uint32_t id,
                             uint32_t size)
{
    struct hl_account *account = &row[id];
    struct hl_balance *balance = &ledger->balances[id];
    uint32_t left = balance->current - size;

    account->current -= size;
    account->blocks--;
    balance->current = left;
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
        row[id].blocks--;
    } else {
        row[id].current -= from - to; /* something is left: no task settles here */
        ledger->balances[id].current -= from - to;
    }
    return true;
}

/* Counters: nothing where they are not built. */
HL_FN static inline void ledger_count_failure(struct ledger *ledger, uint32_t id, size_t size)
{
#if HL_COUNT_FAILURES
    uint32_t bytes = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;

    ledger->balances[id].failures++;
    if (bytes > ledger->balances[id].largest_refused) {
        ledger->balances[id].largest_refused = bytes;
    }
#else
    (void)ledger, (void)id, (void)size;
#endif
}

#if HL_COUNT_EVENTS
#define LEDGER_COUNT(ledger, id, field) ((void)(ledger)->balances[id].field++)
#else
#define LEDGER_COUNT(ledger, id, field) ((void)(ledger), (void)(id))
#endif

#else /* without task tracking: nobody owns anything, and it costs nothing */

HL_FN static inline bool ledger_charge_plainly(struct ledger *ledger, struct hl_account *row,
                                               uint32_t id, uint32_t size)
{
    (void)ledger, (void)row, (void)id, (void)size;
    return true;
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
