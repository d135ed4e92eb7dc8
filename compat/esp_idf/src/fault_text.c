/* SPDX-License-Identifier: MIT */
/* What is wrong with a pointer or a heap, in words. */
#include "fault_text.h"

const char *fault_text(enum hl_fault_reason reason)
{
    switch (reason) {
    case HL_FAULT_OUTSIDE:
        return "it lies in no heap";
    case HL_FAULT_MISALIGNED:
        return "no block starts there: it is not aligned";
    case HL_FAULT_NOT_USED:
        return "the block is free already (double free?), or no block starts there";
    case HL_FAULT_SIZE:
        return "the size in the head is too small or passes the heap's end (written before the "
               "block?)";
    case HL_FAULT_NEIGHBOUR:
        return "the blocks before or behind disagree (written past the end?)";
    case HL_FAULT_OWNER:
        return "the head names an owner who does not hold that much";
    case HL_FAULT_FREE_BLOCK:
        return "a free block is damaged (written after it was freed?)";
    case HL_FAULT_FREE_LIST:
        return "a free block's links lead nowhere (written after it was freed?)";
    case HL_FAULT_BOOKS:
        return "blocks and books disagree";
    }
    return "something is wrong";
}
