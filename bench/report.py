# SPDX-License-Identifier: MIT
"""What the topics share for docs/performance.md, and the page around their sections."""

import os

import build
import charts


def tools():
    """Versions of what measures."""
    first = {}
    for words in (["riscv64-unknown-elf-gcc", "--version"], ["arm-none-eabi-gcc", "--version"],
                  ["qemu-system-riscv32", "--version"]):
        first[words[0]] = build.command(words).splitlines()[0]
    return first


def table(head, rows):
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(c) for c in row) + " |" for row in rows])


def verdict(reached, must, aim):
    """In words, so that nobody has to compare."""
    if must is None:
        return "reported"
    if reached <= aim:
        return "aim reached"
    return "must reached" if reached <= must else "missed"


def goals_table(rows):
    """Every goal: what was reached, and what was to be."""
    def show(value):
        return "-" if value is None else f"{value:,.10g}"
    return table(("", "reached", "must", "aim", ""),
                 [(what, show(reached), show(must), show(aim), verdict(reached, must, aim))
                  for what, reached, must, aim in rows])


def cheaper(results):
    """Which peers are quicker on average, in words."""
    found = []
    counts = results.get("instructions", {}).get("rv32imac", {})
    for workload in "ab" if counts else "":
        ours = counts["heapledger"]["-O2"][workload]["average_x100"]
        names = [name for name in build.PEERS if name in counts
                 and workload in counts[name]["-O2"]
                 and counts[name]["-O2"][workload]["average_x100"] < ours]
        found.append(f"in ({workload}) {', '.join(names) if names else 'none'}")
    cheap = f"Peers that need fewer instructions on average: {'; '.join(found)}. " if found else ""
    return cheap + "None of the peers knows who owns a block."


def write(results, sections, goals):
    """Writes the page, and prints what it says."""
    parts = "\n".join(sections)
    page = PAGE.format(
        tools="\n".join(f"- {line}" for line in results["tools"].values()),
        versions=", ".join(f"{name} {results['versions'][name]}" for name in results["versions"]),
        goals=goals_table(goals), cheaper=cheaper(results), pictures=charts.write(results),
        sections=parts)
    with open(os.path.join(build.ROOT, "docs", "performance.md"), "w", encoding="utf-8") as file:
        file.write(page)
    print(parts)


PAGE = """<!-- Made by `make bench`: change bench/report.py and the topics it is made of. -->
# What it costs

Everything here was measured by `make bench`; its figures are in `build/bench/results.json`.
Instructions are counted by the emulator and are the same in every run.

{tools}
- peers from the crates {versions}; picolibc as installed

## Goals

heapledger, ledger and pointer checks on, 8 tasks, alignment 8, rv32imac at -O2 unless said. Instructions include
12 of the harness, as those of the peers do.

{goals}

{cheaper}

What is missed, and what was tried:

- *Pool per payload.* The pool includes the fixed bytes, which are about 0.03 of the payload at 60 slots. A true best fit
  (umm_malloc below) needs about as much on the same sequences; 64 looks into a bin instead of 3 change the figures by
  -0.007 to +0.006. What is left is the block's head and rounding (about 0.02) and holes. Speed and flatness came first.
- *Linked bytes at -Os.* Built for size, the short ways through malloc and free are left out and the table of bins
  shrinks (4,736 bytes before that); one search for all kinds of allocation and clearing everything at once when an instance
  is set up gave another 200. A quarter of what is left finds, checks and names what is wrong with a pointer, a fifth
  sets up instance, heap and ledger, a fifth searches several heaps by capabilities: that is what the product is for.
- *Interrupts masked.* With up to three heaps and default options every function stays under the goal. Each further
  heap adds the 6 instructions that it takes to see that a pointer is not in it; the counters and limits of "all
  options" add up to 25.

## Pictures

{pictures}

{sections}
## How the peers are built

- heap_2, heap_4, heap_5: the kernel's files, with `vTaskSuspendAll` and `xTaskResumeAll` doing
  nothing, alignment 8, and `configASSERT` empty (as the kernel has it when it is not defined).
  heap_2 does not merge free blocks; (b) and the large sizes do not end in reasonable time and are
  left out.
- picolibc's malloc is the library's own build (optimised for size), its locks included, in all
  columns.
- o1heap is built with NDEBUG; umm_malloc with best fit, aligned to 4 bytes, and in the 8 MiB pool
  with blocks of 256 bytes, since it can number only 32,767 of them.
- Allocators without realloc (heap_N, o1heap) get malloc, memcpy and free from the driver.
  Resizing includes copying everywhere.
"""
