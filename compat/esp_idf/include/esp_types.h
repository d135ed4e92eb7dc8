/* SPDX-License-Identifier: MIT */
/* The plain types, for sources that take them from here. */
#pragma once

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
