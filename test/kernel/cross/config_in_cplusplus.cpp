// SPDX-License-Identifier: MIT
// The public header is for C++, too.
#include "heapledger_freertos.h"

struct hl *instance_of_cplusplus()
{
    hl_freertos_isr_enter();
    hl_freertos_isr_exit();
    return hl_port_in_isr() ? nullptr : hl_freertos_instance();
}
