/* SPDX-License-Identifier: MIT */
/* Included before a program's sources: the C library's functions may call back into them. */
#ifndef SIM_NO_LEAF_H
#define SIM_NO_LEAF_H

#include <sys/cdefs.h>

/*
 * glibc declares malloc and others to be leaves: they change nothing of the caller's file. Here
 * they do: a hook or a callback that the program defines, in the same file even, is called from
 * malloc.
 */
#undef __LEAF
#define __LEAF
#undef __LEAF_ATTR
#define __LEAF_ATTR

#endif
