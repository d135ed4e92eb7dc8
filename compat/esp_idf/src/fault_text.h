/* SPDX-License-Identifier: MIT */
/* What is wrong with a pointer or a heap, in words. */
#ifndef COMPAT_FAULT_TEXT_H
#define COMPAT_FAULT_TEXT_H

#include "heapledger/heapledger.h"

const char *fault_text(enum hl_fault_reason reason);

#endif
