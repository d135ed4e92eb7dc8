/* SPDX-License-Identifier: MIT */
/* The kernel includes it and needs nothing of it. */
#include <stddef.h>
