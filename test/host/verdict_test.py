# SPDX-License-Identifier: MIT
"""The verdict: growing, spiky, steady, and its reason; and how often it is right."""
import os
import sys
import unittest

import host
import series


def log(tasks, times=None):
    """A print of all tasks per snapshot: {name: values}; `times` in ms, by log lines."""
    lines = []
    for at in range(len(next(iter(tasks.values())))):
        if times:
            lines.append(f"I ({times[at]}) app: round")
        for name, values in tasks.items():
            peak = max(values[:at + 1])
            lines.append(f"{name}: ALIVE  : Peak Usage {peak}, Current Usage {values[at]}")
            lines.append(f"    RAM: Caps: 4. Size 60000, Current Usage {values[at]}, Peak Usage {peak}, "
                         f"alloc count {int(values[at] > 0)}")
        lines.append("Pre-scheduler: ALIVE  : Peak Usage 28, Current Usage 28")
        lines.append("    RAM: Caps: 4. Size 60000, Current Usage 28, Peak Usage 28, alloc count 1")
    return "\n".join(lines).encode()


def verdicts(data):
    """{name: task}"""
    return {task["name"]: task for task in host.show(data)["snapshots"][0]["tasks"]}


class Verdict(unittest.TestCase):
    """Series that everybody would judge alike, and very many that are labelled."""

    def test_plain_series(self):
        tasks = verdicts(log({"leak": [100 + 50 * i for i in range(20)],
                              "cache": [min(100 * i, 700) for i in range(20)],
                              "saw": [500 * (i % 6) for i in range(20)],
                              "still": [400] * 20,
                              "spike": [100] * 18 + [5000, 100]}))
        self.assertEqual({name: task["verdict"] for name, task in tasks.items()},
                         {"leak": "growing", "cache": "steady", "saw": "spiky", "still": "steady",
                          "spike": "spiky", "Pre-scheduler": "steady"})

    def test_too_few_snapshots_are_no_verdict(self):
        task = verdicts(log({"leak": [100, 200, 300, 400, 500]}))["leak"]
        self.assertIsNone(task["verdict"])
        self.assertIn("5 snapshots", task["reason"])
        self.assertEqual(verdicts(log({"leak": [100, 200, 300, 400, 500, 600]}))["leak"]["verdict"],
                         "growing")

    def test_slope_and_time_until_full_by_snapshots(self):
        task = verdicts(log({"leak": [1000 + 100 * i for i in range(10)]}))["leak"]
        self.assertAlmostEqual(task["growth"]["bytes_per_snapshot"], 100, delta=1)
        self.assertIn("100 B per snapshot", task["reason"])
        self.assertIn("full in 581 snapshots", task["reason"])

    def test_slope_and_time_until_full_by_time(self):
        times = [1000 + 60000 * i for i in range(10)]
        task = verdicts(log({"leak": [1000 + 60 * i for i in range(10)]}, times))["leak"]
        self.assertAlmostEqual(task["growth"]["bytes_per_second"], 1, delta=.01)
        self.assertAlmostEqual(task["growth"]["seconds_until_full"], 60000 - 1540 - 28, delta=600)
        self.assertIn("its heap is full in", task["reason"])

    def test_a_reboot_begins_a_new_series(self):
        half = log({"main": [100 + 50 * i for i in range(4)]})
        task = verdicts(half + b"\nrst:0x1 (POWERON)\n" + half)["main"]
        self.assertIsNone(task["verdict"])

    def test_labelled_series_are_judged_right(self):
        made = series.make(5, 1500)
        right = wrong = missed = 0
        for length in series.LENGTHS:
            tasks = {f"t{i}": values for i, (_, _, values) in enumerate(made) if len(values) == length}
            if not tasks:
                continue
            found = verdicts(log(tasks))
            for name in tasks:
                grows, said = made[int(name[1:])][1], found[name]["verdict"] == "growing"
                right += grows and said
                wrong += said and not grows
                missed += grows and not said
        self.assertGreaterEqual(right / (right + wrong), .95)
        self.assertGreaterEqual(right / (right + missed), .95)


if __name__ == "__main__":
    host.BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
