# SPDX-License-Identifier: MIT
"""Sums up the stack that the writers need, with all that they call but the sink and the hooks.

Compiles the core with gcc's -fcallgraph-info=su, at -Os and -O2, with few and with all build
options, and looks for the worst chain of calls. Fails when it needs more than LIMIT bytes.
"""
import argparse
import itertools
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts"))

import call_graph

FUNCTIONS = ("hl_text_task", "hl_text_account", "hl_text_block", "hl_text_snapshot",
             "hl_text_print", "hl_wire_snapshot")
SOURCES = ("format.c", "text.c", "wire.c", "walk.c", "entry.c", "facts.c", "instance.c", "ledger.c")
OPTIONS = ("", "-DHL_COUNT_EVENTS=1 -DHL_COUNT_FAILURES=1 -DHL_LIMITS=1 -DHL_NAME_LEN=64")
# What a compiler without a C library lacks.
STRING_H = """#include <stddef.h>
void *memcpy(void *, const void *, size_t);
void *memmove(void *, const void *, size_t);
void *memset(void *, int, size_t);
int memcmp(const void *, const void *, size_t);
size_t strlen(const char *);
int strcmp(const char *, const char *);
int strncmp(const char *, const char *, size_t);
"""


def compile_core(root, command, folder):
    os.mkdir(os.path.join(folder, "include"))
    with open(os.path.join(folder, "include", "string.h"), "w", encoding="utf-8") as file:
        file.write(STRING_H)
    for source in SOURCES:
        subprocess.run([*command, "-std=c11", "-ffreestanding", "-S", "-fcallgraph-info=su",
                        "-isystem", os.path.join(folder, "include"),
                        f"-I{root}/include", f"-I{root}/src", f"-I{root}/port/none",
                        "-o", os.path.join(folder, source + ".s"), f"{root}/src/{source}"],
                       check=True)


def measure(root, command):
    with tempfile.TemporaryDirectory() as folder:
        compile_core(root, command, folder)
        frames, calls = call_graph.read(folder)
    return max(call_graph.deepest(function, frames, calls) for function in FUNCTIONS)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", help="the source tree")
    parser.add_argument("limit", type=int)
    parser.add_argument("command", nargs=argparse.REMAINDER, help="compiler and flags")
    args = parser.parse_args()
    failed = False
    for level, options in itertools.product(("-Os", "-O2"), OPTIONS):
        size, chain = measure(args.root, [*args.command, level, *options.split()])
        failed = failed or size > args.limit
        print(f"{size:4} bytes {level} {'all options' if options else 'default'}:",
              " > ".join(f"{name.rsplit(':')[-1]} {frame}" for name, frame in chain))
    if failed:
        print(f"stack_usage: more than {args.limit} bytes", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
