/* SPDX-License-Identifier: MIT */
/* The options of heapledger on this board. */
#ifndef HEAPLEDGER_BOARD_CONFIG_H
#define HEAPLEDGER_BOARD_CONFIG_H

#define HL_ALIGN 16 /* portBYTE_ALIGNMENT of the kernel's port */

#include "heapledger_firmware_config.h"

#endif
