# SPDX-License-Identifier: MIT
"""Instructions per operation on Cortex-M3: the two random traces."""

import build
import instructions
from report import table

TARGET = "cortex-m3"
TRACES = instructions.WORKLOADS[:2]


def measure():
    """{allocator: {optimisation: {workload: figures}}}."""
    instructions.check_harness(TARGET)
    return {name: {opt: instructions.measure_one(TARGET, name, opt, TRACES)
                   for opt in ("-O2", "-Os")}
            for name in build.OURS + build.PEERS}


def section(results):
    """For docs/performance.md."""
    columns = [(opt, workload) for opt in ("-O2", "-Os") for workload in TRACES]
    rows = [(name, *(instructions.cell(figures[opt].get(w)) for opt, w in columns))
            for name, figures in results["cortex_m3"].items()]
    head = ("allocator", *(f"{instructions.LABELS[workload]}, {opt}" for opt, workload in columns))
    return SECTION.format(table=table(head, rows))


SECTION = """## The same on Cortex-M3

Average / 99.9 % / worst of the random traces (a) and (b), harness included. The emulator has no
counter of instructions here; SysTick's clock stands in for it, with 1.6 ticks for an instruction.
Averages are exact, the other two up to one instruction. What the processor skips after an `it` is
counted, too.

{table}
"""
