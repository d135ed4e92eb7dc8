# SPDX-License-Identifier: MIT
"""Bytes that an allocator takes for itself: per block, and once."""

import functools
import re

import build
from report import table

TARGET = "rv32imac"


def static_bytes(objects):
    """Initialised and zeroed data of object files."""
    size = build.TARGETS[TARGET]["gcc"].replace("gcc", "size")
    lines = build.command([size, *objects]).splitlines()[1:]
    return sum(int(line.split()[1]) + int(line.split()[2]) for line in lines)


def library_static_bytes(program):
    """The same of the C library's malloc, which has its variables named after it."""
    nm = build.TARGETS[TARGET]["gcc"].replace("gcc", "nm")
    found = re.findall(r"^\w+ (\w+) [bBdD] __malloc_\w+$", build.command([nm, "-S", program]), re.M)
    return sum(int(size, 16) for size in found)


@functools.cache
def measure_one(name):
    """Figures of an allocator; `outside` is its control data that is not in the pool."""
    folder, objects, flags = build.allocator_objects(TARGET, name, "-O2", build.SMALL_POOL,
                                                     ("-DBENCH_MEMORY",))
    program = build.link(TARGET, folder, objects, flags, "memory.c")
    figures = build.run(TARGET, program)
    own = static_bytes(objects) if objects else library_static_bytes(program)
    figures["outside"] = figures.pop("books") + own
    return figures


def measure():
    """{target: {allocator: figures}}."""
    return {TARGET: {name: measure_one(name) for name in build.OURS + build.PEERS}}


def fixed(figures):
    """{(tasks, heaps): bytes}."""
    return {tuple(map(int, key.split()[1:])): value for key, value in figures.items()
            if key.startswith("fixed ")}


def fast():
    """Figures of the budget."""
    ours = measure_one("heapledger")
    return {f"{TARGET} bytes per block": ours["header"],
            f"{TARGET} fixed bytes, 8 tasks, 1 heap": ours["outside"],
            f"{TARGET} fixed bytes, 32 tasks, 3 heaps": fixed(ours)[32, 3]}


def goals(results):
    """Rows of the table of goals."""
    ours = results["memory"][TARGET]["heapledger"]
    return [("bytes per block", ours["header"], 4, 4),
            ("fixed bytes, one heap, 8 tasks and the pseudo-tasks", ours["outside"], 700, 600)]


def section(results):
    """For docs/performance.md."""
    here = results["memory"][TARGET]
    blocks = table(("allocator", "header", "smallest block", "more than asked, on average"),
                   [(name, f["header"], f["smallest"],
                     f"{f['more_than_asked'] / f['draws']:.1f}") for name, f in here.items()])
    once = table(("allocator", "beside the pool", "in the pool"),
                 [(name, f["outside"], f["lost_in_pool"]) for name, f in here.items()])
    ours = {name: fixed(f) for name, f in here.items() if name in build.OURS}
    columns = sorted(ours["heapledger"])
    grows = table(("", *(f"{tasks} task{'s' * (tasks > 1)}, {heaps} heap{'s' * (heaps > 1)}"
                         for tasks, heaps in columns)),
                  [(name, *(f[column] for column in columns)) for name, f in ours.items()])
    return SECTION.format(blocks=blocks, once=once, grows=grows)


SECTION = """## Memory

Measured on rv32imac. Bytes per block: the header is what lies between two blocks whose size needs
no rounding up; the smallest block is what an allocation of 1 byte takes, header included. On
average: header and rounding together, over the sizes of workload (a).

{blocks}

Bytes that are needed once. Beside the pool: heapledger's memory for 8 tasks and one heap
(`HL_BYTES(8, 1)`), the variables of the others. In the pool: what an allocator keeps there for
itself while nothing is allocated.

{once}

heapledger's memory (`HL_BYTES`) for more tasks and heaps. The three pseudo-tasks are always
included.

{grows}
"""
