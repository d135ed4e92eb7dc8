# SPDX-License-Identifier: MIT
"""Makes docs/performance.md, and the table on the terminal, from the results."""

import os

import build

GOALS = (("a", "average_x100", 9000), ("a", "worst", 160), ("b", "average_x100", 9000),
         ("b", "worst", 160))


def tools():
    """Versions of what measures."""
    first = {}
    for words in (["riscv64-unknown-elf-gcc", "--version"], ["arm-none-eabi-gcc", "--version"],
                  ["qemu-system-riscv32", "--version"]):
        first[words[0]] = build.command(words).splitlines()[0]
    return first


def cell(figures):
    """Average / 99.9 % / worst."""
    if figures is None:
        return "not run"
    text = f"{figures['average_x100'] / 100:.1f} / {figures['p999']} / {figures['worst']}"
    return text + (f" ({figures['failures']} failed)" if figures["failures"] else "")


def worst_of(figures):
    """Which operation was worst."""
    kind = max(("malloc", "free", "realloc"), key=lambda k: figures[k + "_worst"])
    return f"{kind} of {figures[kind + '_worst_size']} bytes: {figures[kind + '_worst']}"


def table(head, rows):
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(c) for c in row) + " |" for row in rows])


def write(results):
    """Writes the page."""
    everyone = results["allocators"]
    o2 = {name: entry["rv32imac"]["-O2"] for name, entry in everyone.items()}
    main = table(
        ("allocator", "(a), -O2", "(b), -O2", "(a), -Os", "(b), -Os", "linked -Os, rv32",
         "linked -Os, Cortex-M3", "all code -Os, rv32"),
        [(name, *(cell(entry["rv32imac"][opt].get(w)) for opt in ("-O2", "-Os") for w in "ab"),
          entry["rv32imac"]["-Os"]["bytes"]["linked"],
          entry["cortex-m3"]["-Os"]["bytes"]["linked"],
          entry["rv32imac"]["-Os"]["bytes"]["everything"] or "-")
         for name, entry in everyone.items()])
    workloads = [w for w in o2["heapledger"] if w not in ("a", "b", "bytes")]
    others = table(("allocator", *(w.replace("_", " ") for w in workloads)),
                   [(name, *(cell(f.get(w)) for w in workloads)) for name, f in o2.items()])
    worst = table(("allocator", "(a)", "(b)"),
                  [(name, *(worst_of(f[w]) if w in f else "not run" for w in "ab"))
                   for name, f in o2.items()])
    missed = [f"- ({w}) {key.replace('_x100', '')}: "
              f"{o2['heapledger'][w][key] / (100 if 'x100' in key else 1):g}, the goal is "
              f"{goal / (100 if 'x100' in key else 1):g}"
              for w, key, goal in GOALS if o2["heapledger"][w][key] > goal]
    linked = everyone["heapledger"]["rv32imac"]["-Os"]["bytes"]["linked"]
    if linked > 1350:
        missed.append(f"- linked init + alloc + free at -Os: {linked} bytes, the goal is 1350")
    better = [name for name in build.PEERS
              if o2[name]["a"]["average_x100"] < o2["heapledger"]["a"]["average_x100"]]
    page = PAGE.format(
        tools="\n".join(f"- {line}" for line in results["tools"].values()),
        versions=", ".join(f"{n} {results['versions'][n]}"
                           for n in ("freertos-next", "o1heap", "umm-malloc-sys")),
        main=main, others=others, worst=worst, missed="\n".join(missed) or "- none",
        better=", ".join(better) or "nobody")
    with open(os.path.join(build.ROOT, "docs", "performance.md"), "w", encoding="utf-8") as file:
        file.write(page)
    print(main + "\n\n" + others)


PAGE = """<!-- Made by `make bench`: change bench/report.py. -->
# What it costs

Everything here was measured by `make bench`; its figures are in `build/bench/results.json`. Instructions
are counted by the emulator and are the same in every run.

{tools}
- peers from the crates {versions}; picolibc as installed

## Instructions per operation, and code

Average / 99.9 % / worst. (a): random trace of 100,000 operations, sizes 8 to 2048 evenly on a logarithmic
scale, about 127 live blocks in 256 KiB. (b): the same with about 10,141 live in 8 MiB. rv32imac. Each
figure includes 12 instructions of the harness (checked in every run with functions that return at once).
Locks do nothing. Linked: text and read-only data that init, malloc and free add to a program.

{main}

The worst operation of each, at -O2:

{worst}

## Other workloads, -O2

{others}

## How the peers are built

- heap_2, heap_4, heap_5: the kernel's files, with `vTaskSuspendAll` and `xTaskResumeAll` doing nothing,
  alignment 8, and `configASSERT` empty (as the kernel has it when it is not defined). heap_2 does not
  merge free blocks; (b) and the large sizes do not end in reasonable time and are left out.
- picolibc's malloc is the library's own build (optimised for size), its locks included, in all columns.
- o1heap is built with NDEBUG; umm_malloc with best fit, aligned to 4 bytes, and in the 8 MiB pool with blocks of
  256 bytes, since it can number only 32,767 of them.
- Allocators without realloc (heap_N, o1heap) get malloc, memcpy and free from the driver. Resizing includes
  copying everywhere.

## Where a goal is missed

{missed}

Cheaper than heapledger on average in (a): {better}. None of the peers knows who owns a block.

Not measured yet: bytes per block, fixed bytes, fragmentation, time with interrupts masked, stack, and
instructions on Cortex-M3.
"""
