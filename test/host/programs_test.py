# SPDX-License-Identifier: MIT
"""Logs of our own programs: what the command reads is what another reader reads.

programs_test.py BINARY WRITE_DUMP [EXAMPLE]: EXAMPLE is heap_task_tracking, where there is a kernel."""
import os
import re
import subprocess
import sys
import unittest

import host

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "writers"))
import read_wire

PROGRAMS = []


def output(*words):
    """What a program prints."""
    return subprocess.run(words, check=True, capture_output=True, timeout=100).stdout


def figures(records, *keys):
    """Of a task or an account."""
    return tuple(records[key] for key in keys)


class Wire(unittest.TestCase):
    """hl_wire_snapshot through write_dump, read by test/writers/read_wire.py as well."""

    def compare(self, got, want):
        tasks, accounts, heaps = (want.all(kind) for kind in ("task", "account", "heap"))
        self.assertEqual({task["serial"]: figures(task, "name", "current", "peak") for task in
                          got["tasks"] if task["name"] is not None},
                         {serial: figures(task, "name", "current", "peak")
                          for (serial, _), task in tasks.items()})
        held = {(task["serial"], heap["start"]): figures(heap, "current", "peak", "blocks")
                for task in got["tasks"] for heap in task["heaps"]}
        for (serial, index), account in accounts.items():
            self.assertEqual(held[serial, heaps[None, index]["start"]],
                             figures(account, "current", "peak", "blocks"))
        blocks = {(int(block["address"], 16), block["size"], task["serial"]) for task in got["tasks"]
                  for heap in task["heaps"] for block in heap.get("block_list", [])}
        self.assertEqual(blocks, set(want.blocks))
        self.assertEqual(got["changed"], bool(want.one("end")["changed"]))

    def test_every_figure_is_the_same(self):
        for kind in ("still", "restless", "thousand", "old", "foreign"):
            for seed in (1, 2):
                data = output(PROGRAMS[0], kind, str(seed))
                result = host.show(data, "--all")
                self.assertEqual(result["damaged"], 0, (kind, seed, result["reports"]))
                wanted, problems = read_wire.read(data)
                self.assertEqual(problems, [])
                self.assertEqual(len(result["snapshots"]), len(wanted))
                for got in result["snapshots"]:
                    self.compare(got, wanted[got["boot"], got["number"]])


class Example(unittest.TestCase):
    """heap_task_tracking, whose text is that of hl_text_print."""

    def setUp(self):
        if len(PROGRAMS) < 2:
            self.skipTest("there is no FreeRTOS kernel")

    def test_the_leak_is_found(self):
        for seed in ("1", "7"):
            done = subprocess.run([PROGRAMS[1], "--seed", seed], check=True, capture_output=True,
                                  timeout=60)
            owing = re.search(rb"leaking_task died owing (\d+) bytes", done.stderr).group(1)
            result = host.show(done.stdout, "--all")
            self.assertEqual(result["damaged"], 0, result["reports"])
            leaking = next(task for task in result["snapshots"][-1]["tasks"]
                           if task["name"] == "leaking_task")
            self.assertEqual((leaking["verdict"], leaking["current"]), ("leaked", int(owing)))
            self.assertEqual(host.run("check", "--no-leaks", "-", data=done.stdout).returncode, 1)


if __name__ == "__main__":
    host.BINARY = os.path.abspath(sys.argv.pop(1))
    PROGRAMS += [os.path.abspath(word) for word in sys.argv[1:]]
    del sys.argv[1:]
    unittest.main()
