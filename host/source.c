/* SPDX-License-Identifier: MIT */
/* Where a log comes from. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"

static bool open_path(struct source *source, const char *path, unsigned baud)
{
    struct stat status;

    source->fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (source->fd < 0 || fstat(source->fd, &status) != 0) {
        message_error("cannot open %s: %s", path, strerror(errno));
        return false;
    }
    if (S_ISDIR(status.st_mode)) {
        message_error("cannot read %s: it is a directory; name a log in it", path);
        return false;
    }
    if (isatty(source->fd)) {
        source->live = true;
        source->fd = source_serial(path, source->fd, baud);
        return source->fd >= 0;
    }
    fcntl(source->fd, F_SETFL, fcntl(source->fd, F_GETFL) & ~O_NONBLOCK);
    source->file = S_ISREG(status.st_mode);
    source->live = !source->file;
    source->bytes = source->file ? (uint64_t)status.st_size : 0;
    return true;
}

bool source_open(struct source *source, const char *spec, const struct source_options *options)
{
    *source = (struct source){.name = spec, .fd = -1};
    if (options->command != NULL) {
        source->name = options->command[0];
        source->live = true;
        source->fd = source_command(options->command, &source->child);
        return source->fd >= 0;
    }
    if (strcmp(spec, "-") == 0) {
        source->name = "stdin";
        source->fd = STDIN_FILENO;
        source->live = true;
        return true;
    }
    if (strncmp(spec, "tcp:", 4) == 0) {
        source->live = true;
        source->fd = source_tcp(spec);
        return source->fd >= 0;
    }
    return open_path(source, spec, options->baud);
}

ssize_t source_read(struct source *source, char *buffer, size_t room)
{
    ssize_t count = read(source->fd, buffer, room);

    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
        return 0;
    }
    if (count < 0 && errno == EIO && source->live) {
        return 0; /* a terminal whose other end has gone */
    }
    if (count < 0) {
        message_error("cannot read %s: %s", source->name, strerror(errno));
    }
    return count;
}

int source_close(struct source *source, bool stopped)
{
    int status = 0;

    if (source->fd > STDIN_FILENO) {
        close(source->fd);
    }
    source->fd = -1;
    if (source->child == 0) {
        return 0;
    }
    if (stopped) {
        kill(source->child, SIGTERM);
    }
    while (waitpid(source->child, &status, 0) < 0 && errno == EINTR) {
    }
    source->child = 0;
    if (stopped) {
        return 0;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
