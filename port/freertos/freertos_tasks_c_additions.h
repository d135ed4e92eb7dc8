/* SPDX-License-Identifier: MIT */
/* Included at the end of the kernel's tasks.c. An application's own file adds the line below. */
#include "heapledger_tasks_c_additions.h"
