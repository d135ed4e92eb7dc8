/* SPDX-License-Identifier: MIT */
/* The public functions of the ledger: tasks, owners, limits, and booking for foreign allocators. */
#include "instance.h"

#if HL_TASK_TRACKING

#include <string.h>

/* For what only a real task that is alive can have done to it: 0 or an error. */
static int live_task(const struct ledger *ledger, int task)
{
    if (task >= 0 && task < HL_TASK_FIRST) {
        return HL_ERR_ARGUMENT;
    }
    return ledger_is_open(ledger, task) ? 0 : HL_ERR_NOT_FOUND;
}

/* A name as a card holds it: cut, and filled up with zeros, because names are compared whole. Made
 * before the lock is taken. */
struct card_name {
    char bytes[HL_NAME_LEN];
};

static void cut_name(struct card_name *cut, const char *name)
{
    memset(cut, 0, sizeof(*cut));
    for (size_t i = 0; name != NULL && name[i] != '\0' && i < sizeof(cut->bytes) - 1; i++) {
        cut->bytes[i] = name[i];
    }
}

static void write_name(struct hl_card *card, const struct card_name *name)
{
    memcpy(card->name, name->bytes, sizeof(card->name));
}

int hl_task_register(struct hl *hl, void *handle, const char *name)
{
    struct card_name cut;
    hl_port_state state;
    uint32_t id;

    cut_name(&cut, name);
    state = hl_port_lock(hl);
    while (!ledger_pass_over(&hl->ledger)) {
        hl_port_unlock(hl, state);
        state = hl_port_lock(hl);
    }
    id = ledger_open(&hl->ledger, handle);
    if (id >= HL_TASK_FIRST) {
        write_name(ledger_card(&hl->ledger, id), &cut);
    }
    hl->changed = true;
    hl_port_unlock(hl, state);
    return (int)id;
}

int hl_task_delete(struct hl *hl, int task)
{
    hl_port_state state;
    int error;

    if (task == HL_TASK_OVERFLOW) {
        return 0;
    }
    state = hl_port_lock(hl);
    error = live_task(&hl->ledger, task);
    if (error == 0) {
        ledger_close(&hl->ledger, (uint32_t)task);
        hl->changed = true;
    }
    hl_port_unlock(hl, state);
    return error;
}

int hl_task_rename(struct hl *hl, int task, const char *name)
{
    struct card_name cut;
    hl_port_state state;
    int error;

    cut_name(&cut, name);
    state = hl_port_lock(hl);
    error = live_task(&hl->ledger, task);
    if (error == 0) {
        write_name(ledger_card(&hl->ledger, (uint32_t)task), &cut);
        hl->changed = true;
    }
    hl_port_unlock(hl, state);
    return error;
}

/* What a task is looked for by: one of these. */
struct search {
    uint32_t serial;
    const void *handle;
    const char *name;
};

static bool matches(const struct hl_card *card, const struct search *search)
{
    if (search->serial != 0) {
        return card->serial == search->serial;
    }
    if (search->name != NULL) {
        return strncmp(card->name, search->name, sizeof(card->name) - 1) == 0; /* cut alike */
    }
    return !card->is_folded && card->as.handle == search->handle;
}

/* Compares the next ids from *id on, HL_WALK_STEP of them or one name, and keeps the best match:
 * live before deleted, then the newest. False: that was the last of them. */
static bool search_step(struct hl *hl, uint32_t *id, const struct search *search, bool *best_alive,
                        uint32_t *best_serial, uint32_t *best_id)
{
    hl_port_state state = hl_port_lock(hl);
    const struct ledger *ledger = &hl->ledger;
    int most = search->name != NULL ? 1 : HL_WALK_STEP;

    for (int looks = 0; looks < most && *id < ledger->ids; looks++, (*id)++) {
        const struct hl_card *card = ledger_card(ledger, *id);
        bool alive = card->state == CARD_ALIVE;

        if (ledger_listed(ledger, *id) && matches(card, search) &&
            (alive == *best_alive ? card->serial > *best_serial : alive)) {
            *best_alive = alive;
            *best_serial = card->serial;
            *best_id = *id;
        }
    }
    hl_port_unlock(hl, state);
    return *id < ledger->ids;
}

/* Serial number and id of the best match; 0 for none. */
static uint32_t search_cards(struct hl *hl, const struct search *search, uint32_t *id)
{
    uint32_t next = HL_TASK_FIRST;
    uint32_t serial = 0;
    bool alive = false;

    while (search_step(hl, &next, search, &alive, &serial, id)) {
    }
    return serial;
}

int hl_task_id(struct hl *hl, uint32_t serial)
{
    struct search search = {.serial = serial};
    uint32_t id = 0;

    if (serial >= 1 && serial <= HL_TASK_FIRST) {
        return (int)serial - 1;
    }
    return serial != 0 && search_cards(hl, &search, &id) != 0 ? (int)id : HL_ERR_NOT_FOUND;
}

uint32_t hl_find_handle(struct hl *hl, const void *handle)
{
    struct search search = {.handle = handle};
    uint32_t id;

    return search_cards(hl, &search, &id);
}

uint32_t hl_find_name(struct hl *hl, const char *name)
{
    struct search search = {.name = name};
    uint32_t id;

    return name != NULL ? search_cards(hl, &search, &id) : 0;
}

int hl_transfer(struct hl *hl, void *ptr, int task)
{
    struct place_found found;
    struct notice notice;
    hl_port_state state;
    int error = 0;

    notice_init(&notice);
    state = hl_port_lock(hl);
    if (!ledger_is_open(&hl->ledger, task)) {
        error = HL_ERR_NOT_FOUND;
    } else if (!alloc_find_owned(hl, ptr, &found, &notice)) {
        error = HL_ERR_DAMAGED;
    } else {
        alloc_hand_over(hl, &found, (uint32_t)task, &notice);
    }
    hl_port_unlock(hl, state);
    notice_deliver(hl, &notice);
    return error;
}

int hl_owner(struct hl *hl, const void *ptr)
{
    int owner = HL_ERR_DAMAGED;
    struct place_found found;
    struct notice notice;
    hl_port_state state;

    notice_init(&notice);
    state = hl_port_lock(hl);
    if (alloc_find_owned(hl, ptr, &found, &notice)) {
        owner = (int)block_owner(found.block->head);
    }
    hl_port_unlock(hl, state);
    notice_deliver(hl, &notice);
    return owner;
}

#if HL_LIMITS
int hl_task_limit(struct hl *hl, int task, uint32_t limit, uint32_t warning, bool refuse)
{
    hl_port_state state = hl_port_lock(hl);
    int error = live_task(&hl->ledger, task);

    if (error == 0) {
        struct hl_tally *tally = &hl->ledger.tallies[task];

        tally->limit = limit;
        tally->warning = warning;
        ledger_set_trigger(tally);
        ledger_card(&hl->ledger, (uint32_t)task)->refuse = refuse;
    }
    hl_port_unlock(hl, state);
    return error;
}
#endif

/* How many of the next HL_WALK_STEP slots from `id` on are taken. */
static uint32_t count_taken(struct hl *hl, uint32_t id)
{
    const struct ledger *ledger = &hl->ledger;
    uint32_t taken = 0;
    hl_port_state state = hl_port_lock(hl);

    for (uint32_t end = id + HL_WALK_STEP; id < end && id < ledger->ids; id++) {
        taken += ledger_state(ledger, id) >= CARD_OWING ? 1 : 0;
    }
    hl_port_unlock(hl, state);
    return taken;
}

void hl_ledger_facts(struct hl *hl, struct hl_ledger_facts *facts)
{
    const struct ledger *ledger = &hl->ledger;
    hl_port_state state;

    facts->max_tasks = ledger->ids - HL_TASK_FIRST;
    facts->tasks = 0;
    for (uint32_t id = HL_TASK_FIRST; id < ledger->ids; id += HL_WALK_STEP) {
        facts->tasks += count_taken(hl, id);
    }
    state = hl_port_lock(hl);
    facts->overflowed = ledger->overflowed;
    facts->evicted = ledger->evicted;
    facts->folded = ledger->folded;
    facts->registered = ledger->registered;
    hl_port_unlock(hl, state);
}

void hl_keep_deleted(struct hl *hl, bool keep)
{
    hl_port_state state = hl_port_lock(hl);

    hl->ledger.keep_deleted = keep;
    hl_port_unlock(hl, state);
    for (uint32_t id = HL_TASK_FIRST; !keep && id < hl->ledger.ids; id++) {
        struct hl_card *card = ledger_card(&hl->ledger, id);

        state = hl_port_lock(hl);
        if (card->state == CARD_KEPT) {
            card->state = CARD_GONE;
            hl->changed = true;
        }
        hl_port_unlock(hl, state);
    }
}

/* The books of a foreign heap, or NULL. */
static struct hl_account *foreign_row(struct hl *hl, int heap)
{
    const struct hl_heap *found = instance_heap(hl, heap);

    return found != NULL && heap_is_foreign(found) ? found->accounts : NULL;
}

static int charge(struct hl *hl, struct hl_account *row, int task, uint32_t size,
                  struct notice *notice)
{
    struct ledger *ledger = &hl->ledger;
    uint32_t id = (uint32_t)task;

    if (task < 0 || !ledger_listed(ledger, id)) {
        return HL_ERR_NOT_FOUND;
    }
    if (size > instance_book_room(hl) || !ledger_charge(ledger, row, id, size, 0, notice)) {
        ledger_count_failure(ledger, id, size);
        return HL_ERR_TOO_LARGE;
    }
    hl->foreign += size;
    LEDGER_COUNT(ledger, id, allocations);
    hl->changed = true;
    return 0;
}

int hl_charge(struct hl *hl, int heap, int task, uint32_t size)
{
    int error = HL_ERR_ARGUMENT;
    struct hl_account *row;
    struct notice notice;
    hl_port_state state;

    notice_init(&notice);
    state = hl_port_lock(hl);
    row = foreign_row(hl, heap);
    if (row != NULL && size != 0) {
        error = charge(hl, row, task, size, &notice);
    }
    hl_port_unlock(hl, state);
    notice_deliver(hl, &notice);
    return error;
}

static int credit(struct hl *hl, struct hl_account *row, int heap, int task, uint32_t size,
                  struct notice *notice)
{
    struct ledger *ledger = &hl->ledger;
    uint32_t id = (uint32_t)task;

    if (task < 0 || !ledger_listed(ledger, id)) {
        return HL_ERR_NOT_FOUND;
    }
    /* The last block takes the last byte along, and no other does. */
    if (!ledger_owes(ledger, row, id, size) || (row[id].current == size) != (row[id].blocks == 1)) {
        notice_fault(hl, notice, HL_FAULT_OWNER, NULL, heap);
        return HL_ERR_DAMAGED;
    }
    hl->foreign -= size;
    LEDGER_COUNT(ledger, id, frees);
    if (ledger_credit(ledger, row, id, size)) {
        ledger_settle(ledger, id);
    }
    hl->changed = true;
    return 0;
}

int hl_credit(struct hl *hl, int heap, int task, uint32_t size)
{
    int error = HL_ERR_ARGUMENT;
    struct hl_account *row;
    struct notice notice;
    hl_port_state state;

    notice_init(&notice);
    state = hl_port_lock(hl);
    row = foreign_row(hl, heap);
    if (row != NULL && size != 0) {
        error = credit(hl, row, heap, task, size, &notice);
    }
    hl_port_unlock(hl, state);
    notice_deliver(hl, &notice);
    return error;
}

#endif /* HL_TASK_TRACKING */
