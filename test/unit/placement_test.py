#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""HL_FN places every function that malloc, free and realloc need: placement_test.py SOURCE COMPILER

Compiles the core with HL_FN naming a section, at each level of optimisation, and looks for references
from that section to functions anywhere else. memcpy and memset are the C library's.
"""

import os
import re
import subprocess
import sys
import tempfile

SECTION = ".hl_fast"
LIBRARY = {"memcpy", "memset"}
OPTIONS = ["HL_COUNT_EVENTS=1", "HL_COUNT_FAILURES=1", "HL_LIMITS=1",
           f'HL_FN=__attribute__((section("{SECTION}")))']
ROOMS = ["alloc", "realloc", "heap", "freelist", "ledger", "instance", "tasks", "fold", "walk"]


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def compiled(source, compiler, level, folder):
    """The object files of the core."""
    objects = []
    for room in ROOMS:
        objects.append(os.path.join(folder, room + ".o"))
        run(compiler, "-std=c11", level, "-ffunction-sections", *["-D" + o for o in OPTIONS],
            "-I" + os.path.join(source, "include"), "-I" + os.path.join(source, "port", "none"),
            "-c", os.path.join(source, "src", room + ".c"), "-o", objects[-1])
    return objects


def functions(objects):
    """Sections of all functions that the objects define, by name."""
    found = {}
    for path in objects:
        for line in run("objdump", "-t", path).splitlines():
            symbol = re.match(r"[0-9a-f]+ .{6}F (\S+)\s+[0-9a-f]+ (?:\.hidden )?(\S+)$", line)
            if symbol:
                found[symbol.group(2)] = symbol.group(1)
    return found


def references(path):
    """What the section refers to: names of symbols and of sections."""
    names = set()
    section = ""
    for line in run("objdump", "-r", path).splitlines():
        if line.startswith("RELOCATION RECORDS FOR"):
            section = line.split("[")[1].rstrip("]:")
        elif section == SECTION and re.match(r"[0-9a-f]+ R_", line):
            names.add(re.sub(r"[-+]0x[0-9a-f]+$", "", line.split()[2]))
    return names


def main():
    source, compiler = sys.argv[1:]
    wrong = []
    for level in ("-O0", "-Og", "-O1", "-Os", "-O2"):
        with tempfile.TemporaryDirectory() as folder:
            objects = compiled(source, compiler, level, folder)
            where = functions(objects)
            if not {"hl_malloc", "hl_free", "hl_realloc"} <= {f for f in where
                                                              if where[f] == SECTION}:
                wrong.append(f"{level}: malloc, free or realloc itself is elsewhere")
            for path in objects:
                for name in references(path) - LIBRARY:
                    elsewhere = where.get(name, SECTION) != SECTION
                    if elsewhere or name.startswith(".text"):
                        wrong.append(f"{level}: {os.path.basename(path)} needs {name}")
    print("\n".join(wrong) or "everything is where it was placed")
    sys.exit(1 if wrong else 0)


main()
