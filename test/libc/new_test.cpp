// SPDX-License-Identifier: MIT
// C++'s operator new and delete on the ledger, in all their forms, under the real kernel.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "FreeRTOS.h"
#include "task.h"

#include "board.h"
#include "heapledger/facts.h"
#include "support/task_checks.h"

namespace
{

constexpr std::size_t too_large = 8UL * 1024 * 1024;
constexpr std::size_t only_once = 300000; // the largest heap has 344,400 bytes

uint32_t blocks()
{
    struct hl_heap_facts facts = {};

    (void)hl_caps_facts(books(), 0, &facts);
    return facts.blocks;
}

bool is_mine(void *ptr)
{
    return ptr != nullptr && hl_owner(books(), ptr) == hl_freertos_id(nullptr);
}

bool is_aligned(void *ptr, std::size_t alignment)
{
    return reinterpret_cast<uintptr_t>(ptr) % alignment == 0;
}

// Before main(): a constructor's block.
struct Early {
    std::vector<int> numbers;
    Early() : numbers(100)
    {
    }
} early;

void test_before_main()
{
    CHECK(hl_owner(books(), early.numbers.data()) == HL_TASK_PRE_SCHEDULER);
    std::vector<int>().swap(early.numbers);
    CHECK(early.numbers.data() == nullptr);
}

// Called by their names, so that the compiler leaves none out.
void test_plain_forms()
{
    uint32_t before = blocks();
    void *all[] = {operator new(100), operator new[](100), operator new(100, std::nothrow),
                                                           operator new[](100, std::nothrow),
                                                           operator new(0)};

    for (void *ptr : all) {
        CHECK(is_mine(ptr) && is_aligned(ptr, __STDCPP_DEFAULT_NEW_ALIGNMENT__));
    }
    CHECK(blocks() == before + 5);
    operator delete(all[0]);
    operator delete[](all[1]);
    operator delete(all[2], std::nothrow);
    operator delete[](all[3], std::nothrow);
    operator delete (all[4], std::size_t{0});
    operator delete[](operator new[](7), std::size_t{7});
    operator delete(nullptr);
    CHECK(blocks() == before);
}

void test_aligned_forms()
{
    constexpr std::align_val_t alignment{128};
    constexpr std::align_val_t smallest{HL_ALIGN}; // any block has it
    uint32_t before = blocks();
    void *small = operator new(20, smallest);
    void *all[] = {operator new(50, alignment), operator new[](50, alignment),
                                                operator new(50, alignment, std::nothrow),
                                                operator new[](50, alignment, std::nothrow),
                                                operator new(0, alignment)};

    for (void *ptr : all) {
        CHECK(is_mine(ptr) && is_aligned(ptr, 128));
    }
    CHECK(is_mine(small) && is_aligned(small, HL_ALIGN));
    operator delete(small, smallest);
    operator delete(all[0], alignment);
    operator delete[](all[1], alignment);
    operator delete(all[2], alignment, std::nothrow);
    operator delete[](all[3], alignment, std::nothrow);
    operator delete (all[4], std::size_t{0}, alignment);
    operator delete[](operator new[](7, alignment), std::size_t{7}, alignment);
    CHECK(blocks() == before);
}

// A new-handler that gives a reserve back, then gives up.
void *reserve;
int handler_calls;

void make_room()
{
    handler_calls++;
    if (reserve == nullptr) {
        (void)std::set_new_handler(nullptr);
    }
    operator delete(reserve);
    reserve = nullptr;
}

bool is_refused(std::size_t size)
{
    void *ptr = operator new(size, std::nothrow);

    operator delete(ptr, std::nothrow);
    return ptr == nullptr;
}

bool is_refused_aligned(std::size_t size)
{
    constexpr std::align_val_t alignment{64};
    void *ptr = operator new[](size, alignment, std::nothrow);

    operator delete[](ptr, alignment, std::nothrow);
    return ptr == nullptr;
}

void test_running_out()
{
    uint32_t before = blocks();
    void *got;

    CHECK(is_refused(too_large));
    CHECK(is_refused_aligned(too_large));
    (void)std::set_new_handler(make_room);
    CHECK(is_refused(too_large));
    CHECK(handler_calls == 1);

    reserve = operator new(only_once);
    (void)std::set_new_handler(make_room);
    got = operator new(only_once);
    CHECK(handler_calls == 2 && reserve == nullptr && is_mine(got));
    (void)std::set_new_handler(nullptr);
    operator delete(got);
    CHECK(blocks() == before);
}

void test_library()
{
    uint32_t before = blocks();
    {
        std::vector<std::string> lines(10, "a line too long to be kept inside the string itself");
        auto number = std::make_unique<int>(7);

        CHECK(blocks() == before + 12);
        CHECK(is_mine(lines.data()) && is_mine(&lines[9][0]) && is_mine(number.get()));
    }
    CHECK(blocks() == before);
}

int result()
{
    std::printf(failures == 0 ? "new_test: passed\n" : "new_test: FAILED\n");
    return failures == 0 ? BOARD_EXIT_OK : BOARD_EXIT_FAILED;
}

#ifndef TEST_ON_TARGET // there are no signals there
// Without exceptions the plain form aborts when there is no room: the program ends in this handler.
void aborted(int)
{
    std::exit(result()); // no other thread runs: the others wait for the kernel
}

void test_no_exception()
{
    (void)std::signal(SIGABRT, aborted);
    operator delete(operator new(too_large));
    CHECK(!"operator new came back");
}
#endif

int run(const board_options *)
{
    test_before_main();
    test_plain_forms();
    test_aligned_forms();
    test_running_out();
    test_library();
#ifndef TEST_ON_TARGET
    test_no_exception();
#endif
    return result();
}

} // namespace

int main(int argc, char **argv)
{
    static const board_app app = {"new_test", "", "", 1, run};

    return board_run(argc, argv, &app);
}
