/* SPDX-License-Identifier: MIT */
/* A TCP connection: tcp:HOST:PORT, or tcp:[IPv6]:PORT. */
#include "source.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "memory.h"
#include "message.h"

static int connect_to(const struct addrinfo *list)
{
    for (const struct addrinfo *at = list; at != NULL; at = at->ai_next) {
        int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);

        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) == 0) {
            return fd;
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    return -1;
}

int source_tcp(const char *spec)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char *host = memory_copy(spec + strlen("tcp:"));
    char *colon = strrchr(host, ':');
    int fd = -1, error;

    if (colon == NULL || colon == host || colon[1] == 0) {
        message_error("%s: a connection is named tcp:HOST:PORT", spec);
        free(host);
        return -1;
    }
    *colon = 0;
    if (host[0] == '[' && colon[-1] == ']') {
        colon[-1] = 0;
        memmove(host, host + 1, strlen(host));
    }
    error = getaddrinfo(host, colon + 1, &hints, &list);
    if (error != 0) {
        message_error("cannot find %s: %s", spec, gai_strerror(error));
    } else {
        fd = connect_to(list);
        if (fd < 0) {
            message_error("cannot connect to %s: %s", spec, strerror(errno));
        }
        freeaddrinfo(list);
    }
    free(host);
    return fd;
}
