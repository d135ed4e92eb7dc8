#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests the programs of the simulation from outside: demo_test.py BIN_FOLDER CLASS..."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scripts"))
import check_demo  # noqa: E402 (the folder is known only now)

BIN = sys.argv[1] if len(sys.argv) > 1 else "build/bin"
BASIC = os.path.join(BIN, "heap_task_tracking")
ADVANCED = os.path.join(BIN, "heap_task_tracking_advanced")
MISBEHAVE = os.path.join(BIN, "test", "test_demo_misbehave")
SMALL, LARGE = 22308, 344400


def run(*command, env=None, **how):
    """Runs a program; standard output and error are text, unless they go elsewhere."""
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    return subprocess.run(command, env={**os.environ, **(env or {})}, text=True, timeout=100,
                          check=False, **how)


def run_in_shell(redirection, *command):
    """As run(), with a redirection that only a shell knows."""
    return run("sh", "-c", 'exec "$@" ' + redirection, "sh", *command)


def tables_of(output):
    """The printed tables; a test that gets lines it cannot read fails."""
    tables, strange = check_demo.parse(output)
    if strange:
        raise AssertionError(f"lines not understood: {strange[:3]}")
    return tables


def last_entries(output):
    """The entries of the last table by name."""
    return {entry.name: entry for entry in tables_of(output)[-1][1]}


class Options(unittest.TestCase):
    """The command line."""

    def test_help_names_every_option_and_goes_to_stdout(self):
        for option in ("--help", "--hel"):
            done = run(BASIC, option)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for word in ("--realtime", "--seed N", "--rounds N", "--keep-deleted=yes|no",
                         "--format text|wire", "--help", "--version", "HEAPLEDGER_WATCHDOG_MS"):
                self.assertIn(word, done.stdout)

    def test_version_is_the_projects(self):
        done = run(BASIC, "--version")
        with open(os.path.join(os.path.dirname(__file__), "..", "..", "VERSION"),
                  encoding="utf-8") as file:
            self.assertEqual(done.stdout, f"heap_task_tracking {file.read().strip()}\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_wrong_options_are_named_and_end_with_2(self):
        for arguments, culprit in (
                (["--bogus"], "--bogus"), (["-x"], "x"), (["junk"], "'junk'"),
                (["--seed", "7", "junk"], "'junk'"), (["--", "--seed"], "'--seed'"),
                (["-"], "'-'"), ([""], "''"),
                (["--seed"], "seed"), (["--seed="], "''"), (["--seed", "-1"], "'-1'"),
                (["--seed", "4294967296"], "'4294967296'"), (["--seed", "1x"], "'1x'"),
                (["--seed", " 1"], "' 1'"), (["--seed", "+1"], "'+1'"),
                (["--seed", "99999999999999999999999"], "'9999"),
                (["--rounds"], "rounds"), (["--rounds", "0"], "'0'"),
                (["--rounds", "1000001"], "'1000001'"), (["--rounds", "many"], "'many'"),
                (["--keep-deleted"], "keep-deleted"), (["--keep-deleted=maybe"], "'maybe'"),
                (["--keep-deleted="], "''"), (["--keep-deleted=YES"], "'YES'"),
                (["--format"], "format"), (["--format=xml"], "'xml'"),
                (["--realtime=1"], "realtime"), (["--version=1"], "version")):
            with self.subTest(arguments=arguments):
                done = run(BASIC, *arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(culprit, done.stderr)
                self.assertIn("heap_task_tracking --help", done.stderr)
                self.assertTrue(all(line.startswith("heap_task_tracking: ")
                                    for line in done.stderr.splitlines()), done.stderr)

    def test_wrong_watchdog_limit_ends_with_2(self):
        for value in ("", "soon", "-1", "86400001"):
            with self.subTest(value=value):
                done = run(BASIC, env={"HEAPLEDGER_WATCHDOG_MS": value})
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn("HEAPLEDGER_WATCHDOG_MS", done.stderr)

    def test_random_seed_is_shown_and_repeats_the_run(self):
        first, second = run(BASIC), run(BASIC)
        seed = re.match(r"heap_task_tracking: .*--seed (\d+)", first.stderr)
        self.assertTrue(seed, first.stderr)
        self.assertNotEqual(first.stdout, second.stdout)
        again = run(BASIC, "--seed", seed[1])
        self.assertEqual(again.stdout, first.stdout)
        self.assertNotIn("--seed", again.stderr)

    def test_smallest_and_largest_values_are_taken(self):
        outputs = set()
        for seed in ("0", "1", "4294967294", "4294967295"):
            done = run(BASIC, f"--seed={seed}", "--rounds", "1")
            self.assertEqual(done.returncode, 0)
            outputs.add(done.stdout)
        self.assertEqual(len(outputs), 4)

    def test_rounds_are_as_many_as_asked_for(self):
        for rounds in (1, 3, 12):
            tables = tables_of(run(BASIC, "--seed", "7", "--rounds", str(rounds)).stdout)
            self.assertEqual([heading for heading, _ in tables],
                             ["PRINTING SINGLE TASK INFO"] * (2 * rounds)
                             + ["PRINTING ALL TASKS INFO"])

    def test_what_an_app_returns_is_the_exit_code(self):
        self.assertEqual(run(MISBEHAVE).returncode, 42)


class Story(unittest.TestCase):
    """What the programs print."""

    def test_single_tables_show_both_tasks_alive_in_turn(self):
        tables = tables_of(run(BASIC, "--seed", "7").stdout)
        names = [[entry.name for entry in table] for _, table in tables[:-1]]
        self.assertEqual(names, [["no_leak_task"], ["leaking_task"]] * 5)
        for _, table in tables[:-1]:
            self.assertFalse(table[0].deleted)
        for _, table in tables[:-1:2]:
            self.assertEqual(table[0].current, 0)

    def test_leaking_task_owes_one_block_more_after_each_round(self):
        tables = tables_of(run(BASIC, "--seed", "7").stdout)
        owed = [sum(heap["count"] for heap in table[0].heaps) for _, table in tables[1::2]]
        self.assertEqual(owed, [1, 2, 3, 4, 5])

    def test_both_tasks_use_both_heaps(self):
        for seed in range(1, 31):
            last = last_entries(run(BASIC, "--seed", str(seed)).stdout)
            for name in ("no_leak_task", "leaking_task"):
                sizes = [heap["size"] for heap in last[name].heaps]
                self.assertEqual(sizes, [SMALL, LARGE], f"seed {seed}, {name}")

    def test_main_ends_alive_with_nothing_and_the_others_dead(self):
        last = last_entries(run(BASIC, "--seed", "7").stdout)
        self.assertFalse(last["main"].deleted)
        self.assertEqual(last["main"].current, 0, "it was charged for the stacks of both tasks")
        self.assertGreater(last["main"].peak, 0)
        self.assertEqual(list(last)[:2], ["leaking_task", "no_leak_task"])

    def test_headings_and_heaps_have_the_form_of_the_reference(self):
        rule = "-" * 80
        text = run(BASIC, "--seed", "7", "--format", "text").stdout
        self.assertTrue(text.startswith(f"{rule}\nPRINTING SINGLE TASK INFO\n{rule}\nno_leak_task: "))
        self.assertIn(f"\n\n{rule}\nPRINTING ALL TASKS INFO\n{rule}\nleaking_task: DELETED: ", text)
        heaps = {line.split(",")[0] for line in text.splitlines() if line.startswith("    RAM")}
        self.assertEqual(heaps, {f"    RAM: Caps: 1071118. Size {SMALL}",
                                 f"    RAM: Caps: 1071118. Size {LARGE}"})

    def test_blocks_lie_in_their_heap(self):
        starts = {SMALL: 0x3fce9710, LARGE: 0x3fc955c0}
        for _, table in tables_of(run(BASIC, "--seed", "7").stdout):
            for heap in (heap for entry in table for heap in entry.heaps):
                for address, size in heap["blocks"]:
                    self.assertGreater(address, starts[heap["size"]])
                    self.assertLess(address + size, starts[heap["size"]] + heap["size"])

    def test_verdict_says_who_died_owing_what_and_where(self):
        done = run(BASIC, "--seed", "7")
        leaking = last_entries(done.stdout)["leaking_task"]
        lines = done.stderr.splitlines()
        self.assertEqual(lines[:2], ["Verdict:", f"leaking_task died owing {leaking.current} bytes:"])
        ends = {SMALL: "0x3fce9710 to 0x3fceee33", LARGE: "0x3fc955c0 to 0x3fce970f"}
        owing = [heap for heap in leaking.heaps if heap["count"]]
        for line, heap in zip(lines[2:], owing):
            plural = "" if heap["count"] == 1 else "s"
            self.assertEqual(line, f"    {heap['current']} bytes in {heap['count']} block{plural} "
                                   f"of the heap RAM at {ends[heap['size']]}")
        self.assertRegex(lines[2 + len(owing)], "^no_leak_task is dead and gave everything back")
        self.assertEqual(len(lines), 3 + len(owing))

    def test_verdict_names_who_is_no_longer_listed(self):
        done = run(BASIC, "--seed", "7", "--keep-deleted=no")
        self.assertNotIn("no_leak_task", last_entries(done.stdout))
        self.assertIn("leaking_task died owing", done.stderr)
        self.assertIn("no_leak_task is dead, gave everything back and is no longer listed",
                      done.stderr)

    def test_full_heaps_are_no_catastrophe(self):
        done = run(ADVANCED, "--seed", "7", "--rounds", "300")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(re.search(r"failures [1-9]", done.stdout))
        done = run(BASIC, "--seed", "7", "--rounds", "300")
        self.assertEqual(done.returncode, 0, done.stderr)
        wrong = [line for _, table in tables_of(done.stdout) for entry in table
                 for line in entry.wrong()]
        self.assertEqual(wrong, [])

    def test_advanced_shows_the_same_figures_as_basic(self):
        for seed in ("7", "8"):
            basic, advanced = (run(program, "--seed", seed).stdout for program in (BASIC, ADVANCED))
            figures, heap_sizes = [], {"0x3fce9710": SMALL, "0x3fc955c0": LARGE}
            for line in advanced.splitlines():
                task = re.match(r"^(\S.*?) +(ALIVE|DELETED) +(\d+) +(\d+) +(\d+)$", line)
                heap = re.match(r"^  RAM at (\S+) +(\d+) +(\d+) +(\d+)$", line)
                block = re.match(r"^    0x([0-9a-f]+) +(\d+)$", line)
                if task:
                    figures.append((task[1], task[2] == "DELETED", int(task[3]), int(task[4])))
                elif heap:
                    figures.append((heap_sizes[heap[1]], *map(int, heap.groups()[1:])))
                elif block:
                    figures.append((int(block[1], 16), int(block[2])))
            expected = []
            for _, table in tables_of(basic):
                for entry in table:
                    expected.append((entry.name, entry.deleted, entry.current, entry.peak))
                    for heap in entry.heaps:
                        expected.append((heap["size"], heap["current"], heap["peak"],
                                         heap["count"]))
                        expected += heap["blocks"]
            self.assertEqual(figures, expected)

    def test_real_time_takes_its_time_and_adds_up(self):
        started = time.monotonic()
        done = run(BASIC, "--seed", "7", "--rounds", "2", "--realtime")
        self.assertGreater(time.monotonic() - started, 0.3)
        self.assertEqual(done.returncode, 0, done.stderr)
        for _, table in tables_of(done.stdout):
            for entry in table:
                self.assertEqual(entry.wrong(), [])


class Determinism(unittest.TestCase):
    """Virtual time."""

    def check(self, program, *options):
        first = run(program, "--seed", "7", *options)
        self.assertEqual(first.returncode, 0, first.stderr)
        for _ in range(10):
            again = run(program, "--seed", "7", *options)
            self.assertEqual((again.stdout, again.stderr), (first.stdout, first.stderr))

    def test_every_run_of_a_seed_is_the_same(self):
        self.check(BASIC)

    def test_every_run_is_the_same_without_the_deleted(self):
        self.check(BASIC, "--keep-deleted=no")

    def test_every_run_is_the_same_in_wire_format(self):
        self.check(BASIC, "--format=wire")

    def test_every_run_of_the_advanced_program_is_the_same(self):
        self.check(ADVANCED)

    def test_seconds_of_the_scenario_pass_quickly(self):
        started = time.monotonic()
        done = run(BASIC, "--seed", "7", "--rounds", "100", "--format", "wire")
        self.assertLess(time.monotonic() - started, 30)
        times = [int(number) for number in re.findall(r'"uptime_ms":(\d+)', done.stdout)]
        self.assertGreater(max(times), 50 * 1000)


class Output(unittest.TestCase):
    """Where output goes, and where it cannot go."""

    def test_closed_stdout_ends_with_3(self):
        for program in (BASIC, ADVANCED):
            for options in ([], ["--format=wire"], ["--help"], ["--version"]):
                done = run_in_shell(">&-", program, "--seed", "7", *options)
                self.assertEqual(done.returncode, 3, options)
                self.assertIn("cannot write to standard output: Bad file descriptor", done.stderr)

    def test_full_disk_ends_with_3(self):
        for options in ([], ["--format=wire"], ["--help"]):
            done = run_in_shell(">/dev/full", BASIC, "--seed", "7", *options)
            self.assertEqual(done.returncode, 3)
            self.assertIn("cannot write to standard output: No space left", done.stderr)

    def test_broken_pipe_ends_with_3(self):
        for options in ([], ["--realtime"]):
            with subprocess.Popen([BASIC, "--seed", "7", *options], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True) as process:
                process.stdout.close()
                self.assertEqual(process.wait(timeout=60), 3)
                self.assertIn("cannot write to standard output: Broken pipe",
                              process.stderr.read())

    def test_closed_stderr_and_stdin_do_not_matter(self):
        whole = run(BASIC, "--seed", "7").stdout
        done = run_in_shell("2>&- <&-", BASIC, "--seed", "7")
        self.assertEqual((done.returncode, done.stdout), (0, whole))

    def test_slow_reader_gets_everything(self):
        options = ["--seed", "7", "--rounds", "90"]
        whole = run(BASIC, *options).stdout
        self.assertGreater(len(whole), 200 * 1000) # more than a pipe holds
        with subprocess.Popen([BASIC, *options], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True,
                              env={**os.environ, "HEAPLEDGER_WATCHDOG_MS": "200"}) as process:
            time.sleep(1) # the pipe is full by now; waiting for a reader is not hanging
            self.assertEqual(process.stdout.read(), whole)
            self.assertEqual(process.wait(timeout=60), 0)

    def check_non_blocking_pipe(self, whole, *command, env=None):
        """The pipe takes what fits, and refuses the rest until somebody reads."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        with subprocess.Popen(command, stdout=writer, stderr=subprocess.DEVNULL,
                              env={**os.environ, **(env or {})}) as process:
            os.close(writer)
            with os.fdopen(reader, encoding="utf-8") as pipe:
                time.sleep(0.5)
                self.assertEqual(pipe.read(), whole)
            self.assertEqual(process.wait(timeout=60), 0)

    def test_non_blocking_pipe_gets_everything(self):
        command = [BASIC, "--seed", "7", "--rounds", "90"]
        self.check_non_blocking_pipe(run(*command).stdout, *command)

    def test_one_large_write_is_continued_where_it_stopped(self):
        for options in ([], ["--realtime"]):
            self.check_non_blocking_pipe("abcdefghijklmnopqrstuvwxyz" * 38461 + "abcdefghijklmn",
                                         MISBEHAVE, *options, env={"MISBEHAVE": "write-much"})

    def test_file_that_may_not_grow_ends_with_3(self):
        with tempfile.NamedTemporaryFile() as file:
            done = run("sh", "-c", 'ulimit -f 1; exec "$0" --seed 7 >"$1"', BASIC, file.name)
            self.assertEqual(done.returncode, 3)
            self.assertIn("cannot write to standard output: File too large", done.stderr)
            self.assertEqual(os.path.getsize(file.name) % 512, 0)

    def test_wire_format_is_lines_for_the_computer_and_nothing_else(self):
        for program in (BASIC, ADVANCED):
            done = run(program, "--seed", "7", "--rounds", "3", "--format=wire")
            self.assertEqual(done.returncode, 0, done.stderr)
            places = []
            for line in done.stdout.splitlines():
                match = re.match(r"^(@HL1 (\{.*\})) ([0-9a-f]{8})$", line)
                self.assertTrue(match, line)
                self.assertLessEqual(len(line), 200)
                self.assertEqual(zlib.crc32(match[2].encode()), int(match[3], 16), line)
                places.append(next(iter(json.loads(match[2]).values())))
            self.assertEqual({boot for boot, _, _ in places}, {7}, "the boot id is the seed")
            self.assertEqual({number for _, number, _ in places}, {0, 1, 2, 3})
            self.assertEqual(places, sorted(places))
            self.assertIn(f'"build":"{os.path.basename(program)} ', done.stdout)
            self.assertIn("leaking_task died owing", done.stderr)


class Watchdog(unittest.TestCase):
    """A simulation whose time stands still."""

    def run_stuck(self, how, *options, limit="300"):
        env = {"MISBEHAVE": how}
        if limit:
            env["HEAPLEDGER_WATCHDOG_MS"] = limit
        return run(MISBEHAVE, "--seed", "1", *options, env=env)

    def test_task_that_never_blocks_is_named(self):
        for how, task in (("spin-in-task", "hog"), ("spin-in-main", "main"),
                          ("spin-suspended", "main"), ("spin-in-critical-section", "main"),
                          ("yield-in-task", "polite_hog")):
            with self.subTest(how=how):
                done = self.run_stuck(how)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertEqual(done.stderr, f"misbehave: task '{task}' has not blocked for 300 ms: "
                                              "virtual time stands still\n")

    def test_after_five_seconds_unless_told_otherwise(self):
        started = time.monotonic()
        done = self.run_stuck("spin-in-task", limit=None)
        self.assertEqual(done.returncode, 1)
        self.assertIn("task 'hog' has not blocked for 5 s", done.stderr)
        self.assertGreater(time.monotonic() - started, 4.9)
        self.assertLess(time.monotonic() - started, 10)

    def test_real_time_is_watched_as_well(self):
        for how in ("spin-in-critical-section",):
            done = self.run_stuck(how, "--realtime")
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("task 'main' has kept ticks away for 300 ms", done.stderr)

    def test_busy_task_is_fine_in_real_time(self):
        with self.assertRaises(subprocess.TimeoutExpired):
            subprocess.run([MISBEHAVE, "--seed", "1", "--realtime"], check=False, timeout=1.5,
                           env={**os.environ, "MISBEHAVE": "spin-in-task",
                                "HEAPLEDGER_WATCHDOG_MS": "300"})

    def test_waiting_for_long_is_not_hanging(self):
        self.assertEqual(self.run_stuck("wait", limit="2000").returncode, 0)

    def test_limit_of_0_never_ends_it(self):
        with self.assertRaises(subprocess.TimeoutExpired):
            subprocess.run([MISBEHAVE, "--seed", "1"], check=False, timeout=1,
                           env={**os.environ, "MISBEHAVE": "spin-in-task",
                                "HEAPLEDGER_WATCHDOG_MS": "0"})

    def test_failed_assertion_says_where(self):
        done = self.run_stuck("fail-assertion")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^misbehave: \S*misbehave\.c:\d+: assertion failed: how == ")


class Heaps(unittest.TestCase):
    """The addresses of the heaps."""

    def test_taken_addresses_end_with_3(self):
        for page in ("first", "last"):
            done = run(MISBEHAVE, "--seed", "1", env={"MISBEHAVE": f"take-{page}-page"})
            self.assertEqual((done.returncode, done.stdout), (3, ""))
            self.assertEqual(done.stderr, "misbehave: cannot map the heaps: the addresses 0x3fc95000 "
                                          "to 0x3fcef000 are taken in this process\n")

    def test_what_lies_behind_does_not_matter(self):
        done = run(MISBEHAVE, "--seed", "1", env={"MISBEHAVE": "take-behind"})
        self.assertEqual((done.returncode, done.stderr), (42, ""))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
