#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests `heapledger report` from outside: file_test.py BINARY [unittest's options]"""
import json
import os
import re
import sys
import tempfile
import unittest

import logs  # finds test/host, too
import host
import palette

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def numbers(text):
    """Numbers of a packed row: host/report/README.md."""
    out, number, weight = [], 0, 1
    for digit in map(DIGITS.index, text):
        number += (digit & 31) * weight
        weight *= 32
        if digit < 32:
            out.append(number)
            number, weight = 0, 1
    return out


def figures(text):
    """Figures of a packed row; None: not known."""
    out, last = [], 0
    for number in numbers(text):
        if number:
            last += (number - 1) // 2 if number % 2 else -(number // 2)
        out.append(last if number else None)
    return out


class Report(unittest.TestCase):
    """Each test has a folder of its own."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.log, self.out = self.path("a.log"), self.path("out.html")
        with open(self.log, "wb") as file:
            file.write(logs.small())

    def path(self, name):
        """In the folder."""
        return os.path.join(self.folder.name, name)

    def read(self):
        """The page as text."""
        with open(self.out, encoding="utf-8") as file:
            return file.read()

    def data(self):
        """What is in the page for its script."""
        found = re.findall(r'id="heapledger-data">(.*?)</script>', self.read(), re.S)
        self.assertEqual(len(found), 1)
        return json.loads(found[0])

    def test_it_never_writes_over_a_file_unless_forced(self):
        with open(self.out, "w", encoding="utf-8") as file:
            file.write("precious")
        done = host.run("report", self.log, "-o", self.out)
        self.assertEqual(done.returncode, 3)
        self.assertIn("--force", done.stderr.decode())
        self.assertEqual(self.read(), "precious")
        self.assertEqual(host.run("report", self.log, "-fo", self.out).returncode, 4)  # it is damaged
        self.assertIn("<!DOCTYPE html>", self.read())

    def test_it_ends_by_saying_what_it_wrote_and_how_to_open_it(self):
        done = host.run("report", self.log, "-qo", self.out)
        lines = done.stderr.decode().splitlines()
        self.assertEqual(lines[-2], f"Wrote {self.out}")
        self.assertIn("xdg-open", lines[-1])
        self.assertIn(self.out, lines[-1])

    def test_a_task_named_script_end_stays_text(self):
        host.run("report", self.log, "-qo", self.out)
        page = self.read()
        self.assertNotIn("</script><b>", page)
        self.assertEqual(page.count("</script"), page.count("<script"))
        self.assertIn(logs.NASTY, [task["name"] for task in self.data()["logs"][0]["tasks"]])

    def test_figures_are_those_of_show(self):
        host.run("report", self.log, "-qo", self.out)
        want = json.loads(host.run("show", "--json", "--all", "-q", self.log).stdout)
        got = self.data()["logs"][0]
        self.assertEqual(got["damaged"], want["damaged"])
        self.assertEqual(got["reports"], want["reports"])
        self.assertEqual(got["snapshots"]["count"], len(want["snapshots"]))
        for task in got["tasks"]:
            at = figures(task["at"])
            rows = {key: figures(task[key]) for key in ("current", "peak", "blocks")}
            failures = figures(task["counters"]["failures"])
            for i, snapshot in enumerate(at):
                same = [one for one in want["snapshots"][snapshot]["tasks"] if one["serial"] == task["serial"]]
                for key, row in rows.items():
                    self.assertEqual(row[i], same[0][key])
                self.assertEqual(failures[i], same[0].get("counters", {}).get("failures"))
            last = [one for one in want["snapshots"][at[-1]]["tasks"] if one["serial"] == task["serial"]][0]
            self.assertEqual((task["verdict"], task["reason"]), (last["verdict"], last["reason"]))

    def test_each_block_of_each_snapshot_comes_back(self):
        host.run("report", self.log, "-qo", self.out)
        want = json.loads(host.run("show", "--json", "--all", "-q", self.log).stdout)["snapshots"]
        got, found = self.data()["logs"][0], [set() for _ in want]
        row = numbers(got["blocks"][0]["lives"])
        address = int(got["blocks"][0]["base"], 16)
        for i in range(0, len(row), 5):
            offset, size, owner, first, length = row[i:i + 5]
            address += offset
            for snapshot in range(first, first + length + 1):
                found[snapshot].add((f"0x{address:08x}", size - 1, got["tasks"][owner - 1]["serial"]))
        for snapshot, blocks in zip(want, found):
            self.assertEqual(blocks, {(block["address"], block["size"], task["serial"]) for task in snapshot["tasks"]
                                      for heap in task["heaps"] for block in heap.get("block_list", [])})

    def test_several_logs_are_in_one_page(self):
        done = host.run("report", self.log, self.log, "-qo", self.out)
        self.assertEqual(done.returncode, 4)
        self.assertEqual(len(self.data()["logs"]), 2)

    def test_nothing_is_written_of_logs_that_hold_nothing(self):
        with open(self.path("empty.log"), "w", encoding="utf-8") as file:
            file.write("hello\n")
        done = host.run("report", self.path("empty.log"), "-o", self.out)
        self.assertEqual(done.returncode, 4)
        self.assertIn("no snapshot", done.stderr.decode())
        self.assertFalse(os.path.exists(self.out))
        self.assertEqual(host.run("report", self.path("none.log"), "-o", self.out).returncode, 3)
        self.assertEqual(host.run("report", "--no-such").returncode, 2)

    def test_the_page_asks_for_nothing_from_outside(self):
        host.run("report", self.log, "-qo", self.out)
        page = re.sub(r"/\*!.*?\*/", "", self.read(), flags=re.S)
        self.assertIn("default-src 'none'", page)
        self.assertEqual(re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*\"", page), [])
        self.assertNotIn("@import", page)

    def test_colours_of_tasks_differ_also_for_the_colour_blind(self):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../host/report/style.css")
        with open(path, encoding="utf-8") as file:
            style = file.read()
        for scheme in style.split("(prefers-color-scheme: dark)")[:2]:
            found = re.findall(r"--task-(?:\d|other): (#[0-9a-f]{6})", scheme)
            self.assertEqual(len(found), 9)
            self.assertGreater(palette.nearest(found), 0.1)


if __name__ == "__main__":
    host.BINARY = sys.argv.pop(1)
    unittest.main()
