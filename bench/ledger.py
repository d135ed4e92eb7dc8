# SPDX-License-Identifier: MIT
"""What the ledger alone costs: heapledger with and without it."""

import instructions
from report import table

WITH, WITHOUT = "heapledger", "heapledger, no tracking"


def between(tracking, bare):
    """Differences of two {workload: figures}."""
    return {workload: {"average_x100": figures["average_x100"] - bare[workload]["average_x100"],
                       "worst": figures["worst"] - bare[workload]["worst"]}
            for workload, figures in tracking.items() if workload in bare}


def derive(results):
    """{target: {optimisation: {"instructions": {workload: ...}, "linked": bytes}}}."""
    counts = {"rv32imac": results.get("instructions", {}).get("rv32imac"),
              "cortex-m3": results.get("cortex_m3")}
    sizes = results.get("code_size", {})
    found = {}
    for target, of in counts.items():
        if not of or target not in sizes:
            continue
        found[target] = {opt: {
            "instructions": between(of[WITH][opt], of[WITHOUT][opt]),
            "linked": sizes[target][WITH][opt]["linked"] - sizes[target][WITHOUT][opt]["linked"],
        } for opt in ("-O2", "-Os")}
    return found


def fast():
    """Figures of the budget."""
    pair = [instructions.measure_one("rv32imac", name, "-O2", ("a",)) for name in (WITH, WITHOUT)]
    return {"rv32imac -O2 a, the ledger alone, average_x100": between(*pair)["a"]["average_x100"]}


def goals(results):
    """Rows of the table of goals."""
    there = results["ledger"].get("rv32imac")
    if not there:
        return []
    return [(f"the ledger alone, ({workload}): average instructions",
             there["-O2"]["instructions"][workload]["average_x100"] / 100, 25, 20)
            for workload in "ab"]


def section(results):
    """For docs/performance.md."""
    rows = []
    for target, of in results["ledger"].items():
        for opt, figures in of.items():
            rows.append((f"{target} {opt}",
                         *(f"{figures['instructions'][w]['average_x100'] / 100:+.1f} / "
                           f"{figures['instructions'][w]['worst']:+}" for w in "ab"),
                         f"{figures['linked']:+,}"))
    return SECTION.format(table=table(("", "(a): average / worst", "(b): average / worst",
                                       "linked bytes"), rows)) if rows else ""


SECTION = """## The ledger alone

What changes when heapledger is built with the ledger (`HL_TASK_TRACKING` 1, the default) instead
of without: instructions per operation, and linked bytes of init + malloc + free.

{table}
"""
