/* SPDX-License-Identifier: MIT */
/* What a machine calls after an exception. */
#include <stdio.h>

#include "machine.h"

_Noreturn void firmware_fail(const char *what, uint32_t number);

void firmware_fail(const char *what, uint32_t number)
{
    printf("%s%lu\n", what, (unsigned long)number);
    machine_exit(1);
}
