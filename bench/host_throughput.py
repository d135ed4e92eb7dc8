# SPDX-License-Identifier: MIT
"""How long `heapledger show` takes on a gigabyte of other text, against `grep -c` on it."""

import os
import random
import subprocess
import time

import host_verdicts

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOG = os.path.join(ROOT, "build", "bench", "other_text.log")
BYTES = 1 << 30
RUNS = 3
MUST, AIM = 12, 8

WORDS = ("wifi httpd mqtt sensor reading value connected timeout retry 192.168.4.1 rssi -61 heap free "
         "size task Usage: RAM: boot ok error block").split()


def write_log():
    """Log lines of ESP-IDF's form, none of which is ours."""
    rng = random.Random(1)
    lines = [f"{rng.choice('IWED')} ({1000 + 3 * i}) {rng.choice(WORDS)}: "
             + " ".join(rng.choice(WORDS) for _ in range(rng.randint(2, 14))) for i in range(60000)]
    part = ("\n".join(lines) + "\n").encode()
    os.makedirs(os.path.dirname(LOG), exist_ok=True)
    with open(LOG, "wb") as file:
        for _ in range(BYTES // len(part)):
            file.write(part)


def seconds(words):
    """The quickest of some runs; the file is then in memory."""
    best = None
    for _ in range(RUNS):
        start = time.monotonic()
        subprocess.run(words, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        took = time.monotonic() - start
        best = took if best is None else min(best, took)
    return best


def measure():
    """For bench.py."""
    write_log()
    grep = seconds(["grep", "-c", "Current Usage", LOG])
    ours = seconds([host_verdicts.command(), "show", LOG])
    size = os.path.getsize(LOG)
    os.remove(LOG)
    return {"bytes": size, "grep_seconds": round(grep, 2), "seconds": round(ours, 2),
            "ratio": round(ours / grep, 1)}


def section(results):
    """For docs/performance.md."""
    result = results["host_throughput"]
    return f"""
## What the command takes on other text

`heapledger show` on {result['bytes'] / 1e9:.2f} GB of log lines that are not its own: {result['seconds']} s;
`grep -c` with a plain word: {result['grep_seconds']} s. That is {result['ratio']} times as long. (The only
figures here that depend on the machine.)
"""


def goals(results):
    """Times grep's."""
    return [("`heapledger show` on other text, times `grep -c`", results["host_throughput"]["ratio"],
             MUST, AIM)]


if __name__ == "__main__":
    print(measure())
