# SPDX-License-Identifier: MIT
"""The deepest stack of each public function: frames that gcc reports, summed along calls."""

import os
import re
import sys

import build
from report import table

sys.path.insert(0, os.path.join(build.ROOT, "scripts"))

import call_graph

TARGETS = ("rv32imac", "cortex-m3")
LEVELS = ("-O2", "-Os")
PEERS = {"heap_2": ("pvPortMalloc", "vPortFree"), "heap_4": ("pvPortMalloc", "vPortFree"),
         "heap_5": ("pvPortMalloc", "vPortFree"), "o1heap": ("o1heapAllocate", "o1heapFree"),
         "umm_malloc": ("umm_malloc", "umm_free")}
OURS = {"heapledger": "default", "heapledger, all options": "all options"}


def public_names(frames):
    """{name in the header: name in the object}: some carry the options that they depend on."""
    names = {}
    for function in sum(build.public_functions().values(), []):
        for title in frames:
            if re.fullmatch(function + r"(_t\d_a\w+)?", title):
                names[function] = title
    return names


def depths(target, name, opt, functions=None):
    """{function: bytes}."""
    folder, _, _ = build.allocator_objects(target, name, opt, build.SMALL_POOL,
                                           ("-fcallgraph-info=su",))
    frames, calls = call_graph.read(folder)
    names = public_names(frames) if functions is None else {f: f for f in functions}
    return {function: call_graph.deepest(title, frames, calls)[0]
            for function, title in names.items()}


def measure():
    """{target: {allocator: {optimisation: {function: bytes}}}}."""
    return {target: {name: {opt: depths(target, name, opt, PEERS.get(name)) for opt in LEVELS}
                     for name in (*OURS, *PEERS)}
            for target in TARGETS}


def fast():
    """Figures of the budget."""
    figures = depths("rv32imac", "heapledger", "-O2")
    return {f"rv32imac -O2 stack {name}": figures[name] for name in ("hl_malloc", "hl_free")}


def section(results):
    """For docs/performance.md."""
    here = results["stack"]
    columns = [(name, target, opt) for name in OURS for target in TARGETS for opt in LEVELS]
    listed = here["rv32imac"]["heapledger, all options"]["-O2"]
    rows = [(f"`{function}`", *(here[t][n][o].get(function, "-") for n, t, o in columns))
            for function in sorted(listed)]
    head = ("", *(f"{t} {o}" + ("" if n == "heapledger" else f", {OURS[n]}")
                  for n, t, o in columns))
    short = [(t, o) for t in TARGETS for o in LEVELS]
    others = [(name, *(" / ".join(str(here[t][name][o][f]) for f in functions) for t, o in short))
              for name, functions in {"heapledger": ("hl_malloc", "hl_free"), **PEERS}.items()]
    return SECTION.format(ours=table(head, rows),
                          peers=table(("malloc / free", *(f"{t} {o}" for t, o in short)), others))


SECTION = """## Stack

Bytes of the deepest stack of each public function, from the compiler's report of frames and calls.
What is called through a pointer (hooks, sinks, visitors) and the C library's memcpy and the like
are not in it.

{ours}

The peers' malloc and free; of picolibc's there is no report. Locks do nothing; on a kernel,
heap_N's call functions of its.

{peers}
"""
