/* SPDX-License-Identifier: MIT */
/* A program needs a source of its own; what it is made of is in libraries. */
typedef int nothing_here;
