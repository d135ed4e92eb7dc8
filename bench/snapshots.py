# SPDX-License-Identifier: MIT
"""What each kind of report costs in all: 10 tasks with 1000 blocks each."""

import build
from report import table

TARGET = "rv32imac"
OPTIONS = {"default": (), "all options": build.EVERYTHING}


def reports(opt, definitions):
    """{report: instructions}."""
    program = build.core_program(TARGET, opt, "snapshots.c", "port/none", definitions)
    figures = build.run(TARGET, program)
    wrong = [name for name, figure in figures.items() if figure == 0]
    if wrong or not figures:
        build.stop(f"snapshots.c: {', '.join(wrong)} did not report what is there")
    return figures


def measure():
    """{target: {options: {optimisation: {report: instructions}}}}."""
    return {TARGET: {options: {opt: reports(opt, more) for opt in ("-O2", "-Os")}
                     for options, more in OPTIONS.items()}}


def fast():
    """Figures of the budget."""
    figures = reports("-O2", ())
    return {f"rv32imac -O2 {name}": figures[name] for name in ("hl_snapshot", "hl_wire_snapshot")}


def goals(results):
    """Rows of the table of goals."""
    reached = results["snapshots"]["rv32imac"]["default"]["-O2"]["hl_snapshot"]
    return [("snapshot of 10 tasks x 1000 blocks: instructions", reached, 250000, 250000)]


def section(results):
    """For docs/performance.md."""
    here = results["snapshots"]["rv32imac"]
    columns = [(options, opt) for options in here for opt in here[options]]
    rows = [(name.replace("hl_", "`hl_", 1).replace(",", "`,") + ("" if "," in name else "`"),
             *(f"{here[options][opt][name]:,}" for options, opt in columns))
            for name in here["default"]["-O2"]]
    head = ("", *(opt if options == "default" else f"{opt}, {options}"
                  for options, opt in columns))
    return SECTION.format(table=table(head, rows))


SECTION = """## Reports

Instructions of a whole report of 10 tasks with 1000 live blocks each (8 to 256 bytes) and 500
holes between them, on rv32imac. All of them work in steps, and give way between these. The
writers' figures include making the text, but not what happens to it: the sink throws it away.

{table}
"""
