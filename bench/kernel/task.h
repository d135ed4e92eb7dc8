/* SPDX-License-Identifier: MIT */
/* The kernel's heap_N.c include it; all that they need is in FreeRTOS.h. */
#include "FreeRTOS.h"
