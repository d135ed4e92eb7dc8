/* SPDX-License-Identifier: MIT */
/* What the chip of the configuration has. Of ESP-IDF's names those that matter to a heap. */
#pragma once

#include "sdkconfig.h"

#ifdef CONFIG_SOC_HAS_TWO_CORES
#define SOC_CPU_CORES_NUM 2U
#else
#define SOC_CPU_CORES_NUM 1U
#endif

#ifdef CONFIG_SOC_SPIRAM_SUPPORTED
#define SOC_SPIRAM_SUPPORTED 1
#endif
