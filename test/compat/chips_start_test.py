#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each chip's start: boot log, heaps and tasks are as in the golden file.

    chips_start_test.py PROGRAM GOLDEN all|some [--update]

all: every chip, some with PSRAM, and the list. some: of each kind one, for another configuration.
"""

import difflib
import pathlib
import subprocess
import sys

NAMES = ["esp32", "esp32s2", "esp32s3", "esp32c2", "esp32c3", "esp32c5", "esp32c6", "esp32c61",
         "esp32h2", "esp32h21", "esp32h4", "esp32p4", "esp32s31"]
PSRAM = [["esp32", "4M"], ["esp32s3", "8M"], ["esp32p4", "64M"]]  # 64M: more than a heap can hold


def run(program, *options):
    """What the program prints, or the end of this one if it fails."""
    result = subprocess.run([program, "--seed", "1", *options], capture_output=True, text=True,
                            timeout=60, check=False)
    if result.returncode != 0 or result.stderr:
        sys.exit(f"{program} {' '.join(options)}: exit code {result.returncode}\n"
                 f"{result.stdout}{result.stderr}")
    return result.stdout


def main():
    """Compares, or writes the golden file anew."""
    program, golden, which = sys.argv[1:4]
    runs = [["--chip", name, "--psram", size] for name, size in PSRAM]
    if which == "all":
        runs = [["--list-chips"]] + [["--chip", name] for name in NAMES] + runs
    else:
        runs = [["--chip", "esp32c3"]] + runs
    text = "\n".join(" ".join(options) + "\n" + run(program, *options) for options in runs)
    path = pathlib.Path(golden)
    if sys.argv[4:] == ["--update"]:
        path.write_text(text, encoding="utf-8")
        return
    expected = path.read_text(encoding="utf-8")
    if text != expected:
        sys.stdout.writelines(difflib.unified_diff(
            expected.splitlines(keepends=True), text.splitlines(keepends=True), golden, program))
        sys.exit(1)


if __name__ == "__main__":
    main()
