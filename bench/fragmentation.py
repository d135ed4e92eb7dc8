# SPDX-License-Identifier: MIT
"""The smallest pool that holds a random sequence of blocks, compared with what they hold."""

import subprocess
import sys

import build
import memory
from report import table

# In the order of fragmentation.c: (slots, sizes).
MIXES = tuple((slots, sizes) for sizes, all_slots in (("8 B to 2 KiB", (60, 200, 1000)),
                                                      ("64 B to 16 KiB", (60, 200, 600)))
              for slots in all_slots)
SEEDS = range(1, 21)
# umm_malloc's blocks must be larger in a larger pool: the smallest that do are taken.
POOLS = {"umm_malloc": (0x40000, 0x80000, 0x100000, 0x200000)}
POOL = build.LARGE_POOL
# It does not merge free blocks, and its list of them gets so long that it does not end in time.
LEFT_OUT = {"heap_2": MIXES[3:]}
NAMES = ("heapledger", "heapledger, no tracking") + build.PEERS


def key(mix):
    """The name of a mix in results.json."""
    return "{} slots, {}".format(*mix)


def where(name):
    """The C library's malloc exists on the target only; 32-bit code of the computer is quicker."""
    if name != "picolibc":
        test = ["gcc", "-m32", "-x", "c", "-", "-o", "/dev/null"]
        program = "#include <stdio.h>\nint main(void) { return puts(\"\") < 0; }\n"
        if subprocess.run(test, input=program, text=True, capture_output=True,
                          check=False).returncode == 0:
            return "host-m32"
    return "rv32imac"


def mean_x10000(pools, payloads):
    """The mean of pool / payload over the seeds, in ten-thousandths, rounded."""
    return round(sum(pool * 10000 / payload for pool, payload in zip(pools, payloads))
                 / len(pools))


def summary(figures, outside):
    """Of what fragmentation.c printed: pools, control data included, and payloads by seed."""
    if figures["damaged"]:
        build.stop("fragmentation.c: blocks lie over each other")
    payloads = [figures[f"payload {seed}"] for seed in SEEDS]
    found = [figures[f"pool {seed}"] for seed in SEEDS]
    if 0 in found:
        return None
    pools = [pool + outside for pool in found]
    ratios = [pool / payload for pool, payload in zip(pools, payloads)]
    return {"pools": pools, "payloads": payloads, "mean_x10000": mean_x10000(pools, payloads),
            "least": round(min(ratios), 4), "most": round(max(ratios), 4)}


def measure_one(name, mixes=MIXES):
    """{mix: figures}."""
    target, outside = where(name), memory.measure_one(name)["outside"]
    result, programs = {}, {}
    for mix in mixes:
        if mix in LEFT_OUT.get(name, ()):
            continue
        for pool in POOLS.get(name, (POOL,)):
            if pool not in programs:
                folder, objects, flags = build.allocator_objects(target, name, "-O2", pool,
                                                                 ("-DBENCH_FRAGMENTATION",))
                programs[pool] = build.link(target, folder, objects, flags, "fragmentation.c")
            figures = summary(build.run(target, programs[pool], MIXES.index(mix), 1200), outside)
            if figures:
                break
        result[key(mix)] = figures
        print(f"  {name}: {key(mix)} {figures['mean_x10000'] / 10000 if figures else 'none'}",
              file=sys.stderr)
    return result


def measure():
    """{allocator: {mix: figures}}."""
    return {name: measure_one(name) for name in NAMES}


def fast():
    """Figures of the budget."""
    return {f"pool / payload x10000, {mix}": figures["mean_x10000"]
            for mix, figures in measure_one("heapledger").items()}


def goals(results):
    """Rows of the table of goals."""
    ours = results["fragmentation"]["heapledger"]
    rows = []
    for mix in MIXES:
        must, aim = (1.14, 1.135) if mix[1].startswith("8 B") else (1.15, 1.13)
        reached = ours[key(mix)]["mean_x10000"] / 10000
        rows.append((f"pool / payload, {key(mix)}: mean of 20 seeds", reached, must, aim))
    return rows


def cell(of, mix):
    """Mean and range."""
    if key(mix) not in of:
        return "not run"
    figures = of[key(mix)]
    if not figures:
        return "over 8 MiB"
    return (f"{figures['mean_x10000'] / 10000:.3f} ({figures['least']:.3f} to "
            f"{figures['most']:.3f})")


def section(results):
    """For docs/performance.md."""
    here = results["fragmentation"]
    tables = []
    for sizes in dict.fromkeys(mix[1] for mix in MIXES):
        mixes = [mix for mix in MIXES if mix[1] == sizes]
        tables.append(f"Sizes {sizes}:\n\n" + table(
            ("allocator", *(f"{slots} slots" for slots, _ in mixes)),
            [(name, *(cell(of, mix) for mix in mixes)) for name, of in here.items()]))
    return SECTION.format(tables="\n\n".join(tables))


SECTION = """## Fragmentation

How much larger than its payload must a pool be? A random slot is emptied, or filled if it was
empty, 20,000 times; sizes are even on a logarithmic scale. Payload: the most bytes that the live
blocks, as asked for, had together. Pool: the smallest, in steps of 8 bytes, in which no
allocation fails, found by halving; control data beside the pool is added (heapledger:
`HL_BYTES(8, 1)`, its ledger included). Their quotient: mean of 20 fixed seeds, and the range.

{tables}

As many slots are filled as are empty, on average. The C sources run as 32-bit programs of the
computer where it can run them, which gives the same layout; picolibc's malloc in the emulator.
umm_malloc can number 32,767 blocks only: its blocks have 8 bytes, and 16, 32 or 64 where that is
not enough for a sequence. heap_2 does not merge free blocks; with the large sizes it does not end
in reasonable time.
"""
