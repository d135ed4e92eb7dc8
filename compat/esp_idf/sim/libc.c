/* SPDX-License-Identifier: MIT */
/* The C library as a program on the chip knows it: malloc takes from the chip's heaps. */
#define _GNU_SOURCE /* glibc's switch, for memalign */
#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "esp_heap_caps.h"
#include "exec.h"
#include "sim.h"

/*
 * In a program's own objects, and in no others, each name NAME below is replaced by sim_NAME after
 * they are compiled (redefined_names). So the kernel's port and the C library keep malloc for
 * themselves. What the C library has allocated for the program, such as getline's buffer, goes back
 * to it.
 */
void *sim_malloc(size_t size);
void *sim_calloc(size_t count, size_t size);
void *sim_realloc(void *ptr, size_t size);
void *sim_reallocarray(void *ptr, size_t count, size_t size);
void *sim_memalign(size_t alignment, size_t size);
void *sim_aligned_alloc(size_t alignment, size_t size);
int sim_posix_memalign(void **ptr, size_t alignment, size_t size);
void sim_free(void *ptr);
size_t sim_malloc_usable_size(void *ptr);
void *sim_try_new(size_t alignment, size_t size); /* new.cpp */
void *sim_new(size_t alignment, size_t size);
char *sim_strdup(const char *text);
char *sim_strndup(const char *text, size_t length);
_Noreturn void sim_abort(void);
_Noreturn void sim_libc_exit(int code);
_Noreturn void sim_assert_failed(const char *what, const char *file, unsigned line,
                                 const char *function);
int sim_printf(const char *format, ...);
int sim_vprintf(const char *format, va_list arguments);
int sim_puts(const char *text);
int sim_fputs(const char *text, FILE *stream);
int sim_putchar(int character);
int sim_fputc(int character, FILE *stream);
int sim_putc(int character, FILE *stream);
size_t sim_fwrite(const void *from, size_t size, size_t count, FILE *stream);
int sim_fflush(FILE *stream);

/* Not linked by a header, but ESP-IDF has them: what malloc is made of. */
void *heap_caps_malloc_default(size_t size);
void *heap_caps_realloc_default(void *ptr, size_t size);
void *heap_caps_aligned_alloc_default(size_t alignment, size_t size);

static bool is_libc_s(const void *ptr)
{
    return ptr != NULL && exec_heap_of(ptr) == NULL;
}

void *sim_malloc(size_t size)
{
    return heap_caps_malloc_default(size);
}

void *sim_calloc(size_t count, size_t size)
{
    size_t bytes;
    void *ptr;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    ptr = heap_caps_malloc_default(bytes);
    if (ptr != NULL) {
        memset(ptr, 0, bytes);
    }
    return ptr;
}

void *sim_realloc(void *ptr, size_t size)
{
    return is_libc_s(ptr) ? realloc(ptr, size) : heap_caps_realloc_default(ptr, size);
}

void *sim_reallocarray(void *ptr, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return sim_realloc(ptr, bytes);
}

void *sim_memalign(size_t alignment, size_t size)
{
    return heap_caps_aligned_alloc_default(alignment, size);
}

void *sim_aligned_alloc(size_t alignment, size_t size)
{
    return heap_caps_aligned_alloc_default(alignment, size);
}

int sim_posix_memalign(void **ptr, size_t alignment, size_t size)
{
    void *got;

    if (size == 0) {
        *ptr = NULL;
        return 0;
    }
    got = heap_caps_aligned_alloc_default(alignment, size);
    if (got == NULL) {
        return ENOMEM;
    }
    *ptr = got;
    return 0;
}

void sim_free(void *ptr)
{
    if (is_libc_s(ptr)) {
        free(ptr);
    } else {
        heap_caps_free(ptr);
    }
}

size_t sim_malloc_usable_size(void *ptr)
{
    if (is_libc_s(ptr)) {
        return malloc_usable_size(ptr);
    }
    return ptr != NULL ? heap_caps_get_allocated_size(ptr) : 0;
}

/* Shared libraries are prepared before the program, and so before there are heaps. */
void *sim_try_new(size_t alignment, size_t size)
{
    size = size == 0 ? 1 : size;
    if (esp_heaps() == NULL) {
        return memalign(alignment, size);
    }
    return sim_memalign(alignment, size);
}

void *sim_new(size_t alignment, size_t size)
{
    void *ptr = sim_try_new(alignment, size);

    if (ptr == NULL) {
        sim_fail(BOARD_EXIT_FAILED, "no memory for 'new' of %zu bytes in the task '%s'", size,
                 xTaskGetCurrentTaskHandle() != NULL ? pcTaskGetName(NULL) : "(none)");
    }
    return ptr;
}

char *sim_strndup(const char *text, size_t length)
{
    size_t bytes = strnlen(text, length);
    char *copy = sim_malloc(bytes + 1);

    if (copy != NULL) {
        memcpy(copy, text, bytes);
        copy[bytes] = '\0';
    }
    return copy;
}

char *sim_strdup(const char *text)
{
    return sim_strndup(text, strlen(text));
}

void sim_abort(void)
{
    sim_fail(BOARD_EXIT_FAILED, "abort() was called in the task '%s'",
             xTaskGetCurrentTaskHandle() != NULL ? pcTaskGetName(NULL) : "(none)");
}

void sim_libc_exit(int code)
{
    sim_exit(code);
}

void sim_assert_failed(const char *what, const char *file, unsigned line, const char *function)
{
    sim_fail(BOARD_EXIT_FAILED, "%s:%u: %s: assertion failed: %s", file, line, function, what);
}

/* Another stream may be the program's own, and block: only these two are everybody's. */
static bool enter(const FILE *stream)
{
    bool shared = stream == stdout || stream == stderr || stream == NULL;

    if (shared) {
        sim_console_enter();
    }
    return shared;
}

static void leave(bool shared)
{
    if (shared) {
        sim_console_leave();
    }
}

int sim_vfprintf(FILE *stream, const char *format, va_list arguments)
{
    bool shared = enter(stream);
    int result = vfprintf(stream, format, arguments);

    leave(shared);
    return result;
}

int sim_vprintf(const char *format, va_list arguments)
{
    return sim_vfprintf(stdout, format, arguments);
}

int sim_fprintf(FILE *stream, const char *format, ...)
{
    va_list arguments;
    int result;

    va_start(arguments, format);
    result = sim_vfprintf(stream, format, arguments);
    va_end(arguments);
    return result;
}

int sim_printf(const char *format, ...)
{
    va_list arguments;
    int result;

    va_start(arguments, format);
    result = sim_vfprintf(stdout, format, arguments);
    va_end(arguments);
    return result;
}

int sim_puts(const char *text)
{
    bool shared = enter(stdout);
    int result = puts(text);

    leave(shared);
    return result;
}

int sim_fputs(const char *text, FILE *stream)
{
    bool shared = enter(stream);
    int result = fputs(text, stream);

    leave(shared);
    return result;
}

int sim_fputc(int character, FILE *stream)
{
    bool shared = enter(stream);
    int result = fputc(character, stream);

    leave(shared);
    return result;
}

int sim_putc(int character, FILE *stream)
{
    return sim_fputc(character, stream);
}

int sim_putchar(int character)
{
    return sim_fputc(character, stdout);
}

size_t sim_fwrite(const void *from, size_t size, size_t count, FILE *stream)
{
    bool shared = enter(stream);
    size_t result = fwrite(from, size, count, stream);

    leave(shared);
    return result;
}

int sim_fflush(FILE *stream)
{
    bool shared = enter(stream);
    int result = fflush(stream);

    leave(shared);
    return result;
}
