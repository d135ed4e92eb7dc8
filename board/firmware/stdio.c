/* SPDX-License-Identifier: MIT */
/* printf and the end of main() on a machine without an operating system. */
#include <stdio.h>
#include <unistd.h>

#include "machine.h"

static int put(char c, FILE *file)
{
    (void)file;
    machine_put(c);
    return (unsigned char)c;
}

static FILE console = FDEV_SETUP_STREAM(put, NULL, NULL, _FDEV_SETUP_WRITE);

FILE *const stdin = &console;
FILE *const stdout = &console;
FILE *const stderr = &console;

/* Before main(), whose result comes to _exit. */
__attribute__((constructor)) static void start(void)
{
    machine_start();
}

void _exit(int code)
{
    machine_exit(code);
}

/* What abort() of the C library comes down to. */
int getpid(void)
{
    return 1;
}

int kill(int process, int signal);
int kill(int process, int signal)
{
    (void)process;
    machine_exit(128 + signal);
}
