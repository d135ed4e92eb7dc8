# SPDX-License-Identifier: MIT
"""Instructions per operation: every allocator, every workload."""

import functools
import sys

import build
from report import table

TARGET = "rv32imac"
HARNESS = 12
INEXACT = {"rv32imac": 0, "cortex-m3": 1}  # instructions by which one operation's count may be off
WORKLOADS = ("a", "b", "large_sizes", "message_buffers", "string_building", "connection_churn",
             "sensor_logging", "sawtooth", "comb", "newest_of_many")
LABELS = {"a": "(a)", "b": "(b)"}
NEEDS_LARGE_POOL = ("b", "large_sizes")


def with_average(figures):
    """The average in hundredths, rounded, in place of the sum."""
    total = figures.pop("sum_high") * 2**32 + figures.pop("sum_low")
    figures["average_x100"] = (total * 100 + figures["operations"] // 2) // figures["operations"]
    return figures


def worst_of(figures):
    """(instructions, kind, size) of the worst operation."""
    kind = max(("malloc", "free", "realloc"), key=lambda k: figures[k + "_worst"])
    return figures[kind + "_worst"], kind, figures[kind + "_worst_size"]


@functools.cache
def driver(target, name, opt, pool):
    """The program that runs the workloads on an allocator."""
    folder, objects, flags = build.allocator_objects(target, name, opt, pool)
    return build.link(target, folder, objects, flags, "driver.c")


@functools.cache
def measure_workload(target, name, opt, workload):
    """Figures of an allocator in a workload."""
    pool = build.LARGE_POOL if workload in NEEDS_LARGE_POOL else build.SMALL_POOL
    figures = with_average(build.run(target, driver(target, name, opt, pool),
                                     WORKLOADS.index(workload), 600))
    _, figures["worst_kind"], figures["worst_size"] = worst_of(figures)
    print(f"  {target} {opt} {name}: {workload} {figures['average_x100'] / 100:.2f} / "
          f"{figures['worst']}", file=sys.stderr)
    return figures


def measure_one(target, name, opt, workloads):
    """Figures of an allocator in each of these workloads that it can run."""
    # heap_2 does not merge: its lists grow, and a large pool does not end in time.
    return {workload: measure_workload(target, name, opt, workload) for workload in workloads
            if name != "heap_2" or workload not in NEEDS_LARGE_POOL}


def check_harness(target):
    """Functions that return at once must cost what every figure is said to include."""
    null = measure_one(target, "nothing", "-O2", ("a",))["a"]
    if null["worst"] > HARNESS + INEXACT[target] or null["average_x100"] != HARNESS * 100:
        build.stop(f"{target}: the harness costs {null}, not {HARNESS} instructions")


def measure():
    """{target: {allocator: {optimisation: {workload: figures}}}}."""
    check_harness(TARGET)
    of = {name: {opt: measure_one(TARGET, name, opt, WORKLOADS if opt == "-O2" else WORKLOADS[:2])
                 for opt in ("-O2", "-Os")}
          for name in build.OURS + build.PEERS}
    return {"harness": HARNESS, TARGET: of}


def fast():
    """Figures of the budget."""
    figures = {}
    for opt in ("-O2", "-Os"):
        for workload, value in measure_one("rv32imac", "heapledger", opt, ("a", "b")).items():
            figures[f"rv32imac {opt} {workload} average_x100"] = value["average_x100"]
            figures[f"rv32imac {opt} {workload} worst"] = value["worst"]
    return figures


def cell(figures):
    """Average / 99.9 % / worst."""
    if figures is None:
        return "not run"
    text = f"{figures['average_x100'] / 100:.1f} / {figures['p999']} / {figures['worst']}"
    return text + (f" ({figures['failures']} failed)" if figures["failures"] else "")


def worst_cell(figures):
    """Which operation was the worst."""
    if figures is None:
        return "not run"
    return f"{figures['worst_kind']} of {figures['worst_size']:,}"


def goals(results):
    """Rows of the table of goals: (what, reached, must, aim)."""
    ours = results["instructions"]["rv32imac"]["heapledger"]["-O2"]
    names = {"a": ("(a)", 95, 180, 90, 160), "b": ("(b)", 95, 180, 90, 160),
             "large_sizes": ("sizes 64 B to 16 KiB", 115, 200, 105, 185)}
    rows = []
    for workload, (name, must, must_worst, aim, aim_worst) in names.items():
        rows.append((f"{name}: average instructions", ours[workload]["average_x100"] / 100,
                     must, aim))
        rows.append((f"{name}: worst instructions", ours[workload]["worst"], must_worst,
                     aim_worst))
    return rows


def section(results):
    """For docs/performance.md."""
    rv32 = results["instructions"]["rv32imac"]
    main = table(("allocator", "(a), -O2", "(b), -O2", "(a), -Os", "(b), -Os"),
                 [(name, *(cell(e[opt].get(w)) for opt in ("-O2", "-Os") for w in "ab"))
                  for name, e in rv32.items()])
    worst = table(("allocator", *(LABELS.get(w, w.replace("_", " ")) for w in WORKLOADS)),
                  [(name, *(worst_cell(e["-O2"].get(w)) for w in WORKLOADS))
                   for name, e in rv32.items()])
    more = WORKLOADS[2:]
    others = table(("allocator", *(w.replace("_", " ") for w in more)),
                   [(name, *(cell(e["-O2"].get(w)) for w in more)) for name, e in rv32.items()])
    return SECTION.format(main=main, worst=worst, others=others)


SECTION = """## Instructions per operation

Average / 99.9 % / worst. (a): random trace of 100,000 operations, sizes 8 to 2048 evenly on a
logarithmic scale, about 127 live blocks in 256 KiB. (b): the same with about 10,141 live in 8 MiB.
Each figure includes 12 instructions of the harness (checked in every run with functions that
return at once). Locks do nothing.

rv32imac:

{main}

Other workloads, rv32imac at -O2. Large sizes: as (a), with 64 bytes to 16 KiB.

{others}

Which operation was the worst one, and of how many bytes, rv32imac at -O2. A realloc of
a block that has to move includes the copying.

{worst}
"""
