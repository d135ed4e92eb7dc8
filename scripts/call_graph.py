# SPDX-License-Identifier: MIT
"""How deep the stack of a function gets: reads what gcc's -fcallgraph-info=su writes.

Functions whose source is not there, and those called through a pointer, count as nothing.
"""

import os
import re
import sys

NODE = re.compile(r'node: \{ title: "([^"]+)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
BYTES = re.compile(r"(\d+) bytes \(([a-z,]+)\)")


def read(folder):
    """Bytes of each function's frame, and whom it calls: from the *.ci of a folder."""
    frames, calls = {}, {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".ci"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            for title, label in NODE.findall(text):
                size = BYTES.search(label)
                if size and size.group(2) not in ("static", "dynamic,bounded"):
                    sys.exit(f"call_graph: the frame of {title} has no fixed size")
                if size:
                    frames[title] = int(size.group(1))
            for source, target in EDGE.findall(text):
                calls.setdefault(source, set()).add(target)
    return frames, calls


def deepest(name, frames, calls, path=()):
    """The worst chain from a function on: its bytes, and its functions."""
    if name in path:
        sys.exit(f"call_graph: {name} calls itself")
    chains = [deepest(to, frames, calls, path + (name,)) for to in sorted(calls.get(name, ()))]
    size, chain = max(chains, default=(0, []))
    return size + frames.get(name, 0), [(name, frames.get(name, 0))] + chain
