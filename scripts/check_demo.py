#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks what the demo prints: check_demo.py PROGRAM [SAVED_OUTPUT...]
                             check_demo.py --saved SAVED_OUTPUT...

Runs PROGRAM in several ways and adds up every printed entry; --saved: looks at what was printed before,
by the basic or by the advanced program. The last line is the count of checks.
"""

import re
import subprocess
import sys

TASK = re.compile(r"^(.+): (ALIVE  |DELETED): Peak Usage (\d+), Current Usage (\d+)$")
HEAP = re.compile(r"^    (.+): Caps: (\d+)\. Size (\d+), Current Usage (\d+), Peak Usage (\d+), "
                  r"alloc count (\d+)$")
BLOCK = re.compile(r"^        0x([0-9a-f]+): Size: (\d+)$")
RULE = re.compile(r"^-{20,}$")

# The advanced program: bytes, peak and blocks of tasks and heaps in the same columns.
ROW = re.compile(r"^(\S.*?) +(ALIVE|DELETED) +(\d+) +(\d+) +(\d+)$")
ROW_HEAP = re.compile(r"^  (\S.*) at 0x[0-9a-f]+ +(\d+) +(\d+) +(\d+)$")
ROW_BLOCK = re.compile(r"^    0x([0-9a-f]+) +(\d+)$")

passed = 0
failed = 0


def check(what, good, detail=""):
    """Counts one check and says so."""
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(("ok      " if good else "FAILED  ") + what + ("" if good else ": " + detail))


class Entry:
    """One printed task, with its heaps, and their blocks."""

    def __init__(self, name, state, current, peak, count=None):
        self.name = name
        self.deleted = state == "DELETED"
        self.current, self.peak, self.count = int(current), int(peak), count
        self.heaps = []

    def add_heap(self, current, peak, count, size=None):
        """A line of a heap; only the basic program says its size there."""
        self.heaps.append({"size": size, "current": int(current), "peak": int(peak),
                           "count": int(count), "blocks": []})

    def wrong(self):
        """What does not add up, or an empty list."""
        bad = []
        if self.current != sum(heap["current"] for heap in self.heaps):
            bad.append(f"{self.name}: total {self.current} is not the sum over the heaps")
        if self.count is not None and int(self.count) != sum(heap["count"] for heap in self.heaps):
            bad.append(f"{self.name}: {self.count} blocks is not the sum over the heaps")
        if self.peak < self.current:
            bad.append(f"{self.name}: peak {self.peak} is below current {self.current}")
        if self.peak > sum(heap["peak"] for heap in self.heaps):
            bad.append(f"{self.name}: peak {self.peak} is more than the heaps' peaks together")
        for heap in self.heaps:
            sizes = [size for _, size in heap["blocks"]]
            if heap["count"] != len(sizes):
                bad.append(f"{self.name}: alloc count {heap['count']}, {len(sizes)} block lines")
            if heap["current"] != sum(sizes):
                bad.append(f"{self.name}: current {heap['current']}, blocks make {sum(sizes)}")
            if heap["peak"] < heap["current"]:
                bad.append(f"{self.name}: a heap's peak {heap['peak']} is below its current")
        return bad


def read_line(line, entries):
    """Adds what a line says to the entries. False: it is not understood."""
    task, row = TASK.match(line), ROW.match(line)
    heap, row_heap = HEAP.match(line), ROW_HEAP.match(line)
    block = BLOCK.match(line) or ROW_BLOCK.match(line)
    if task:
        entries.append(Entry(task[1], task[2].strip(), task[4], task[3]))
    elif row:
        entries.append(Entry(*row.groups()))
    elif heap and entries:
        entries[-1].add_heap(*heap.group(4, 5, 6), size=int(heap[3]))
    elif row_heap and entries:
        entries[-1].add_heap(*row_heap.group(2, 3, 4))
    elif block and entries and entries[-1].heaps:
        entries[-1].heaps[-1]["blocks"].append((int(block[1], 16), int(block[2])))
    else:
        return False
    return True


def parse(text):
    """Splits the output into tables: [(heading, [Entry])], and lines that are not understood."""
    tables, strange = [], []
    lines = text.replace("\r", "").splitlines()
    for i, line in enumerate(lines):
        if line == "Verdict:":
            break  # where programs have one output only, the end in words follows
        if RULE.match(line):
            continue
        if 0 < i < len(lines) - 1 and RULE.match(lines[i - 1]) and RULE.match(lines[i + 1]):
            tables.append((line, []))
        elif not (tables and read_line(line, tables[-1][1])) and re.match(
                r"^(    |  \S.* at 0x|\S+: (ALIVE|DELETED)|\S.* (ALIVE|DELETED) )", line):
            strange.append(line)
    return tables, strange


def run(program, *options):
    """Output and exit code of a run; a run that hangs has none."""
    try:
        done = subprocess.run([program, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    return done.stdout.decode(), done.returncode


def check_sums(what, text):
    """Every printed entry adds up, and both tasks end as they must."""
    tables, strange = parse(text)
    entries = [entry for _, table in tables for entry in table]
    wrong = [line for entry in entries for line in entry.wrong()]
    check(f"{what}: {len(entries)} entries add up", entries and not wrong, "; ".join(wrong) or "none")
    check(f"{what}: every line has the known form", not strange, repr(strange[:3]))
    last = {entry.name: entry for entry in tables[-1][1]} if tables else {}
    check(f"{what}: ends with all tasks", tables and "ALL TASKS" in tables[-1][0], "no such table")
    leaking = last.get("leaking_task")
    check(f"{what}: leaking_task ends DELETED and owing",
          leaking and leaking.deleted and leaking.current > 0, "it does not")
    return last


def check_all(what, text):
    """As check_sums, where deleted tasks are kept."""
    quiet = check_sums(what, text).get("no_leak_task")
    check(f"{what}: no_leak_task ends DELETED with 0",
          quiet and quiet.deleted and quiet.current == 0, "it does not")


def check_program(program):
    """Runs it with several options."""
    first, code = run(program, "--seed", "7")
    check("--seed 7: exit code 0", code == 0, str(code))
    check_all("--seed 7", first)
    check("--seed 7 twice: identical", first and first == run(program, "--seed", "7")[0], "differs")
    for seed in range(1, 21):
        text, code = run(program, "--seed", str(seed))
        tables, _ = parse(text)
        wrong = [line for _, table in tables for entry in table for line in entry.wrong()]
        if code != 0 or not tables or wrong:
            check(f"--seed {seed}: adds up", False, f"exit code {code}; " + "; ".join(wrong))
            break
    else:
        check("--seed 1 to 20: all entries add up", True)

    text, code = run(program, "--seed", "7", "--keep-deleted=no")
    check("--keep-deleted=no: exit code 0", code == 0, str(code))
    last = check_sums("--keep-deleted=no", text)
    check("--keep-deleted=no: no_leak_task is gone", last and "no_leak_task" not in last, "listed")


def main():
    for name in sys.argv[2:]:
        with open(name, encoding="utf-8") as file:
            check_all(name, file.read())
    if sys.argv[1] != "--saved":
        check_program(sys.argv[1])
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
