# SPDX-License-Identifier: MIT
"""Runs the real binary, and compares what it says with what went in."""
import json
import os
import subprocess

BINARY = "heapledger"  # set by the tests' main


def run(*words, data=None, env=None, timeout=60):
    """The finished process; its output is text."""
    return subprocess.run([BINARY, *map(str, words)], input=data, timeout=timeout, check=False,
                          capture_output=True, env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "100",
                                                    "ASAN_OPTIONS": "detect_leaks=1", **(env or {})})


def show(data, *words):
    """What `show --json` says of these bytes."""
    done = run("show", "--json", "--quiet", *words, "-", data=data)
    if done.returncode not in (0, 4):
        raise AssertionError(f"exit code {done.returncode}: {done.stderr.decode()}")
    result = json.loads(done.stdout)
    if (done.returncode == 4) != (result["damaged"] > 0 or not result["snapshots"]):
        raise AssertionError(f"exit code {done.returncode} with {result['damaged']} places damaged")
    return result


def key_of(heap):
    """By which accounts are found: one task may have two of one name."""
    return heap["start"] if "start" in heap else (heap["name"], heap["size"])


def expected(snapshot, kind):
    """The tasks that should come out: {name: {...}}."""
    out = {}
    for task in snapshot.tasks:
        heaps = {}
        for heap, blocks in task.held.items():
            key = f"0x{heap.start:08x}" if kind == "wire" else (heap.name, heap.size)
            heaps[key] = {"name": heap.name, "caps": heap.caps, "size": heap.size,
                          "current": task.current(heap), "peak": task.peaks[heap],
                          "blocks": len(blocks),
                          "block_list": {(f"0x{a:08x}", size) for a, size in blocks}}
        out[task.name] = {"state": "alive" if task.alive else "deleted", "current": task.current(),
                          "peak": task.peak, "serial": task.serial if kind == "wire" else None,
                          "heaps": {} if kind == "overview" else heaps}
    return out


def same_but_for_names(task, want):
    """The task that this one is, but for what no check sum and no other figure vouches for."""
    fits = [right for right in want.values()
            if task["current"] in (None, right["current"]) and task["peak"] in (None, right["peak"])]
    return fits[0] if fits else None


def wrong_figures(got, want, partly):
    """Every figure that is neither right nor unknown. `partly`: things may be missing, and names, which
    nothing vouches for in text, may be damaged."""
    problems = []

    def compare(where, value, right):
        if value != right and not (partly and value is None):
            problems.append(f"{where}: {value!r} instead of {right!r}")
    for task in got["tasks"]:
        right = want.get(task["name"])
        if right is None:
            if partly and task["serial"] is not None:
                right = next((t for t in want.values() if t["serial"] == task["serial"]), None)
            elif partly:
                right = same_but_for_names(task, want)
            if right is None:
                problems.append(f"a task {task['name']!r} that is none")
                continue
        for figure in ("state", "current", "peak"):
            compare(f"{task['name']}.{figure}", task[figure], right[figure])
        for heap in task["heaps"]:
            compare_heap(f"{task['name']}.{heap['name']}", heap, right["heaps"], partly, problems)
        if not partly and len(task["heaps"]) != len(right["heaps"]):
            problems.append(f"{task['name']}: {len(task['heaps'])} heaps")
    if not partly and len(got["tasks"]) != len(want):
        problems.append(f"{len(got['tasks'])} tasks instead of {len(want)}")
    return problems


def compare_heap(where, heap, wanted, partly, problems):
    """One account. In text, nothing vouches for one that holds nothing."""
    if partly and "start" not in heap and not heap["current"] and not heap["blocks"]:
        return
    right = wanted.get(key_of(heap))
    if partly:
        fits = [h for h in wanted.values() if all(
            heap[f] in (None, h[f]) for f in ("size", "current", "peak", "blocks"))]
        right = fits[0] if fits else None
    if right is None:
        problems.append(f"{where}: a heap that is none: {heap}")
        return
    for figure in ("size", "current", "peak", "blocks") + (() if partly else ("name", "caps")):
        if heap[figure] != right[figure] and not (partly and heap[figure] is None):
            problems.append(f"{where}.{figure}: {heap[figure]!r} instead of {right[figure]!r}")
    listed = {(block["address"], block["size"]) for block in heap.get("block_list", [])}
    if listed - right["block_list"]:
        problems.append(f"{where}: blocks that are none: {listed - right['block_list']}")
    if not partly and listed != right["block_list"]:
        problems.append(f"{where}: {len(listed)} blocks of {len(right['block_list'])}")
