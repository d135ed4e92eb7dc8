# SPDX-License-Identifier: MIT
"""The longest stretch that each operation keeps others out."""

import sys

import build
import instructions
from report import table

TARGET = "rv32imac"
HEAPS = (1, 3, 8)
OPTIONS = {"default": (), "all options": build.EVERYTHING}
# They take no lock: before and after there is an instance, and functions of plain data.
WITHOUT_LOCK = {"hl_init", "hl_reset", "hl_survey_class_bytes", "hl_text_task", "hl_text_account",
                "hl_text_block", "hl_text_snapshot"}
# For set-up: it moves the heaps behind the new one, with their books. Listed, and not judged.
SET_UP = {"hl_insert_heap"}
# These have no lock of their own: whoever shares them masks the whole operation.
WHOLE_OPERATION = ("picolibc", "o1heap")
WORKLOADS = {"a": build.SMALL_POOL, "b": build.LARGE_POOL}


def ours(definitions):
    """{"1 heap", ...: {function: instructions}}."""
    program = build.core_program(TARGET, "-O2", "masked.c", "bench/masked", definitions)
    return {f"{heaps} heap{'s' if heaps > 1 else ''}": build.run(TARGET, program, heaps)
            for heaps in HEAPS}


def check_list(measured):
    """Is there a figure of every public function?"""
    public = {name for names in build.public_functions().values() for name in names}
    missing = public - WITHOUT_LOCK - measured
    if missing:
        build.stop(f"masked.c does not measure {', '.join(sorted(missing))}")


def peers():
    """{allocator: {workload: instructions, or None}}."""
    held = {}
    for name in ("heap_2", "heap_4", "heap_5", "umm_malloc"):
        held[name] = {}
        for workload, pool in WORKLOADS.items():
            if name == "heap_2" and workload in instructions.NEEDS_LARGE_POOL:
                continue
            folder, objects, flags = build.allocator_objects(TARGET, name, "-O2", pool,
                                                             ("-DBENCH_HOLD",))
            program = build.link(TARGET, folder, objects, flags, "driver.c")
            number = instructions.WORKLOADS.index(workload)
            held[name][workload] = build.run(TARGET, program, number, 600)["hold_longest"]
        print(f"  {TARGET} {name}: {held[name]}", file=sys.stderr)
    return held


def measure():
    """{target: {"ours": {options: {heaps: {function: instructions}}}, "peers": ...}}."""
    here = {options: ours(more) for options, more in OPTIONS.items()}
    check_list(set(here["all options"]["1 heap"]))
    for options, of_heaps in here.items():
        print(f"  {TARGET} {options}: {longest(of_heaps)}", file=sys.stderr)
    return {TARGET: {"ours": here, "peers": peers()}}


def longest(of_heaps):
    """(instructions, function, heaps) of the longest stretch there is."""
    return max((figure, function, heaps) for heaps, figures in of_heaps.items()
               for function, figure in figures.items() if function not in SET_UP)


def fast():
    """Figures of the budget."""
    return {"rv32imac -O2 longest with interrupts masked": longest(ours(()))[0]}


def goals(results):
    """Rows of the table of goals."""
    rows = []
    for options, of_heaps in results["masked"]["rv32imac"]["ours"].items():
        figure, function, heaps = longest(of_heaps)
        rows.append((f"interrupts masked, {options}, longest ({function}, {heaps}): instructions",
                     figure, 300, 300))
    return rows


def section(results):
    """For docs/performance.md."""
    here = results["masked"]["rv32imac"]
    columns = [("default", heaps) for heaps in here["ours"]["default"]]
    columns += [("all options", heaps) for heaps in here["ours"]["all options"]]
    functions = {name for options, heaps in columns for name in here["ours"][options][heaps]}
    rows = [(f"`{name}`", *(here["ours"][o][h].get(name, "-") for o, h in columns))
            for name in sorted(functions)]
    head = ("", *(heaps if options == "default" else f"{heaps}, {options}"
                  for options, heaps in columns))
    counts = results["instructions"]["rv32imac"] if "instructions" in results else {}
    others = []
    for name in build.PEERS:
        row = here["peers"].get(name, {})
        if name in WHOLE_OPERATION and name in counts:
            row = {w: f"{counts[name]['-O2'][w]['worst']} (all of it)" for w in WORKLOADS}
        if row:
            others.append((name, *(row.get(w, "not run") for w in WORKLOADS)))
    ours_row = max(figure for figures in here["ours"]["default"].values()
                   for function, figure in figures.items() if function in ("hl_malloc", "hl_free"))
    others.insert(0, ("heapledger, the worst of the table above", ours_row, ours_row))
    return SECTION.format(ours=table(head, rows), peers=table(("", *map("({})".format, WORKLOADS)),
                                                              others))


SECTION = """## Interrupts masked

The longest stretch of instructions with interrupts masked in each public function, rv32imac at
-O2, in states that make it long: 32 tasks of which 24 are dead and owe, full lists of free blocks,
searches that fail on every heap, 10 tasks with 1000 blocks each, wrong pointers
(`bench/masked.c`). Functions that take no lock are not listed. `hl_insert_heap` is for set-up: it moves the
heaps behind the new one, with their books.

{ours}

The peers' malloc and free in workloads (a) and (b), the filling included. The kernel's heap_N
suspend the scheduler instead of masking interrupts, so they cannot be used in an interrupt at all.
picolibc's malloc and o1heap are locked for the whole operation, by the library or by whoever uses
them.

{peers}
"""
