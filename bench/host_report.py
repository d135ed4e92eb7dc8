# SPDX-License-Identifier: MIT
"""How long the largest report takes: 100 tasks, 200 snapshots, 20,000 blocks in each.

Run by itself: host_report.py. It needs node, chromium and playwright-core (scripts/setup.sh check)."""

import json
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.join(ROOT, "test", "report"))

import host_verdicts
import logs

LOG, PAGE = (os.path.join(ROOT, "build", "bench", name) for name in ("report.log", "report.html"))
LOADED_MS, REDRAW_MS, BYTES = 2000, 200, 5 * 1024 * 1024


def measure():
    """For bench.py: the load, a redraw of each part in sight, the file's size."""
    os.makedirs(os.path.dirname(LOG), exist_ok=True)
    with open(LOG, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in logs.large())
    start = time.monotonic()
    subprocess.run([host_verdicts.command(), "report", "-qfo", PAGE, LOG], check=True,
                   stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - start
    done = subprocess.run(["node", os.path.join(ROOT, "test", "report", "load.mjs"), PAGE,
                           shutil.which("chromium"), os.path.join(ROOT, "build", "npm", "test")],
                          check=True, stdout=subprocess.PIPE, timeout=120)
    result = {name: value if name == "errors" else round(value)
              for name, value in json.loads(done.stdout).items()}
    result |= {"log_bytes": os.path.getsize(LOG), "bytes": os.path.getsize(PAGE),
               "seconds": round(seconds, 1)}
    os.remove(LOG)
    return result


def section(results):
    """For docs/performance.md."""
    result = results["host_report"]
    slowest = max(value for name, value in result.items() if name.startswith("redraw_"))
    return f"""
## The report of a large log

100 tasks, 200 snapshots, 20,000 blocks in each, of which 2 % change from one to the next: a log of
{result['log_bytes'] / 1e6:.0f} MB. `heapledger report` takes {result['seconds']} s and writes {result['bytes'] / 1e6:.1f} MB; Chromium shows the first
screen after {result['loaded_ms']} ms, has drawn everything after {result['whole_ms']} ms, and draws another snapshot in at most
{slowest} ms in the median. (These figures depend on the machine.)
"""


def goals(results):
    """Milliseconds and bytes."""
    result = results["host_report"]
    return [("the largest report: load, ms", result["loaded_ms"], LOADED_MS, LOADED_MS),
            ("the largest report: bytes", result["bytes"], BYTES, BYTES),
            ("the largest report: a redraw, ms",
             max(value for name, value in result.items() if name.startswith("redraw_")),
             REDRAW_MS, REDRAW_MS)]


if __name__ == "__main__":
    print(measure())
