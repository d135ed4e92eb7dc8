# SPDX-License-Identifier: MIT
"""Instructions per operation in a task of the real kernel: what locks and look-ups add."""

import os
import shutil
import sys

import build
import instructions
from report import table

TARGET, OPT, WORKLOAD = "rv32imac", "-O2", "a"
KERNEL = ("tasks.c", "queue.c", "list.c", "timers.c", "portable/GCC/RISC-V/port.c",
          "portable/GCC/RISC-V/portASM.S")
PORT = "portable/GCC/RISC-V"
NO_LOCK = ("-DHL_FREERTOS_LOCK()=0", "-DHL_FREERTOS_UNLOCK(state)=(void)(state)")
NO_ISR = ("-DHL_FREERTOS_IN_ISR()=false",)

# name: definitions; those of heap_4 are in build_one.
FORMS = {
    "pvPortMalloc": ("-DBENCH_HEAPS=3",),
    "first of 3 heaps": ("-DBENCH_HEAPS=3", "-DBENCH_HEAP=0"),
    "second of 3 heaps": ("-DBENCH_HEAPS=3", "-DBENCH_HEAP=1"),
    "third of 3 heaps": ("-DBENCH_HEAPS=3", "-DBENCH_HEAP=2"),
    "third of 3 heaps, no lock": ("-DBENCH_HEAPS=3", "-DBENCH_HEAP=2", *NO_LOCK),
    "the only heap, no lock": ("-DBENCH_HEAPS=1", "-DBENCH_HEAP=0", *NO_LOCK),
    "the only heap, no lock, no question": ("-DBENCH_HEAPS=1", "-DBENCH_HEAP=0", *NO_LOCK,
                                              *NO_ISR),
    "heap_4": ("-DHL_TASK_TRACKING=0", "-DconfigAPPLICATION_ALLOCATED_HEAP=1",
               "-DconfigTOTAL_HEAP_SIZE=BENCH_POOL_BYTES"),
}


def sources(kernel, form):
    """{folder of objects: C files}: two of them have the same name."""
    firmware = os.path.join(build.ROOT, "board/firmware")
    port = os.path.join(build.ROOT, "port/freertos")
    files = {"kernel": [os.path.join(kernel, name) for name in KERNEL],
             "board": [os.path.join(build.BENCH, "on_kernel.c"), f"{firmware}/hooks.c"]}
    if form == "heap_4":
        files["kernel"].append(os.path.join(kernel, "portable/MemMang/heap_4.c"))
    else:
        files["port"] = [f"{port}/port.c", f"{port}/heap_5.c"]
        files["core"] = [os.path.join(build.ROOT, "src", name) for name in build.core_sources()]
    return files


def program(form):
    """The driver in a task, on an allocator."""
    kernel = build.SOURCES.folder("kernel")
    header = "heap_4.h" if form == "heap_4" else "on_kernel.h"
    folders = [build.BENCH, *(os.path.join(build.ROOT, name) for name in (
        "board/rv32_virt", "board/firmware", "board", "port/freertos", "include"))]
    folders += [os.path.join(kernel, name) for name in (
        "include", PORT, f"{PORT}/chip_specific_extensions/RISCV_MTIME_CLINT_no_extensions")]
    flags = [*build.base_flags(TARGET), "-DHL_ALIGN=16", "-DHL_MAX_TASKS=8", "-DHL_MAX_HEAPS=3",
             f"-DBENCH_POOL_BYTES={build.SMALL_POOL}", "-DBENCH_MAIN=driver_main",
             f'-DBENCH_ALLOCATOR="allocators/{header}"', *FORMS[form],
             *(f"-I{folder}" for folder in folders)]
    place = os.path.join(build.OUT, build.slug("kernel", form))
    shutil.rmtree(place, ignore_errors=True)
    objects = []
    for name, files in sources(kernel, form).items():
        objects += build.compile_all(os.path.join(place, name), build.TARGETS[TARGET]["gcc"],
                                     [*flags, OPT, "-w"], files)
    return build.link(TARGET, place, objects, flags, "driver.c")


def measure():
    """{form: figures}."""
    result = {}
    for form in FORMS:
        figures = build.run(TARGET, program(form), instructions.WORKLOADS.index(WORKLOAD), 600)
        if figures.get("failures") != 0:
            build.stop(f"on the kernel, {form}: {figures}")
        result[form] = instructions.with_average(figures)
        print(f"  kernel {form}: {figures['average_x100'] / 100:.2f} / {figures['worst']}",
              file=sys.stderr)
    return result


def goals(results):
    """Rows of the table of goals."""
    rows = []
    for form in ("pvPortMalloc", "third of 3 heaps"):
        figures = results["kernel"][form]
        rows += [(f"(a) on the kernel, {form}: average instructions",
                  figures["average_x100"] / 100, None, 130),
                 (f"(a) on the kernel, {form}: worst instructions", figures["worst"], None, 220)]
    return rows


def difference(results, more, less):
    """Average and worst that one form costs more than another."""
    a, b = results["kernel"][more], results["kernel"][less]
    return f"{(a['average_x100'] - b['average_x100']) / 100:.1f} / {a['worst'] - b['worst']}"


def section(results):
    """For docs/performance.md."""
    here = results["kernel"]
    named = {name: name if name in ("pvPortMalloc", "heap_4") else f"`hl_malloc`, {name}"
             for name in here}
    rows = [(named[name], instructions.cell(figures)) for name, figures in here.items()]
    parts = [("masking interrupts", "third of 3 heaps", "third of 3 heaps, no lock"),
             ("finding one of 3 heaps", "third of 3 heaps, no lock", "the only heap, no lock"),
             ("asking whether this is an interrupt", "the only heap, no lock",
              "the only heap, no lock, no question"),
             ("pvPortMalloc and vPortFree around it", "pvPortMalloc", "first of 3 heaps")]
    shares = [(what, difference(results, more, less)) for what, more, less in parts]
    return SECTION.format(forms=table(("", "average / 99.9 % / worst"), rows),
                          shares=table(("of that", "average / worst"), shares))


SECTION = """## In a task of the real kernel

Workload (a) in a task of the FreeRTOS kernel on the board `rv32_virt`, -O2, harness included. The
alignment is 16, as this port of the kernel has it. No tick comes in between. heapledger masks
interrupts; heap_4, for comparison, suspends the scheduler. No question: it is not asked whether
this is an interrupt, as in the core alone.

{forms}

{shares}
"""
