// SPDX-License-Identifier: MIT
// C++ on the ledger: whose vectors and strings are whose, and what a task leaves when its destructors never run.
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "FreeRTOS.h"
#include "queue.h"
#include "task.h"

#include "board.h"
#include "heapledger/snapshot.h"
#include "heapledger/writers.h"
#include "heapledger_freertos.h"

namespace
{

constexpr auto name = "cplusplus_tasks";
constexpr uint32_t rounds = 5;
constexpr uint32_t round_ms = 100;
constexpr uint32_t clean_up_ms = 100; // for the idle task to free the stacks of tasks that ended
constexpr uint32_t stack_bytes = 2048;
constexpr UBaseType_t priority = tskIDLE_PRIORITY + 1;
constexpr UBaseType_t messages_on_their_way = 4;

const board_options *options;
QueueHandle_t queue;
TaskHandle_t main_task;

// Lines too long to be kept inside a std::string: each is a block of its own.
class Log
{
  public:
    void take_readings()
    {
        for (uint32_t i = 0; i < options->rounds; i++) {
            lines_.push_back("the temperature is " + std::to_string(board_random_below(40)) +
                             " degrees");
            vTaskDelay(pdMS_TO_TICKS(round_ms));
        }
    }

  private:
    std::vector<std::string> lines_;
};

struct Message {
    uint32_t number;
    std::string text;
};

// Its log is in a block of statements that ends before the task does.
void careful(void *)
{
    {
        Log log;

        log.take_readings();
    }
    xTaskNotifyGive(main_task);
    vTaskDelete(nullptr);
}

// vTaskDelete does not return: the log's destructor never runs, and nothing else would tell.
void careless(void *)
{
    Log log;

    log.take_readings();
    xTaskNotifyGive(main_task);
    vTaskDelete(nullptr);
}

// What it sends, main deletes: credited to the sender, whoever frees it.
void sender(void *)
{
    for (uint32_t i = 0; i < options->rounds; i++) {
        auto message = std::make_unique<Message>();
        Message *sent = message.get();

        message->number = i;
        message->text = "message " + std::to_string(i) + ", which is longer than it needs to be";
        if (xQueueSend(queue, &sent, portMAX_DELAY) == pdPASS) {
            (void)message.release();
        }
        vTaskDelay(pdMS_TO_TICKS(round_ms));
    }
    xTaskNotifyGive(main_task);
    vTaskDelete(nullptr);
}

struct Worker {
    const char *name;
    TaskFunction_t run;
    uint32_t serial; // names the task in the ledger, also when it is no more
};
Worker workers[] = {{"careful", careful, 0}, {"careless", careless, 0}, {"sender", sender, 0}};

bool start()
{
    main_task = xTaskGetCurrentTaskHandle();
    // Pointers are sent. NOLINTNEXTLINE(bugprone-sizeof-expression)
    queue = xQueueCreate(messages_on_their_way, sizeof(Message *));
    if (queue == nullptr) {
        return false;
    }
    for (Worker &worker : workers) {
        TaskHandle_t handle;

        if (xTaskCreate(worker.run, worker.name, stack_bytes / sizeof(StackType_t), nullptr,
                        priority, &handle) != pdPASS) {
            return false;
        }
        worker.serial = hl_freertos_serial(handle);
    }
    return true;
}

// Takes and deletes what was sent, until all tasks have ended. False: a message was lost.
bool receive()
{
    for (uint32_t i = 0; i < options->rounds; i++) {
        Message *received = nullptr;

        (void)xQueueReceive(queue, &received, portMAX_DELAY);
        std::unique_ptr<Message> message(received);
        if (message->number != i) {
            return false;
        }
    }
    for (size_t i = 0; i < std::size(workers); i++) {
        (void)ulTaskNotifyTake(pdFALSE, portMAX_DELAY);
    }
    vTaskDelay(pdMS_TO_TICKS(clean_up_ms));
    return true;
}

int write_to_board(void *, const char *bytes, size_t count)
{
    board_write(bytes, count);
    return 0;
}

int report()
{
    static const hl_sink sink = {write_to_board, nullptr};
    static const char build[] = "cplusplus_tasks " EXAMPLE_VERSION;

    if (options->format == BOARD_FORMAT_WIRE) {
        const hl_wire_header header = {options->seed, 0, board_uptime_ms(), build, true};

        return hl_wire_snapshot(hl_freertos_instance(), &header, &sink);
    }
    return hl_text_print(hl_freertos_instance(), 0, &sink);
}

// A task that owes nothing need not be listed any more.
hl_task_info look_up(uint32_t serial, uint32_t &blocks)
{
    hl_task_info task = {};
    hl_account_info accounts[HL_MAX_HEAPS] = {};
    struct hl_snapshot snapshot = {};

    snapshot.tasks = &task;
    snapshot.task_room = 1;
    snapshot.accounts = accounts;
    snapshot.account_room = HL_MAX_HEAPS;
    (void)hl_snapshot(hl_freertos_instance(), serial, &snapshot);
    blocks = 0;
    for (size_t i = 0; i < snapshot.account_count; i++) {
        blocks += accounts[i].blocks;
    }
    return task;
}

// True: everything is as the program's story has it.
bool verdict()
{
    bool good = true;

    board_message("Verdict:\n", std::strlen("Verdict:\n"));
    for (const Worker &worker : workers) {
        char line[120];
        uint32_t blocks;
        hl_task_info task = look_up(worker.serial, blocks);
        // careless: one block for the vector, one for each string in it
        uint32_t expected = worker.run == careless ? options->rounds + 1 : 0;
        int length = task.current == 0
                         ? std::snprintf(line, sizeof line, "%s is gone and gave everything back\n",
                                         worker.name)
                         : std::snprintf(line, sizeof line,
                                         "%s is gone and owes %lu bytes in %lu blocks: destructors "
                                         "that never ran\n",
                                         worker.name, static_cast<unsigned long>(task.current),
                                         static_cast<unsigned long>(blocks));

        board_message(line, static_cast<size_t>(length));
        good = good && blocks == expected;
    }
    return good;
}

int fail(const char *what)
{
    char line[80];
    int length = std::snprintf(line, sizeof line, "%s: %s\n", name, what);

    board_message(line, static_cast<size_t>(length));
    return BOARD_EXIT_FAILED;
}

int run(const board_options *given)
{
    options = given;
    if (!start()) {
        return fail("no memory for the tasks");
    }
    if (!receive()) {
        return fail("a message was lost");
    }
    if (report() < 0) {
        return fail("no report could be made");
    }
    return verdict() ? BOARD_EXIT_OK : fail("the ledger does not say what happened");
}

} // namespace

int main(int argc, char **argv)
{
    static const board_app app = {
        name,
        EXAMPLE_VERSION,
        "Runs C++ tasks that keep strings in vectors and send objects to each other, and prints "
        "at\n"
        "the end whose memory is whose. One ends without its destructors.",
        rounds,
        run,
    };

    return board_run(argc, argv, &app);
}
