# SPDX-License-Identifier: MIT
"""Code: what an allocator adds to a program, and all that it has."""

import build
from report import table


def sizes(target, name, opt):
    """Linked text + rodata of init + malloc + free, and of all there is."""
    program = []
    for who in ("nothing", name):
        folder, objects, flags = build.allocator_objects(target, who, opt, build.SMALL_POOL)
        program.append(build.linked_bytes(
            target, build.link(target, folder, objects, flags, "size.c", start=False)))
    return {"linked": program[1] - program[0],
            "everything": build.object_bytes(target, objects) if objects else None}


def measure():
    """{target: {allocator: {optimisation: {linked, everything}}}}."""
    return {target: {name: {opt: sizes(target, name, opt) for opt in ("-O2", "-Os")}
                     for name in build.OURS + build.PEERS}
            for target in ("rv32imac", "cortex-m3")}


def fast():
    """Figures of the budget."""
    return {f"rv32imac {opt} bytes {key}": value for opt in ("-O2", "-Os")
            for key, value in sizes("rv32imac", "heapledger", opt).items()}


def goals(results):
    """Rows of the table of goals."""
    ours = results["code_size"]["rv32imac"]["heapledger"]
    return [("linked init + malloc + free, -Os: bytes", ours["-Os"]["linked"], 1600, 1350)]


def section(results):
    """For docs/performance.md."""
    here = results["code_size"]
    columns = [(target, opt, key) for target in here for opt in ("-Os", "-O2")
               for key in ("linked", "everything")]
    rows = [(name, *(here[t][name][o][k] or "-" for t, o, k in columns))
            for name in here["rv32imac"]]
    head = ("allocator", *(f"{t} {o}, {'all' if k == 'everything' else k}" for t, o, k in columns))
    return SECTION.format(table=table(head, rows))


SECTION = """## Code

Bytes of text and read-only data. Linked: what init, malloc and free add to a program. All: every
function there is, without the linker taking any away.

{table}
"""
