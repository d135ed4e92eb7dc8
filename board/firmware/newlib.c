/* SPDX-License-Identifier: MIT */
/* newlib on a machine without an operating system: from reset to main(), and what the library calls. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "machine.h"

/* There is no _sbrk: a program that would bring in the library's own malloc does not link. */

/* Of the linker script (newlib.ld of the board). */
extern char __data_start[], __data_end[], __bss_start[], __bss_end[];
extern const char __data_load[];

extern int main(int argc, char **argv);
extern void __libc_init_array(void);

__attribute__((noreturn)) void _start(void);
void _start(void)
{
    memcpy(__data_start, __data_load, (size_t)(__data_end - __data_start));
    memset(__bss_start, 0, (size_t)(__bss_end - __bss_start));
    machine_start();
    __libc_init_array();
    exit(main(0, NULL));
}

/* The names and types below are the library's. Constructors are in arrays; these two come on top. */
void _init(void);
void _init(void)
{
}

void _fini(void);
void _fini(void)
{
}

__attribute__((noreturn)) void _exit(int code);
void _exit(int code)
{
    machine_exit(code);
}

int _write(int file, const char *bytes, int count);
int _write(int file, const char *bytes, int count)
{
    (void)file;
    for (int i = 0; i < count; i++) {
        machine_put(bytes[i]);
    }
    return count;
}

int _read(int file, char *bytes, int count);
int _read(int file, char *bytes, int count)
{
    (void)file;
    (void)bytes;
    (void)count;
    return 0; /* the end */
}

int _close(int file);
int _close(int file)
{
    (void)file;
    return 0;
}

int _lseek(int file, int offset, int from);
int _lseek(int file, int offset, int from)
{
    (void)file;
    (void)offset;
    (void)from;
    errno = ESPIPE;
    return -1;
}

/* A terminal: the library then writes line by line. */
int _fstat(int file, struct stat *status);
int _fstat(int file, struct stat *status)
{
    (void)file;
    memset(status, 0, sizeof(*status));
    status->st_mode = S_IFCHR;
    return 0;
}

int _isatty(int file);
int _isatty(int file)
{
    (void)file;
    return 1;
}

/* What abort() comes down to. */
int _getpid(void);
int _getpid(void)
{
    return 1;
}

int _kill(int process, int signal);
int _kill(int process, int signal)
{
    (void)process;
    machine_exit(128 + signal);
}
