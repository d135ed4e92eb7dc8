#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what heapledger and its peers cost: bench.py [--check | --update-budget].

Without an option: everything, into build/bench/results.json and docs/performance.md. --check compares a
few figures with bench/budget.json and fails when one is worse. Figures are exact, so every run gives
the same.
"""

import json
import os
import sys

sys.dont_write_bytecode = True

import build
import report

BUDGET = os.path.join(build.BENCH, "budget.json")
WORKLOADS = ("a", "b", "large_sizes", "message_buffers", "string_building", "connection_churn",
             "sensor_logging", "sawtooth", "comb", "newest_of_many")
NEEDS_LARGE_POOL = ("b", "large_sizes")
OURS = tuple(name for name in build.ALLOCATORS if name.startswith("heapledger"))
HARNESS = 12


def average_x100(figures):
    """Instructions per operation, times 100, rounded."""
    total = figures.pop("sum_high") * 2**32 + figures.pop("sum_low")
    figures["average_x100"] = (total * 100 + figures["operations"] // 2) // figures["operations"]


def measure(target, name, opt, workloads):
    """Figures of each workload, and the linked size."""
    result, programs = {}, {}
    for workload in workloads:
        pool = build.LARGE_POOL if workload in NEEDS_LARGE_POOL else build.SMALL_POOL
        if pool not in programs:
            folder, objects, flags = build.allocator_objects(target, name, opt, pool)
            programs[pool] = build.link(target, folder, objects, flags, "driver.c")
        figures = build.run(target, programs[pool], WORKLOADS.index(workload), 600)
        average_x100(figures)
        result[workload] = figures
        print(f"  {target} {opt} {name}: {workload} {figures['average_x100'] / 100:.2f} / "
              f"{figures['worst']}", file=sys.stderr)
    return result


def sizes(target, name, opt):
    """Linked text + rodata of init + alloc + free, and of all there is."""
    program = []
    for who in ("nothing", name):
        folder, objects, flags = build.allocator_objects(target, who, opt, build.SMALL_POOL)
        program.append(build.linked_bytes(
            target, build.link(target, folder, objects, flags, "size.c", start=False)))
    return {"linked": program[1] - program[0],
            "everything": build.object_bytes(target, objects) if objects else 0}


def fast():
    """The figures of the budget: (name, value)."""
    figures = {}
    for opt in ("-O2", "-Os"):
        for workload, value in measure("rv32imac", "heapledger", opt, ("a", "b")).items():
            figures[f"rv32imac {opt} {workload} average_x100"] = value["average_x100"]
            figures[f"rv32imac {opt} {workload} worst"] = value["worst"]
        for key, value in sizes("rv32imac", "heapledger", opt).items():
            figures[f"rv32imac {opt} bytes {key}"] = value
    return figures


def read_budget():
    """The figures of bench/budget.json, or none."""
    if not os.path.exists(BUDGET):
        return {}
    with open(BUDGET, encoding="utf-8") as file:
        return json.load(file)["figures"]


def check():
    """Is every figure as good as its budget?"""
    bad = 0
    figures, budget = fast(), read_budget()
    for name in sorted(figures.keys() | budget.keys()):
        now, limit = figures.get(name), budget.get(name)
        if now is None or limit is None or now > limit:
            bad += 1
            print(f"bench: {name}: {now}, the budget is {limit}")
        elif now < limit:
            print(f"bench: {name}: {now}, better than the budget {limit}")
    if bad:
        print("bench: to loosen (or tighten) the budget: bench/bench.py --update-budget, in a commit "
              "that names figure, old, new and why")
    print(f"{len(figures) - bad} figures within the budget, {bad} not")
    return bad != 0


def update_budget():
    """Writes the figures of now, and says what changed."""
    old, new = read_budget(), fast()
    for name, value in new.items():
        if old.get(name) != value:
            print(f"{name}: {old.get(name)} -> {value}")
    with open(BUDGET, "w", encoding="utf-8") as file:
        json.dump({"schema": 1, "figures": new}, file, indent=2)
        file.write("\n")


def everything():
    """All figures."""
    results = {"schema": 1, "harness_instructions": HARNESS, "tools": report.tools(),
               "allocators": {}}
    null = measure("rv32imac", "nothing", "-O2", ("a",))["a"]
    if null["worst"] != HARNESS or null["average_x100"] != HARNESS * 100:
        build.stop(f"the harness costs {null}, not {HARNESS} instructions")
    for name in OURS + build.PEERS:
        # heap_2 does not merge: its lists grow with every operation, and (b) does not end in time.
        workloads = [w for w in WORKLOADS if name != "heap_2" or w not in NEEDS_LARGE_POOL]
        entry = {"rv32imac": {}}
        for opt in ("-O2", "-Os"):
            entry["rv32imac"][opt] = measure("rv32imac", name, opt,
                                             workloads if opt == "-O2" else workloads[:2])
            entry["rv32imac"][opt]["bytes"] = sizes("rv32imac", name, opt)
        entry["cortex-m3"] = {"-Os": {"bytes": sizes("cortex-m3", name, "-Os")}}
        results["allocators"][name] = entry
    results["versions"] = build.SOURCES.versions
    os.makedirs(build.OUT, exist_ok=True)
    with open(os.path.join(build.OUT, "results.json"), "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1, sort_keys=True)
        file.write("\n")
    report.write(results)


def main():
    """The command line."""
    words = sys.argv[1:]
    if words == ["--check"]:
        sys.exit(check())
    if words == ["--update-budget"]:
        update_budget()
    elif not words:
        everything()
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
