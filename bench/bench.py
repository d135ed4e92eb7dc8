#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what heapledger and its peers cost.

bench.py [--check | --update-budget | --page | TOPIC...]

Without an argument: everything, into build/bench/results.json and docs/performance.md. With topics:
these are measured again, the rest is as it was. --page measures nothing and writes the page again.
--check compares a few figures with bench/budget.json and fails when one is worse. Figures are
exact, so every run gives the same.
"""

import importlib
import json
import os
import sys
import time

sys.dont_write_bytecode = True

import build
import report

# Each is a module with measure() -> dict, which goes into the results under the module's name, or
# derive(results) -> dict, when all it needs was measured by others, and section(results) -> its
# part of docs/performance.md. It may have fast() -> {name: figure}, what the budget holds, and
# goals(results) -> [(what, reached, must, aim)].
TOPICS = {name: importlib.import_module(name) for name in (
    "instructions",
    "cortex_m3",
    "kernel",
    "ledger",
    "memory",
    "fragmentation",
    "code_size",
    "masked",
    "snapshots",
    "stack",
    "host_verdicts",
    "host_throughput",
    "host_report",
)}

BUDGET = os.path.join(build.BENCH, "budget.json")
RESULTS = os.path.join(build.OUT, "results.json")


def fast():
    """The figures of the budget: (name, value)."""
    figures = {}
    for topic in TOPICS.values():
        if hasattr(topic, "fast"):
            figures.update(topic.fast())
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
        print("bench: to loosen (or tighten) the budget: bench/bench.py --update-budget, in a "
              "commit that names figure, old, new and why")
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


def measure(names):
    """Measures topics; those that are not named stay as they were in the last run."""
    new, results = {}, {}
    for name in names:
        if not hasattr(TOPICS[name], "measure"):
            continue
        start = time.monotonic()
        new[name] = TOPICS[name].measure()
        print(f"bench: {name}: {time.monotonic() - start:.0f} s", file=sys.stderr)
    if set(names) != set(TOPICS) and os.path.exists(RESULTS):
        with open(RESULTS, encoding="utf-8") as file:
            results = {name: value for name, value in json.load(file).items() if name in TOPICS}
    results.update(new)
    results.update({name: topic.derive(results) for name, topic in TOPICS.items()
                    if hasattr(topic, "derive")})
    build.SOURCES.folder("kernel")
    build.SOURCES.folder("o1heap")
    results.update(schema=1, tools=report.tools(),
                   versions={name: build.SOURCES.versions[name] for name in build.CRATES})
    os.makedirs(build.OUT, exist_ok=True)
    with open(RESULTS, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
        file.write("\n")
    there = [topic for name, topic in TOPICS.items() if name in results]
    report.write(results, [topic.section(results) for topic in there],
                 [row for topic in there if hasattr(topic, "goals")
                  for row in topic.goals(results)])


def main():
    """The command line."""
    words = sys.argv[1:]
    if words == ["--check"]:
        sys.exit(check())
    if words == ["--update-budget"]:
        update_budget()
    elif words == ["--page"]:
        measure([])
    elif set(words) <= set(TOPICS):
        measure(words or list(TOPICS))
    else:
        sys.exit(f"{__doc__}\nTopics: {' '.join(TOPICS)}")


if __name__ == "__main__":
    main()
