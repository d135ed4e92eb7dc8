/* SPDX-License-Identifier: MIT */
/* Threads as tasks: when an account begins, whose it is, and when it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "heapledger/facts.h"
#include "heapledger/snapshot.h"
#include "heapledger_posix.h"

#define MAX_TASKS 3

static void *ledger[2][HL_BYTES(MAX_TASKS, 1) / sizeof(void *) + 1];
static void *memory[2][512];
static struct hl_posix posix[2];
static struct hl *hl; /* the first instance */
static struct hl *other;

/* What a thread has found out, and what it is to do. cmocka's checks are for the main thread. */
struct thread {
    int begun, id, owner;
    void *block;
    pthread_key_t key;
};

static struct hl *make_instance(unsigned i)
{
    const struct hl_config config = {
        .max_tasks = MAX_TASKS, .max_heaps = 1, .keep_deleted = true, .port = &posix[i]};
    const struct hl_heap_desc heap = {
        .start = memory[i], .size = sizeof memory[i], .name = "RAM", .caps = {1, 0, 0}};
    struct hl *made;

    assert_int_equal(hl_posix_setup(&posix[i]), 0);
    made = hl_init(ledger[i], sizeof ledger[i], &config);
    assert_non_null(made);
    assert_int_equal(hl_add_heap(made, &heap), 0);
    return made;
}

static int set_up(void **state)
{
    (void)state;
    hl = make_instance(0);
    other = make_instance(1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hl_posix_thread_end(hl);
    hl_posix_thread_end(other);
    assert_int_equal(hl_check(hl, 0, NULL), 0);
    assert_int_equal(hl_check(other, 0, NULL), 0);
    hl_posix_teardown(&posix[0]);
    hl_posix_teardown(&posix[1]);
    return 0;
}

static void run(void *(*body)(void *), struct thread *thread)
{
    pthread_t id;

    assert_int_equal(pthread_create(&id, NULL, body, thread), 0);
    assert_int_equal(pthread_join(id, NULL), 0);
}

/* The newest task of that name in the first instance. */
static struct hl_task_info task_named(const char *name)
{
    struct hl_task_info info = {0};
    struct hl_snapshot snapshot = {.tasks = &info, .task_room = 1};

    assert_int_equal(hl_snapshot(hl, hl_find_name(hl, name), &snapshot), 0);
    assert_int_equal(snapshot.task_count, 1);
    return info;
}

/* Bytes on the pseudo-task's account. */
static uint32_t held_by_pre_scheduler(void)
{
    struct hl_task_info info = {0};
    struct hl_snapshot snapshot = {.tasks = &info, .task_room = 1};

    assert_int_equal(hl_snapshot(hl, HL_TASK_PRE_SCHEDULER + 1, &snapshot), 0);
    return snapshot.task_count == 1 ? info.current : 0;
}

static void *begins_and_allocates(void *argument)
{
    struct thread *self = argument;

    self->begun = hl_posix_thread_begin(hl, "worker");
    self->id = hl_posix_thread_id(hl);
    self->block = hl_malloc(hl, 100, 1);
    self->owner = hl_owner(hl, self->block);
    return NULL;
}

static void a_thread_that_exits_is_deleted_and_its_debt_stays(void **state)
{
    struct thread thread = {0};
    struct hl_task_info info;

    (void)state;
    run(begins_and_allocates, &thread);
    assert_int_equal(thread.begun, HL_TASK_FIRST);
    assert_int_equal(thread.id, thread.begun);
    assert_int_equal(thread.owner, thread.begun);
    info = task_named("worker");
    assert_false(info.alive);
    assert_int_equal(info.current, hl_usable_size(hl, thread.block));
    hl_free(hl, thread.block);
    assert_int_equal(task_named("worker").current, 0);
}

static void *ends_and_begins_again(void *argument)
{
    struct thread *self = argument;

    (void)hl_posix_thread_begin(hl, "first life");
    hl_posix_thread_end(hl);
    self->id = hl_posix_thread_id(hl);
    hl_posix_thread_end(hl); /* nothing to end */
    self->begun = hl_posix_thread_begin(hl, "second life");
    return NULL;
}

static void a_thread_that_ends_and_begins_again_is_a_new_task(void **state)
{
    struct thread thread = {0};
    struct hl_task_info first, second;

    (void)state;
    run(ends_and_begins_again, &thread);
    assert_int_equal(thread.id, HL_TASK_PRE_SCHEDULER);
    first = task_named("first life");
    second = task_named("second life");
    assert_false(first.alive);
    assert_false(second.alive);
    assert_true(second.serial > first.serial);
    assert_ptr_equal(second.handle, first.handle);
}

static void a_thread_that_begins_twice_is_renamed(void **state)
{
    int id = hl_posix_thread_begin(hl, "before");

    (void)state;
    assert_int_equal(hl_posix_thread_begin(hl, "after"), id);
    assert_int_equal(hl_find_name(hl, "before"), 0);
    assert_true(task_named("after").alive);
    assert_ptr_equal(task_named("after").handle, (void *)(uintptr_t)pthread_self());
}

static void *only_allocates(void *argument)
{
    struct thread *self = argument;

    self->id = hl_posix_thread_id(hl);
    self->block = hl_malloc(hl, 100, 1);
    return NULL;
}

static void a_thread_that_has_not_begun_is_charged_to_pre_scheduler(void **state)
{
    struct thread thread = {0};

    (void)state;
    run(only_allocates, &thread);
    assert_int_equal(thread.id, HL_TASK_PRE_SCHEDULER);
    assert_int_equal(hl_owner(hl, thread.block), HL_TASK_PRE_SCHEDULER);
    assert_int_equal(held_by_pre_scheduler(), hl_usable_size(hl, thread.block));
    hl_free(hl, thread.block);
}

static struct thread *dying; /* whose destructor runs */

static void allocates_at_exit(void *value)
{
    (void)value;
    dying->block = hl_malloc(hl, 100, 1);
    dying->owner = hl_owner(hl, dying->block);
}

static void *begins_and_leaves_it_to_a_destructor(void *argument)
{
    struct thread *self = argument;

    self->begun = hl_posix_thread_begin(hl, "worker");
    dying = self;
    (void)pthread_setspecific(self->key, self);
    return NULL;
}

/* The other key is younger than the port's, so that its destructor runs after the port's. */
static void what_a_destructor_allocates_is_still_the_threads(void **state)
{
    struct thread thread = {0};

    (void)state;
    assert_int_equal(pthread_key_create(&thread.key, allocates_at_exit), 0);
    run(begins_and_leaves_it_to_a_destructor, &thread);
    assert_int_equal(pthread_key_delete(thread.key), 0);
    assert_int_equal(thread.owner, thread.begun);
    assert_false(task_named("worker").alive);
    assert_int_equal(task_named("worker").current, hl_usable_size(hl, thread.block));
    hl_free(hl, thread.block);
}

static void threads_beyond_the_slots_are_charged_to_overflow(void **state)
{
    struct thread thread = {0};
    int id[MAX_TASKS];
    int i;

    (void)state;
    for (i = 0; i < MAX_TASKS; i++) {
        id[i] = hl_task_register(hl, NULL, "somebody");
        assert_true(id[i] >= HL_TASK_FIRST);
    }
    run(begins_and_allocates, &thread);
    assert_int_equal(thread.begun, HL_TASK_OVERFLOW);
    assert_int_equal(thread.owner, HL_TASK_OVERFLOW);
    hl_free(hl, thread.block);

    assert_int_equal(hl_posix_thread_begin(hl, "me"), HL_TASK_OVERFLOW);
    hl_posix_thread_end(hl);
    assert_int_equal(hl_posix_thread_id(hl), HL_TASK_PRE_SCHEDULER);

    /* One who found no slot may try again. */
    assert_int_equal(hl_posix_thread_begin(hl, "me"), HL_TASK_OVERFLOW);
    assert_int_equal(hl_task_delete(hl, id[0]), 0);
    assert_int_equal(hl_posix_thread_begin(hl, "me"), id[0]);
    assert_true(task_named("me").alive);
}

static void a_thread_has_an_account_in_each_instance(void **state)
{
    void *block, *other_block;
    int id;

    (void)state;
    assert_true(hl_task_register(other, NULL, "somebody") >= HL_TASK_FIRST);
    id = hl_posix_thread_begin(hl, "here");
    assert_int_equal(hl_posix_thread_id(other), HL_TASK_PRE_SCHEDULER);
    assert_int_not_equal(hl_posix_thread_begin(other, "there"), id);
    block = hl_malloc(hl, 100, 1);
    other_block = hl_malloc(other, 200, 1);
    assert_int_equal(hl_owner(hl, block), id);
    assert_int_equal(hl_owner(other, other_block), hl_posix_thread_id(other));
    hl_posix_thread_end(hl);
    assert_int_not_equal(hl_posix_thread_id(other), HL_TASK_PRE_SCHEDULER);
    hl_free(hl, block);
    hl_free(other, other_block);
}

static void a_thread_that_cannot_be_remembered_leaves_no_task_behind(void **state)
{
    (void)state;
    assert_int_equal(pthread_key_delete(posix[0].seat), 0); /* no value can be set from now on */
    assert_int_equal(hl_posix_thread_begin(hl, "worker"), HL_ERR_TOO_MANY);
    assert_int_equal(hl_posix_thread_id(hl), HL_TASK_PRE_SCHEDULER);
    assert_false(task_named("worker").alive);
}

static void set_up_fails_when_the_process_has_no_key_left(void **state)
{
    static pthread_key_t keys[4096];
    static struct hl_posix late;
    size_t count = 0;

    (void)state;
    while (count < 4096 && pthread_key_create(&keys[count], NULL) == 0) {
        count++;
    }
    assert_int_equal(hl_posix_setup(&late), HL_ERR_TOO_MANY);
    while (count > 0) {
        assert_int_equal(pthread_key_delete(keys[--count]), 0);
    }
    assert_int_equal(hl_posix_setup(&late), 0);
    hl_posix_teardown(&late);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_thread_that_exits_is_deleted_and_its_debt_stays),
        TEST(a_thread_that_ends_and_begins_again_is_a_new_task),
        TEST(a_thread_that_begins_twice_is_renamed),
        TEST(a_thread_that_has_not_begun_is_charged_to_pre_scheduler),
        TEST(what_a_destructor_allocates_is_still_the_threads),
        TEST(threads_beyond_the_slots_are_charged_to_overflow),
        TEST(a_thread_has_an_account_in_each_instance),
        TEST(a_thread_that_cannot_be_remembered_leaves_no_task_behind),
        TEST(set_up_fails_when_the_process_has_no_key_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
