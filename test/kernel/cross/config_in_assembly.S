/* SPDX-License-Identifier: MIT */
/* Some kernel ports read FreeRTOSConfig.h in assembly: our line in it adds nothing there. */
#include "FreeRTOSConfig.h"

    .data
    .long configTOTAL_HEAP_SIZE
