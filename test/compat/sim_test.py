#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Programs for ESP-IDF on the computer, seen from outside: sim_test.py BIN CLASS

BIN is the build folder's bin/. Each class is a test of ctest's.
"""

import os
import re
import subprocess
import sys
import unittest

BIN = sys.argv[1]
BASIC = os.path.join(BIN, "esp_idf_heap_task_tracking_basic")
ADVANCED = os.path.join(BIN, "esp_idf_heap_task_tracking_advanced")
CASES = os.path.join(BIN, "test", "compat_unity_cases")
TWO_CORES = {"esp32", "esp32s3", "esp32h4", "esp32p4", "esp32s31"}


def run(program, *options, text="", environment=None):
    """(exit code, standard output, standard error)"""
    done = subprocess.run([program, *options], input=text, capture_output=True, encoding="utf-8",
                          timeout=60, check=False, env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout, done.stderr


def chips():
    """{name: [(start, size, type)]} of --list-chips, in its order."""
    code, output, _ = run(BASIC, "--list-chips")
    assert code == 0
    found, heaps = {}, None
    for line in output.splitlines():
        if not line.startswith(" "):
            heaps = found.setdefault(line.split()[0], [])
        else:
            match = re.match(r"\s+0x(\w+)\s+(\d+)\s+(\S+(?: \S+)*?)(?:  .*)?$", line)
            heaps.append((int(match[1], 16), int(match[2]), match[3]))
    return found


class Options(unittest.TestCase):
    """The command line."""

    def test_help_names_all_options_and_exit_codes(self):
        code, output, errors = run(BASIC, "--help")
        self.assertEqual((code, errors), (0, ""))
        for word in ("--chip", "--list-chips", "--psram", "--heap-start", "--realtime", "--seed",
                     "--run-for", "--version", "Exit codes"):
            self.assertIn(word, output)
        self.assertLess(max(map(len, output.splitlines())), 101)

    def test_version(self):
        self.assertRegex(run(BASIC, "--version")[1],
                         r"^esp_idf_heap_task_tracking_basic \(heapledger \d")

    def test_what_is_wrong_is_named_and_exits_with_2(self):
        for options, said in ((["--chip", "esp99"], "esp99"), (["--seed", "x"], "--seed"),
                              (["--psram", "8X"], "8X"), (["--run-for", "0"], "--run-for"),
                              (["--heap-start", "123"], "123"), (["--what"], "--what"),
                              (["more"], "more"), (["--chip", "esp32c3", "--psram", "1M"], "PSRAM")):
            code, output, errors = run(BASIC, *options)
            self.assertEqual((code, output), (2, ""), options)
            self.assertIn(said, errors)
            self.assertIn("--help", errors)

    def test_all_thirteen_chips_are_listed(self):
        self.assertEqual(len(chips()), 13)

    def test_sizes_may_have_a_unit(self):
        for size in ("1M", "1024K", "1048576", "1MB", "1MiB"):
            output = run(BASIC, "--psram", size, "--seed", "1")[1]
            self.assertEqual(output, run(BASIC, "--psram", "1M", "--seed", "1")[1])


class Examples(unittest.TestCase):
    """The two projects run on each chip, and what they print adds up."""

    def check_basic(self, chip, heaps, output):
        """Each task's heaps add up to its total, each heap's blocks to the heap's."""
        details = output[output.index("All tasks, with heaps and blocks:"):]
        sizes = {}
        tasks = re.split(r"^[├└] ", details, flags=re.MULTILINE)[1:]
        for task in tasks:
            state, name, current, count = re.match(
                r"(ALIVE|DELETED): (.+), CURRENT MEMORY USAGE (\d+), PEAK MEMORY USAGE \d+, "
                r"TOTAL HEAP USED (\d+):", task).groups()
            found = re.findall(r"HEAP: (.+), CAPS: 0x(\w+), SIZE: (\d+), USAGE: CURRENT (\d+) .*, "
                               r"ALLOC COUNT: (\d+)\n((?:.*ALLOC 0x.*\n)*)", task)
            self.assertEqual(len(found), int(count), name)
            self.assertEqual(sum(int(heap[3]) for heap in found), int(current), name)
            for heap, _, size, usage, blocks, lines in found:
                listed = re.findall(r"ALLOC 0x(\w+), SIZE (\d+)", lines)
                self.assertEqual(len(listed), int(blocks))
                self.assertEqual(sum(int(block[1]) for block in listed), int(usage))
                for address, _ in listed:
                    self.assertTrue(any(
                        start <= int(address, 16) < start + length and kind == heap
                        and length == int(size) for start, length, kind in heaps), address)
            sizes[name] = (state, int(current))
        expected = {"main", "Pre-scheduler", "no_leak_task", "leaking_task"}
        self.assertLessEqual(expected, set(sizes))
        self.assertEqual(sizes["no_leak_task"], ("DELETED", 0))
        self.assertEqual(sizes["leaking_task"][0], "DELETED")
        self.assertGreaterEqual(sizes["leaking_task"][1], 3 * 64)
        self.assertEqual("ipc0" in sizes, chip in TWO_CORES)
        self.assertEqual(list(sizes)[-1], "Pre-scheduler")

    def test_basic_on_each_chip(self):
        for chip, heaps in chips().items():
            with self.subTest(chip):
                code, output, errors = run(BASIC, "--chip", chip, "--seed", "7")
                self.assertEqual((code, errors), (0, ""))
                self.check_basic(chip, heaps, output)
                self.assertTrue(
                    output.splitlines()[-1].endswith("main_task: Returned from app_main()"))

    def test_advanced_on_each_chip(self):
        for chip in chips():
            with self.subTest(chip):
                code, output, errors = run(ADVANCED, "--chip", chip, "--seed", "7")
                self.assertEqual((code, errors), (0, ""))
                everything = output[output.index("All tasks"):]
                for task in re.split(r"^(?=\S+: (?:ALIVE  |DELETED): )", everything,
                                     flags=re.MULTILINE)[1:]:
                    total = int(re.search(r"Current Usage (\d+)", task).group(1))
                    heaps = re.findall(r"^    \S.*Current Usage (\d+)", task, re.MULTILINE)
                    blocks = re.findall(r"0x\w+: Size: (\d+)", task)
                    self.assertEqual(sum(map(int, heaps)), total)
                    self.assertEqual(sum(map(int, blocks)), total)
                self.assertRegex(everything,
                                 r"leaking_task: DELETED: Peak Usage \d+, Current Usage [1-9]")
                self.assertRegex(everything,
                                 r"no_leak_task: DELETED: Peak Usage \d+, Current Usage 0")

    def test_esp32s3_has_the_heaps_of_the_reference(self):
        output = run(BASIC, "--chip", "esp32s3", "--seed", "7")[1]
        self.assertIn("HEAP: RAM, CAPS: 0x0010580e, SIZE: 22308,", output)
        self.assertIn("HEAP: RAM, CAPS: 0x0010580e, SIZE: 344400,", output)
        self.assertIn("heap_init: At 3FCE9710 len 00005724 (21 KiB): RAM", output)

    def test_a_seed_repeats_a_run_and_another_does_not(self):
        first = run(ADVANCED, "--seed", "7")[1]
        self.assertEqual(first, run(ADVANCED, "--seed", "7")[1])
        self.assertNotEqual(first, run(ADVANCED, "--seed", "8")[1])

    def test_a_chosen_seed_is_said(self):
        _, output, errors = run(BASIC)
        seed = re.search(r"the same run again: --seed (\d+)", errors).group(1)
        self.assertEqual(output, run(BASIC, "--seed", seed)[1])

    def test_real_time_takes_its_time(self):
        code, output, _ = run(BASIC, "--seed", "7", "--realtime", "--run-for", "1")
        self.assertEqual(code, 0)
        self.assertIn("Round 1", output)
        self.assertNotIn("Round 3", output)


class Cases(unittest.TestCase):
    """Test cases by menu, and programs that go wrong."""

    def run_menu(self, *lines, environment=None):
        return run(CASES, "--seed", "1", text="".join(line + "\n" for line in lines),
                   environment=environment)

    def test_one_that_passes(self):
        code, output, errors = self.run_menu('"passes"')
        self.assertEqual((code, errors), (0, ""))
        self.assertRegex(output, r"Running passes...\nset up\ntear down\n"
                                 r".*unity_cases.c:\d+:passes:PASS\n")
        self.assertIn("1 Tests 0 Failures 0 Ignored", output)
        self.assertIn("Press ENTER to see the list of tests.", output)

    def test_one_that_fails_and_the_next_runs(self):
        code, output, _ = self.run_menu("[bad]")
        self.assertEqual(code, 1)
        self.assertRegex(output, r"unity_cases.c:\d+:fails:FAIL: Expected 2 Was 3: numbers\n")
        self.assertIn("threshold comes first:FAIL: Expected to be greater than 5 Was 5", output)
        self.assertNotIn("not reached", output)
        self.assertIn("2 Tests 2 Failures 0 Ignored", output)
        self.assertEqual(output.count("tear down"), 2)

    def test_tags_numbers_and_lists(self):
        self.assertIn("3 Tests 2 Failures 0 Ignored", self.run_menu("[all]")[1])
        self.assertIn('(2)\t"fails" [bad][all]', self.run_menu("")[1])
        self.assertIn("1 Tests 0 Failures 1 Ignored", self.run_menu("4")[1])
        self.assertIn("There is no test 99", self.run_menu("99")[1])
        self.assertIn("What is", self.run_menu("hello")[1])

    def test_what_ends_the_program_says_so(self):
        for tag, said in (("other", "in the task 'other'"),
                          ("assert", "assertion failed: zero == 1"),
                          ("abort", "abort() was called in the task 'main'"),
                          ("check", "ESP_ERR_NO_MEM"), ("wait", "app_main() has not returned"),
                          ("delay", "these tasks wait for ever: 'main'")):
            code, _, errors = self.run_menu(f"[{tag}]")
            self.assertEqual(code, 1, tag)
            self.assertIn(said, errors)

    def test_a_task_that_is_left_waiting_is_no_failure(self):
        code, _, errors = self.run_menu("[leave]")
        self.assertEqual(code, 0)
        self.assertIn("these tasks wait for ever: 'delay'", errors)

    def test_main_may_delete_itself(self):
        code, _, errors = self.run_menu("[end]")
        self.assertEqual((code, errors), (0, ""))

    def test_a_task_that_never_waits_is_found(self):
        code, _, errors = self.run_menu("[busy]", environment={"HEAPLEDGER_WATCHDOG_MS": "300"})
        self.assertEqual(code, 1)
        self.assertIn("has not blocked", errors)

    def test_output_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([BASIC, "--seed", "7"], stdout=full, stderr=subprocess.PIPE,
                                  timeout=60, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"cannot write to standard output", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], sys.argv[2], "-q"])
