/* SPDX-License-Identifier: MIT */
/* A command whose standard output is read. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

/* In the child. `report` gets errno when the command cannot be run; it is closed when it can. */
_Noreturn static void run(char *const *command, int out, int report)
{
    int error;

    dup2(out, STDOUT_FILENO);
    execvp(command[0], command);
    error = errno;
    while (write(report, &error, sizeof(error)) < 0 && errno == EINTR) {
    }
    _exit(127);
}

int source_command(char *const *command, pid_t *child)
{
    int out[2], report[2], error = 0;
    ssize_t count;

    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(report, O_CLOEXEC) != 0) {
        message_error("cannot run %s: %s", command[0], strerror(errno));
        return -1;
    }
    *child = fork();
    if (*child == 0) {
        run(command, out[1], report[1]);
    }
    close(out[1]);
    close(report[1]);
    count = read(report[0], &error, sizeof(error));
    close(report[0]);
    if (*child < 0 || count > 0) {
        message_error("cannot run %s: %s", command[0], strerror(*child < 0 ? errno : error));
        close(out[0]);
        return -1;
    }
    return out[0];
}
