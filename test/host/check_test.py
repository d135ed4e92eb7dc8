# SPDX-License-Identifier: MIT
"""heapledger check: every rule holds or is broken, in each way of giving it."""
import json
import os
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import formats
import host
from show_test import REFERENCE, lines

ALLOC = "    RAM: Caps: 4. Size 65000, Current Usage {0}, Peak Usage {1}, alloc count {2}"


def task(name, held, peak=None, alive=True, address=0x3fc90000):
    """A task's lines; it holds one block or none."""
    state = "ALIVE  " if alive else "DELETED"
    peak = held if peak is None else peak
    return [f"{name}: {state}: Peak Usage {peak}, Current Usage {held}",
            ALLOC.format(held, peak, int(held > 0))] + (
                [f"        0x{address:08x}: Size: {held}"] if held else [])


def prints(*series):
    """Prints of all tasks: each series is (name, [bytes...])."""
    out = []
    for i in range(len(series[0][1])):
        for j, (name, values) in enumerate(series):
            out += task(name, values[i], max(values[:i + 1]), address=0x3fc90000 + 0x4000 * j)
        out += task("Pre-scheduler", 28, address=0x3fc9f000)
    return lines(out)


CLEAN = prints(("main", [100] * 8), ("wifi", [4000, 4100] * 4))
GROWS = prints(("main", [100] * 8), ("wifi", [4000 + 32 * i for i in range(8)]))


class Rules(unittest.TestCase):
    """Each rule on a log that keeps it, one that breaks it, and one that does not say."""

    def expect(self, code, data, *words):
        done = host.run("check", *words, "-", data=data)
        self.assertEqual(done.returncode, code, (words, done.stdout, done.stderr))
        return done.stdout.decode()

    def test_no_leaks(self):
        done = host.run("check", "--no-leaks", REFERENCE)
        self.assertEqual(done.returncode, 1)
        out = done.stdout.decode()
        self.assertEqual(len(out.splitlines()), 1)
        for word in (REFERENCE + ":35", "leaking_task", "RAM", "13616", "limit 0"):
            self.assertIn(word, out)
        self.assertEqual(self.expect(0, CLEAN, "--no-leaks"), "")

    def test_what_set_up_tasks_leave_is_no_leak(self):
        data = lines(task("main", 500, alive=False), task("setup", 300, alive=False,
                                                          address=0x3fc91000))
        self.assertIn("setup", self.expect(1, data, "--no-leaks"))
        self.expect(0, data, "--no-leaks", "--init", "setup")

    def test_no_growth(self):
        self.expect(0, CLEAN, "--no-growth")
        self.assertIn("wifi", self.expect(1, GROWS, "--no-growth"))
        self.assertIn("cannot be judged", self.expect(4, lines(task("main", 4)), "--no-growth"))

    def test_max(self):
        self.expect(0, CLEAN, "--max", "wifi=4100")
        self.assertIn("limit 4099", self.expect(1, CLEAN, "--max", "wifi=4099"))
        self.expect(0, CLEAN, "--max", "wifi=5KiB", "--max", "main=0.1KiB")
        self.expect(4, CLEAN, "--max", "nobody=5KiB")

    def test_max_heap(self):
        self.expect(0, CLEAN, "--max-heap", "RAM=5KiB")
        self.assertIn("heap RAM, 4228 bytes, limit 4000",
                      self.expect(1, CLEAN, "--max-heap", "RAM=4000"))
        self.expect(4, CLEAN, "--max-heap", "DRAM=5KiB")

    def test_baseline(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "base.log")
            with open(path, "wb") as file:
                file.write(CLEAN)
            self.expect(0, CLEAN, "--baseline", path)
            self.assertIn("wifi", self.expect(1, GROWS, "--baseline", path))
            self.expect(0, GROWS, "--baseline", path, "--tolerance", "4%")
            self.assertIn("new", self.expect(1, prints(("main", [100]), ("new", [8])), "--baseline",
                                             path))
            self.expect(3, CLEAN, "--baseline", path + ".none")

    def test_an_empty_or_damaged_log_is_not_a_pass(self):
        self.expect(4, b"", "--no-leaks")
        self.expect(4, b"I (1) main: hello\n" * 9, "--no-leaks", "--max", "a=1")
        wire = formats.wire(formats.Snapshot(1))
        self.expect(4, lines(wire[:-1]), "--max-heap", "D/IRAM=1G")
        text = task("main", 100)
        text[0] = text[0].replace("ALIVE  ", "DELETED").replace("Usage 100", "Usage 1")
        self.expect(4, lines(text), "--no-leaks")

    def test_a_snapshot_that_the_end_of_the_log_cuts_off_is_left_out(self):
        whole, cut = formats.Snapshot(1), formats.Snapshot(1)
        for write in (lambda s: formats.wire(s, number=1 + (s is cut)), formats.detailed):
            self.expect(0, lines(write(whole), write(cut)[:-4]), "--max", "Pre-scheduler=1M")
            self.expect(0, lines(write(whole), write(cut)[:5]), "--max-heap", "RAM=1M")

    def test_a_leak_before_a_reboot_counts(self):
        boot = ["rst:0x1 (POWERON),boot:0x8"]
        data = lines(task("old", 500, alive=False), task("main", 4, address=0x3fc91000), boot,
                     task("old", 0), task("main", 4, address=0x3fc91000))
        self.assertIn("old", self.expect(1, data, "--no-leaks"))

    def test_a_leak_that_was_freed_later_does_not_count(self):
        data = lines(task("old", 500, alive=False), task("main", 4, address=0x3fc91000),
                     task("Pre-scheduler", 28, address=0x3fc9f000), task("old", 0, 500, alive=False),
                     task("main", 4, address=0x3fc91000),
                     task("Pre-scheduler", 28, address=0x3fc9f000))
        self.expect(0, data, "--no-leaks")

    def test_rules_come_from_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "heap.rules")
            with open(path, "w", encoding="utf-8") as file:
                file.write("# limits\nno-leaks\nmax wifi=4000 # tight\n\nmax-heap RAM=1MiB\n")
            self.assertIn("max wifi=4000", self.expect(1, CLEAN, "--rules", path))
            with open(path, "w", encoding="utf-8") as file:
                file.write("no-leaks\nmaximum wifi=4000\n")
            done = host.run("check", "--rules", path, "-", data=CLEAN)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"{path}:2: there is no rule 'maximum'".encode(), done.stderr)

    def test_wrong_rules_exit_with_2(self):
        for words in ([], ["--max", "wifi"], ["--max", "wifi=big"], ["--tolerance", "x%"],
                      ["--max-heap", "=4"], ["--max"]):
            done = host.run("check", *words, "-", data=CLEAN)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(b"--help", done.stderr)

    def test_json_and_junit_say_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "heap.xml")
            out = self.expect(1, GROWS, "--no-growth", "--no-leaks", "--max", "nobody=4", "--json",
                              "--junit", path)
            result = json.loads(out)
            self.assertEqual([f["outcome"] for f in result["findings"]],
                             ["pass", "breach", "unknown"])
            self.assertFalse(result["passed"])
            suite = xml.etree.ElementTree.parse(path).getroot()
            self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("errors")),
                             ("3", "1", "1"))
            self.assertIn("wifi", suite.find("testcase/failure/..").get("name"))

    def test_a_command_that_fails_is_not_a_pass(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log")
            with open(path, "wb") as file:
                file.write(CLEAN)
            self.assertEqual(host.run("check", "--no-leaks", "--", "cat", path).returncode, 0)
            done = host.run("check", "--no-leaks", "--", "sh", "-c", f"cat {path}; exit 3")
            self.assertEqual(done.returncode, 4)
            self.assertIn(b"status 3", done.stdout)


if __name__ == "__main__":
    host.BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
