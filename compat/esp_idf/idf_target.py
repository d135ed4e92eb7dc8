# SPDX-License-Identifier: MIT
"""Which chip an ESP-IDF project is for, when nobody says."""

import os
import re

DEFAULT = "esp32s3"


def of_project(project):
    """CONFIG_IDF_TARGET of its sdkconfig, or else of its sdkconfig.defaults, or else DEFAULT."""
    for name in ("sdkconfig", "sdkconfig.defaults"):
        try:
            with open(os.path.join(project, name), encoding="utf-8", errors="replace") as file:
                match = re.search(r'^CONFIG_IDF_TARGET="(\w+)"', file.read(), re.MULTILINE)
        except OSError:
            continue
        if match:
            return match.group(1)
    return DEFAULT
