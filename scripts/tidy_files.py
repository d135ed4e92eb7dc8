#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prepares clang-tidy: tidy_files.py BUILD OUT

Copies BUILD/compile_commands.json to OUT with each of our own files once (a file that is compiled
in several variants would be analysed as often), and prints those files.
"""

import json
import os
import sys


def main():
    build, out = sys.argv[1:]
    root = os.getcwd()
    ours = tuple(os.path.join(root, room, "") for room in
                 ("src", "port", "board", "compat", "examples", "host", "test", "fuzz"))
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    once = {}
    for command in commands:
        file = command["file"]
        if not file.startswith(ours):
            continue
        # ESP-IDF's interface is compiled in few variants, of which the first has most; the core with it
        # is a variant among many.
        if "esp_idf" in file or "/compat/" in file:
            once.setdefault(file, command)
        elif "esp_idf" not in command["command"]:
            once[file] = command
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "compile_commands.json"), "w", encoding="utf-8") as file:
        json.dump(list(once.values()), file, indent=1)
    if not once:
        sys.exit("tidy_files: no file of ours in " + build)
    print("\n".join(sorted(once)))


if __name__ == "__main__":
    main()
