/* SPDX-License-Identifier: MIT */
/* What an allocation really asks for: hardware has wishes, and some capabilities exclude each
 * other. */
#ifndef COMPAT_CAPS_REQUEST_H
#define COMPAT_CAPS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct caps_request {
    size_t size;
    size_t alignment; /* a power of two */
    uint32_t caps;
};

/* Adjusts a request as the caller made it. False: nothing can serve it. */
bool caps_request_adjust(struct caps_request *request);

/* Is it for code? */
bool caps_request_is_for_code(const struct caps_request *request);

#endif
