/* SPDX-License-Identifier: MIT */
/* The options of somebody whose kernel port heapledger does not know (hl_freertos_lock.h). */
#ifndef UNKNOWN_PORT_H
#define UNKNOWN_PORT_H

unsigned long unknown_lock(void);
void unknown_unlock(unsigned long state);
int unknown_in_isr(void);

#define HL_FREERTOS_LOCK()        unknown_lock()
#define HL_FREERTOS_UNLOCK(state) unknown_unlock(state)
#define HL_FREERTOS_IN_ISR()      (unknown_in_isr() != 0)

#endif
