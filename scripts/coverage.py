#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Coverage of src/ and port/ over all variants of the core: coverage.py BUILD [LINES [BRANCHES]]

Prints a table and fails below LINES and BRANCHES per cent (100, 95). The last line is the count of
checks. Reads gcov itself: the gcovr of Debian 12 gives up when a file is compiled in variants.

What counts is whether a line, or a branch of it, was taken in any of the programs that it is compiled
into. In the sources, with a reason beside them:

    GCOVR_EXCL_LINE                     this line does not count
    GCOVR_EXCL_START, GCOVR_EXCL_STOP   nor do these
    GCOVR_EXCL_BR_LINE                  the branches of this line do not count
"""

import concurrent.futures
import json
import os
import subprocess
import sys

ROOMS = ("src" + os.sep, "port" + os.sep)


def counted(build):
    """All files that a run has left under `build`."""
    return sorted(os.path.abspath(os.path.join(folder, name))
                  for folder, _, names in os.walk(build)
                  for name in names if name.endswith(".gcda"))


def read(files):
    """What gcov knows of some files, each as a list of (source, lines)."""
    done = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", *files],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit("coverage: gcov failed:\n" + done.stderr.decode())
    found = []
    for report in done.stdout.decode().splitlines():
        if report.strip():
            report = json.loads(report)
            for entry in report["files"]:
                path = os.path.join(report["current_working_directory"], entry["file"])
                found.append((os.path.relpath(path), entry["lines"]))
    return found


class Source:
    """A source file: how often each line, and each branch of it, was taken, in all programs."""

    def __init__(self):
        self.lines = {}
        self.branches = {}

    def add(self, lines):
        for line in lines:
            number = line["line_number"]
            self.lines[number] = self.lines.get(number, 0) + line["count"]
            for i, branch in enumerate(line["branches"]):
                key = number, i
                self.branches[key] = self.branches.get(key, 0) + branch["count"]

    def exclude(self, path):
        """Takes out what the source marks."""
        off = False
        with open(path, encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                off = off or "GCOVR_EXCL_START" in text
                if off or "GCOVR_EXCL_LINE" in text:
                    self.lines.pop(number, None)
                if off or "GCOVR_EXCL_LINE" in text or "GCOVR_EXCL_BR_LINE" in text:
                    self.branches = {key: count for key, count in self.branches.items()
                                     if key[0] != number}
                off = off and "GCOVR_EXCL_STOP" not in text
        if off:
            sys.exit(f"coverage: {path} lacks a GCOVR_EXCL_STOP")


def read_all(build):
    """{path: Source} of our rooms."""
    files = counted(build)
    if not files:
        sys.exit(f"coverage: nothing under {build} was built with --coverage and run")
    sources = {}
    batches = [files[i:i + 20] for i in range(0, len(files), 20)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(read, batches):
            for path, lines in found:
                if path.startswith(ROOMS):
                    sources.setdefault(path, Source()).add(lines)
    for path, source in sources.items():
        source.exclude(path)
    return sources


def missing_files(sources):
    """Sources of ours that no program of the tests holds."""
    there = {os.path.join(folder, name) for room in ROOMS for folder, _, names in os.walk(room)
             for name in names if name.endswith(".c")}
    return sorted(os.path.relpath(path) for path in there if os.path.relpath(path) not in sources)


def ranges(numbers):
    """[1, 2, 3, 7] as "1-3 7"."""
    parts = []
    for number in sorted(numbers):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def share(counts):
    """How many are not 0, how many there are, and the per cent."""
    taken = sum(count > 0 for count in counts)
    return taken, len(counts), 100 * taken / len(counts) if counts else 100.0


def row(name, lines, branches, note):
    print(f"{name:42} {lines[0]:5}/{lines[1]:<5} {lines[2]:5.1f} % "
          f"{branches[0]:5}/{branches[1]:<5} {branches[2]:5.1f} %  {note}".rstrip())


def main():
    build = sys.argv[1]
    wanted = [float(word) for word in sys.argv[2:]] + [100.0, 95.0][len(sys.argv) - 2:]
    sources = read_all(build)
    print(f"{'':42} {'lines':>19} {'branches':>19}  not taken (b: a branch of the line)")
    for path, source in sorted(sources.items()):
        missed = {number for number, count in source.lines.items() if count == 0}
        partly = {key[0] for key, count in source.branches.items() if count == 0} - missed
        note = (ranges(missed) + ("  b " + ranges(partly) if partly else "")).strip()
        row(path, share(source.lines.values()), share(source.branches.values()), note)
    lines = share([count for source in sources.values() for count in source.lines.values()])
    branches = share([count for source in sources.values() for count in source.branches.values()])
    row("all", lines, branches, "")

    unseen = missing_files(sources)
    for path in unseen:
        print(f"FAILED  {path} is in no program of the tests")
    failed = (lines[2] < wanted[0] or bool(unseen)) + (branches[2] < wanted[1])
    print(f"{lines[2]:.2f} % of the lines (at least {wanted[0]:g}), "
          f"{branches[2]:.2f} % of the branches (at least {wanted[1]:g})")
    print(f"{2 - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
