/* SPDX-License-Identifier: MIT */
/* Output and the end: nothing is buffered, nothing is lost without a word. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "FreeRTOS.h"
#include "task.h"

#include "posix_board.h"

/*
 * stdio is not used for output: a task that is preempted inside it keeps its lock, and the next task
 * to print then waits for ever, in a way that the scheduler cannot see. Here the scheduler is suspended
 * around write(): no other task runs meanwhile, and ticks are counted and made up for.
 */

enum {
    LINE_BYTES = 512
};

static const char *program = "heapledger";

/* Tasks run, so switches have to be held off. Not so in main() before the start. */
static bool tasks_run(void)
{
    return xTaskGetSchedulerState() != taskSCHEDULER_NOT_STARTED;
}

void board_console_open(const char *name)
{
    program = name;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

static void wait_writable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};

    (void)poll(&poll_fd, 1, -1); /* when it fails, so does the next write */
}

/* 0, or an errno. A tick interrupts write() in real time: start again with the rest. */
static int write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);

        if (written >= 0) {
            text += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN) {
            wait_writable(fd); /* somebody made the terminal or pipe non-blocking */
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

static int write_undisturbed(int fd, const char *text, size_t length)
{
    bool running = tasks_run();
    int error;

    if (running) {
        vTaskSuspendAll();
    }
    board_watchdog_pause(); /* a pager may hold us up for as long as its reader likes */
    error = write_all(fd, text, length);
    board_watchdog_resume();
    if (running) {
        (void)xTaskResumeAll();
    }
    return error;
}

void board_write(const char *text, size_t length)
{
    int error = write_undisturbed(STDOUT_FILENO, text, length);

    if (error != 0) {
        board_fail(BOARD_EXIT_SYSTEM, "cannot write to standard output: %s", strerror(error));
    }
}

void board_message(const char *text, size_t length)
{
    int error = write_undisturbed(STDERR_FILENO, text, length);

    /* Who closed it on purpose does not want to be told; and otherwise there is no place left to say
     * it but the exit code. */
    if (error != 0 && error != EBADF) {
        board_exit(BOARD_EXIT_SYSTEM);
    }
}

__attribute__((format(printf, 1, 0))) static void say(const char *format, va_list arguments)
{
    char line[LINE_BYTES];
    size_t size = sizeof(line) - 1; /* one byte for the line end */
    size_t length;

    (void)snprintf(line, size, "%s: ", program);
    length = strlen(line);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is; clang-tidy 14 misses the va_start */
    (void)vsnprintf(line + length, size - length, format, arguments);
    length = strlen(line);
    line[length++] = '\n';
    (void)write_all(STDERR_FILENO, line, length);
}

void board_say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void board_fail(int code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    board_exit(code);
}

void board_exit(int code)
{
    /* No tick and no other task from here on: exit() is run by one thread only. */
    if (tasks_run()) {
        taskENTER_CRITICAL();
    }
    board_watchdog_pause();
    /* Some file systems only tell now that the data did not fit. */
    if (close(STDOUT_FILENO) != 0 && errno != EBADF && code != BOARD_EXIT_SYSTEM) {
        board_say("cannot write to standard output: %s", strerror(errno));
        code = BOARD_EXIT_SYSTEM;
    }
    exit(code);
}
