/* SPDX-License-Identifier: MIT */
/* The chip's memory on the computer, at the chip's addresses. */
#ifndef COMPAT_MAP_H
#define COMPAT_MAP_H

/* Maps all regions of the chosen chip, the other view of those that the instruction bus sees at other
 * addresses too, and its PSRAM. Ends the program with a message when the computer does not let it. */
void map_chip(void);

#endif
