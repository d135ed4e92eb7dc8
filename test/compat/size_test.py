#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What "Enable heap task tracking" costs in bytes, against docs/esp-idf.md: size_test.py TREE [--print]

The core is compiled for RV32 with the option on and off; and the memory of an instance with it. The table in
the document has to hold these numbers, within a tenth, when the compiler is the one that it names.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

CC = "riscv64-unknown-elf-gcc"
FLAGS = ["-march=rv32imac", "-mabi=ilp32", "-Os", "-std=c11", "-ffreestanding", "-specs=picolibc.specs"]
RELEASE = "12.2.0"
TASKS, HEAPS = 16, 4
ROW = re.compile(r"^\| (code and constants|memory of an instance)[^|]*\| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$",
                 re.MULTILINE)


def measure(tree, tracking):
    """(bytes of code and constants, bytes of an instance)"""
    include = ["-I", os.path.join(tree, "include"), "-I", os.path.join(tree, "port", "none"),
               f"-DHL_TASK_TRACKING={tracking}"]
    with tempfile.TemporaryDirectory() as folder:
        memory = os.path.join(folder, "memory.c")
        with open(memory, "w", encoding="utf-8") as file:
            file.write(f'#include "heapledger/heapledger.h"\nchar memory[HL_BYTES({TASKS}, {HEAPS})];\n')
        sources = [*sorted(glob.glob(os.path.join(tree, "src", "*.c"))), memory]
        subprocess.run([CC, *FLAGS, *include, "-I", os.path.join(tree, "src"), "-c", *sources], check=True,
                       cwd=folder)
        objects = [os.path.join(folder, os.path.basename(source)[:-1] + "o") for source in sources]
        sizes = subprocess.run(["riscv64-unknown-elf-size", "-G", *objects], check=True,
                               capture_output=True, encoding="utf-8").stdout.splitlines()[1:]
    numbers = [[int(word) for word in line.split()[:3]] for line in sizes]  # text, rodata and data, bss
    return sum(text + data for text, data, _ in numbers), numbers[-1][2]


def main():
    """Compares, or prints the rows."""
    tree = os.path.abspath(sys.argv[1])
    if shutil.which(CC) is None:
        print(f"{CC} is not installed: nothing to measure with")
        return 77
    on, off = measure(tree, 1), measure(tree, 0)
    rows = {"code and constants": (on[0], off[0]), "memory of an instance": (on[1], off[1])}
    if "--print" in sys.argv:
        for name, (a, b) in rows.items():
            print(f"| {name} | {a:,} | {b:,} | {a - b:,} |")
        return 0
    for name, (a, b) in rows.items():
        if b >= a:
            sys.exit(f"{name}: {a} bytes with tracking, {b} without")
    release = subprocess.run([CC, "-dumpfullversion"], check=True, capture_output=True,
                             encoding="utf-8").stdout.strip()
    with open(os.path.join(tree, "docs", "esp-idf.md"), encoding="utf-8") as file:
        documented = {row[0]: tuple(int(cell.replace(",", "")) for cell in row[1:])
                      for row in ROW.findall(file.read())}
    real = {name: (a, b, a - b) for name, (a, b) in rows.items()}
    if release != RELEASE:
        print(f"gcc {release}, the document has {RELEASE}: not compared")
    elif set(documented) != set(real) or not all(
            abs(a - b) <= b / 10 for name in real for a, b in zip(documented[name], real[name])):
        sys.exit(f"docs/esp-idf.md says {documented}, but it is {real}: size_test.py TREE --print")
    return 0


if __name__ == "__main__":
    sys.exit(main())
