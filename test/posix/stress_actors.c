/* SPDX-License-Identifier: MIT */
/* The stress test's workers and visitors: they allocate, hand over, resize and free. */
#include <string.h>

#include "stress.h"

static struct parcel pool[POOL];
static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;

/* xorshift32: G. Marsaglia, Xorshift RNGs, 2003. */
uint32_t random_below(uint32_t *state, uint32_t limit)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return (*state >> 4) % limit;
}

void pool_swap(struct actor *actor, struct parcel *parcel)
{
    struct parcel *place = &pool[random_below(&actor->random, POOL)];
    struct parcel taken;

    pthread_mutex_lock(&pool_lock);
    taken = *place;
    *place = *parcel;
    pthread_mutex_unlock(&pool_lock);
    *parcel = taken;
}

struct parcel *pool_at_rest(void)
{
    return pool;
}

void parcel_verify(const struct parcel *parcel)
{
    size_t i;
    bool same = true;

    for (i = 0; i < parcel->asked; i++) {
        same = same && parcel->bytes[i] == parcel->fill;
    }
    expect(same, "a block holds what was written into it");
}

void parcel_free(struct parcel *parcel)
{
    if (parcel->bytes == NULL) {
        return;
    }
    parcel_verify(parcel);
    atomic_fetch_sub(&stress.expected[parcel->owner], parcel->size);
    hl_free(stress.hl, parcel->bytes);
    parcel->bytes = NULL;
}

/* The block is the actor's now. */
static void parcel_fill(struct actor *actor, struct parcel *parcel, unsigned char *bytes,
                        size_t asked)
{
    *parcel = (struct parcel){.bytes = bytes,
                              .asked = asked,
                              .fill = (unsigned char)random_below(&actor->random, 256),
                              .size = (uint32_t)hl_usable_size(stress.hl, bytes),
                              .owner = actor->owner};
    expect(parcel->size >= asked, "a block is at least as large as asked for");
    memset(bytes, parcel->fill, asked);
    atomic_fetch_add(&stress.expected[actor->owner], parcel->size);
}

static size_t random_size(struct actor *actor)
{
    return 1 + random_below(&actor->random, 8U << random_below(&actor->random, 9));
}

static bool is_zero(const unsigned char *bytes, size_t count)
{
    size_t i;

    for (i = 0; i < count && bytes[i] == 0; i++) {
    }
    return i == count;
}

static void allocate(struct actor *actor, struct parcel *parcel)
{
    size_t asked = random_size(actor);
    size_t alignment = (size_t)1 << random_below(&actor->random, 9);
    uint32_t caps = 1U << random_below(&actor->random, 2);
    unsigned char *bytes;

    switch (random_below(&actor->random, 4)) {
    case 0:
        bytes = hl_calloc(stress.hl, 1, asked, caps);
        expect(bytes == NULL || is_zero(bytes, asked), "calloc gives zeros");
        break;
    case 1:
        bytes = hl_aligned_alloc(stress.hl, alignment, asked, caps);
        expect(((uintptr_t)bytes & (alignment - 1)) == 0, "an aligned block is aligned");
        break;
    default:
        bytes = hl_malloc(stress.hl, asked, caps);
        break;
    }
    if (bytes != NULL) {
        parcel_fill(actor, parcel, bytes, asked);
    }
}

static void resize(struct actor *actor, struct parcel *parcel)
{
    size_t asked = random_size(actor);
    unsigned char *bytes =
        hl_realloc(stress.hl, parcel->bytes, asked, 1U << random_below(&actor->random, 2));

    if (bytes == NULL) {
        return;
    }
    parcel->bytes = bytes;
    if (asked < parcel->asked) {
        parcel->asked = asked;
    }
    parcel_verify(parcel);
    atomic_fetch_sub(&stress.expected[parcel->owner], parcel->size);
    parcel_fill(actor, parcel, bytes, asked);
}

/* A block in one's hands goes to a worker. */
static void hand_over(struct actor *actor, struct parcel *parcel)
{
    int to = (int)random_below(&actor->random, WORKERS);

    expect(hl_transfer(stress.hl, parcel->bytes, stress.worker_ids[to]) == 0,
           "a worker can be given a block");
    expect(hl_owner(stress.hl, parcel->bytes) == stress.worker_ids[to],
           "the worker owns the block");
    atomic_fetch_sub(&stress.expected[parcel->owner], parcel->size);
    atomic_fetch_add(&stress.expected[to], parcel->size);
    parcel->owner = to;
}

void actor_operate(struct actor *actor)
{
    struct parcel parcel = {0};
    uint32_t kind = random_below(&actor->random, 8);

    pool_swap(actor, &parcel);
    if (parcel.bytes == NULL) {
        allocate(actor, &parcel);
    } else if (kind < 2) {
        resize(actor, &parcel);
    } else if (kind == 2) {
        hand_over(actor, &parcel);
    } else {
        parcel_free(&parcel);
    }
    pool_swap(actor, &parcel);
    parcel_free(&parcel);
}

enum manners {
    BEGINS_AND_ENDS,
    BEGINS,
    NEVER_BEGINS
};

struct visitor {
    struct actor actor;
    enum manners manners;
};

static void *visit(void *argument)
{
    struct visitor *visitor = argument;
    long i;

    if (visitor->manners != NEVER_BEGINS) {
        expect(hl_posix_thread_begin(stress.hl, "visitor") >= HL_TASK_OVERFLOW,
               "a visitor gets a task, or the overflow");
    }
    for (i = 0; i < visitor->actor.operations; i++) {
        actor_operate(&visitor->actor);
    }
    if (visitor->manners == BEGINS_AND_ENDS) {
        hl_posix_thread_end(stress.hl);
        actor_operate(&visitor->actor); /* on the account of Pre-scheduler */
    }
    return NULL;
}

void spawn_visitor(struct actor *spawner)
{
    struct visitor visitor = {
        .actor = {.owner = OTHERS,
                  .random = random_below(&spawner->random, 1U << 20) + 1,
                  .operations = 1 + (long)random_below(&spawner->random, 12)},
        .manners = (enum manners)random_below(&spawner->random, 3),
    };
    pthread_t thread;

    if (pthread_create(&thread, NULL, visit, &visitor) != 0) {
        expect(false, "a thread can be made");
        return;
    }
    actor_operate(spawner);
    if (--spawner->adds_heap_in == 0) {
        add_heap();
    }
    pthread_join(thread, NULL);
}
