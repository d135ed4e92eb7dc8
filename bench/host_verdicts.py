# SPDX-License-Identifier: MIT
"""How often `heapledger show` is right about what grows: on labelled series that it was not tuned on.

Run by bench.py as a topic, or by itself: host_verdicts.py [SEED] prints what it was wrong about."""

import collections
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.join(ROOT, "test", "host"))

import report
import series as labelled

SEED = 20260101  # the rule was tuned on series of seed 1
COUNT = 4000
AIM = 0.95


def command():
    """The binary, built if need be. HEAPLEDGER names another one."""
    if "HEAPLEDGER" not in os.environ:
        for words in (["--preset", "host"], ["--build", "--preset", "host", "--target",
                                             "heapledger_command"]):
            subprocess.run(["cmake", *words], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return os.environ.get("HEAPLEDGER", os.path.join(ROOT, "build", "bin", "heapledger"))


def judge(series):
    """What the command says of each: one log per length, one task per series."""
    binary, verdicts = command(), {}
    for length in sorted({len(values) for _, _, values in series}):
        tasks = [(i, values) for i, (_, _, values) in enumerate(series) if len(values) == length]
        text = []
        for at in range(length):
            for i, values in tasks:
                peak = max(values[:at + 1])
                text.append(f"t{i}: ALIVE  : Peak Usage {peak}, Current Usage {values[at]}")
            text.append("Pre-scheduler: ALIVE  : Peak Usage 28, Current Usage 28")
        done = subprocess.run([binary, "show", "--json", "--quiet", "-"], check=True,
                              input="\n".join(text).encode(), stdout=subprocess.PIPE)
        for task in json.loads(done.stdout)["snapshots"][0]["tasks"]:
            if task["name"] != "Pre-scheduler":
                verdicts[int(task["name"][1:])] = task["verdict"]
    return [verdicts[i] for i in range(len(series))]


def score(seed=SEED):
    """Precision, recall, and how many of which kind were judged wrong."""
    series = labelled.make(seed, COUNT)
    right = wrong = missed = 0
    kinds, of_kind = collections.Counter(), collections.Counter()
    for (kind, grows, _), verdict in zip(series, judge(series)):
        found = verdict == "growing"
        right += found and grows
        wrong += found and not grows
        missed += grows and not found
        of_kind[kind] += 1
        kinds[kind] += found != grows
    return {"series": len(series), "precision": right / (right + wrong),
            "recall": right / (right + missed),
            "kinds": {kind: [kinds[kind], of_kind[kind]] for kind in sorted(of_kind)}}


def measure():
    """For bench.py."""
    return score()


def section(results):
    """For docs/performance.md."""
    result = results["host_verdicts"]
    rows = [(kind.replace("_", " "), wrong, count) for kind, (wrong, count) in
            result["kinds"].items()]
    return f"""
## What the command finds to grow

`heapledger show` on {result['series']:,} made series of {labelled.LENGTHS[0]} to {labelled.LENGTHS[-1]} snapshots, other ones
than those that its rule was tuned on: precision {result['precision']:.3f}, recall {result['recall']:.3f}
(at least {AIM} each was to be reached).

{report.table(("series", "judged wrong", "of"), rows)}
"""


def goals(results):
    """Shares of wrong ones, which are to be small."""
    result = results["host_verdicts"]
    return [(f"verdict `growing`, {name} missing from 1, in 1/1000",
             round(1000 * (1 - result[name])), 50, 50) for name in ("precision", "recall")]


if __name__ == "__main__":
    print(json.dumps(score(int(sys.argv[1]) if len(sys.argv) > 1 else SEED), indent=1))
