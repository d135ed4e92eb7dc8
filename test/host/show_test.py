# SPDX-License-Identifier: MIT
"""heapledger show: each format as it should come out, options, exit codes."""
import os
import sys
import tempfile
import unittest

import formats
import host

HERE = os.path.dirname(os.path.abspath(__file__))
REFERENCE = os.path.join(HERE, "reference.txt")


def lines(*parts):
    """Bytes of a console."""
    return ("\n".join(line for part in parts for line in part) + "\n").encode()


class Reference(unittest.TestCase):
    """The published output of the reference's example."""

    def setUp(self):
        with open(REFERENCE, "rb") as file:
            self.data = file.read()

    def test_leaking_task_is_named_with_its_bytes_and_blocks(self):
        done = host.run("show", REFERENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        first = done.stdout.decode().splitlines()[0]
        self.assertIn("leaked: leaking_task", first)
        self.assertIn("13616 bytes in 4 blocks", first)

    def test_json_has_every_figure(self):
        result = host.show(self.data)
        self.assertEqual((result["schema"], result["source"], result["damaged"]), (1, "stdin", 0))
        tasks = {task["name"]: task for task in result["snapshots"][0]["tasks"]}
        self.assertEqual(list(tasks), ["leaking_task", "no_leak_task", "main", "ipc1", "ipc0",
                                       "Pre-scheduler"])
        leaking = tasks["leaking_task"]
        self.assertEqual((leaking["state"], leaking["current"], leaking["peak"], leaking["verdict"]),
                         ("deleted", 13616, 19248, "leaked"))
        self.assertIsNone(leaking["serial"])
        self.assertEqual([heap["current"] for heap in leaking["heaps"]], [10608, 3008])
        self.assertEqual(leaking["heaps"][0]["block_list"][1], {"address": "0x3fceb634", "size": 368})
        self.assertEqual(tasks["no_leak_task"]["verdict"], "steady")
        self.assertIsNone(tasks["main"]["verdict"])

    def test_a_size_cut_to_16_bits_is_unknown_and_said(self):
        result = host.show(self.data)
        heaps = result["snapshots"][0]["tasks"][0]["heaps"]
        self.assertEqual(heaps[0]["size"], 22308)
        self.assertIsNone(heaps[1]["size"])
        self.assertEqual(heaps[1]["size_mod_65536"], 14832)
        self.assertIn("Size 14832 is too small", result["reports"][0]["what"])

    def test_all_has_each_print_as_a_snapshot_of_its_own(self):
        snapshots = host.show(self.data, "--all")["snapshots"]
        self.assertEqual([len(s["tasks"]) for s in snapshots], [1, 1, 1, 1, 6])
        self.assertEqual([s["partial"] for s in snapshots], [True] * 4 + [False])
        self.assertEqual(snapshots[3]["tasks"][0]["current"], 9664)

    def test_a_current_use_cut_to_16_bits_is_unknown_and_said(self):
        text = [line for line in lines(["big: ALIVE  : Peak Usage 34464, Current Usage 34464",
                "    RAM: Caps: 4. Size 40000, Current Usage 40000, Peak Usage 40000, alloc count 1",
                "        0x3fc90000: Size: 40000",
                "    PSRAM: Caps: 1028. Size 60000, Current Usage 60000, Peak Usage 60000, "
                "alloc count 1", "        0x3c000000: Size: 60000"]).decode().splitlines()]
        result = host.show(lines(text))
        task = result["snapshots"][0]["tasks"][0]
        self.assertIsNone(task["current"])
        self.assertEqual(result["damaged"], 0)
        self.assertTrue(any("16 bits" in r["what"] for r in result["reports"]))


class Formats(unittest.TestCase):
    """What every format says of the same state."""

    def test_formats_of_tasks_say_the_same(self):
        for seed in range(20):
            snapshot = formats.Snapshot(seed)
            for kind, write in (("text", formats.text), ("wire", formats.wire),
                                ("detailed", formats.detailed), ("overview", formats.overview)):
                result = host.show(lines(write(snapshot)))
                self.assertEqual(result["damaged"], 0, (seed, kind, result["reports"]))
                self.assertEqual(host.wrong_figures(result["snapshots"][0],
                                                    host.expected(snapshot, kind), False), [])

    def test_heap_summaries_say_what_is_free(self):
        for tracking in (False, True):
            snapshot = formats.Snapshot(3)
            result = host.show(lines(formats.summary(snapshot, tracking)))
            self.assertEqual(result["damaged"], 0, result["reports"])
            for got, heap in zip(result["snapshots"][0]["heaps"], snapshot.heaps):
                free, allocated, used, _ = formats.heap_figures(heap)
                self.assertEqual((got["start"], got["size"], got["free"], got["used"],
                                  got["blocks"]),
                                 (f"0x{heap.start:08x}", heap.size, free, allocated, used))
                self.assertIsNone(got["name"])

    def test_dumps_list_the_used_blocks(self):
        snapshot = formats.Snapshot(4)
        result = host.show(lines(formats.dump(snapshot)))
        self.assertEqual(result["damaged"], 0, result["reports"])
        for got, heap in zip(result["snapshots"][0]["heaps"], snapshot.heaps):
            self.assertEqual([(b["address"], b["size"]) for b in got["block_list"]],
                             [(f"0x{a:08x}", size) for a, size, task in heap.blocks if task])
            self.assertEqual(got["free"], formats.heap_figures(heap)[0])

    def test_formats_mix_in_one_stream(self):
        a, b, c = (formats.Snapshot(seed) for seed in (1, 2, 3))
        result = host.show(lines(formats.text(a), formats.wire(b), formats.detailed(c),
                                 formats.overview(a), formats.summary(b)), "--all")
        self.assertEqual([s["format"] for s in result["snapshots"]],
                         ["text", "wire", "esp-idf detailed", "esp-idf overview",
                          "esp-idf heap summary"])
        self.assertEqual(result["damaged"], 0)

    def test_wire_lines_may_come_in_any_order_and_twice(self):
        snapshot = formats.Snapshot(5)
        wire = formats.wire(snapshot)
        result = host.show(lines(wire[::-1], wire), "--all")
        self.assertEqual(len(result["snapshots"]), 1)
        self.assertEqual(result["damaged"], 0)
        self.assertEqual(host.wrong_figures(result["snapshots"][0],
                                            host.expected(snapshot, "wire"), False), [])

    def test_snapshots_of_two_boots_may_be_mixed(self):
        a, b = formats.Snapshot(6), formats.Snapshot(7)
        mixed = [line for pair in zip(formats.wire(a, boot=1), formats.wire(b, boot=2))
                 for line in pair]
        rest = max(formats.wire(a, boot=1), formats.wire(b, boot=2), key=len)[len(mixed) // 2:]
        result = host.show(lines(mixed, rest), "--all")
        self.assertEqual(sorted(s["boot"] for s in result["snapshots"]), [1, 2])
        self.assertEqual(result["damaged"], 0)

    def test_a_snapshot_that_is_whole_late_is_not_the_newest(self):
        first, second = formats.wire(formats.Snapshot(6)), formats.wire(formats.Snapshot(7), number=2)
        result = host.show(lines(first[:-1], second, first[-1:]))
        self.assertEqual((result["damaged"], result["snapshots"][0]["number"]), (0, 2))

    def test_a_boot_number_that_never_changes_does_not_hide_what_is_new(self):
        first, second = (formats.wire(formats.Snapshot(seed), number=number, uptime=9)
                         for seed, number in ((6, 50), (7, 1)))
        self.assertEqual(host.show(lines(first, second))["snapshots"][0]["number"], 1)

    def test_a_lost_wire_line_is_reported_and_its_figures_are_unknown(self):
        snapshot = formats.Snapshot(8)
        wire = formats.wire(snapshot)
        for lost in range(len(wire)):
            result = host.show(lines(wire[:lost], wire[lost + 1:]))
            self.assertGreater(result["damaged"], 0)
            self.assertEqual(host.wrong_figures(result["snapshots"][0],
                                                host.expected(snapshot, "wire"), True), [], wire[lost])

    def test_a_newer_schema_is_said(self):
        result = host.show(lines([formats.frame({"begin": [1, 1, 0], "schema": 2})]))
        self.assertEqual(result["snapshots"], [])
        self.assertIn("schema 2", result["reports"][0]["what"])


class Encodings(unittest.TestCase):
    """Logs that went through other programs."""

    def test_utf_16_is_read(self):
        for mark in (False, True):
            snapshot = formats.Snapshot(10)
            text = "\r\n".join(formats.detailed(snapshot))
            data = text.encode("utf-16" if mark else "utf-8-sig")
            result = host.show(data)
            self.assertEqual(host.wrong_figures(result["snapshots"][0],
                                                host.expected(snapshot, "detailed"), False), [])

    def test_blanks_before_lines_may_be_gone(self):
        snapshot = formats.Snapshot(11)
        result = host.show(lines([line.strip() for line in formats.text(snapshot)]))
        self.assertEqual(result["damaged"], 0, result["reports"])
        self.assertEqual(host.wrong_figures(result["snapshots"][0],
                                            host.expected(snapshot, "text"), False), [])

    def test_names_that_are_no_utf_8_come_out_as_latin_1(self):
        data = b"t\xfcr: ALIVE  : Peak Usage 0, Current Usage 0\n"
        self.assertEqual(host.show(data)["snapshots"][0]["tasks"][0]["name"], "t\u00fcr")

    def test_megabytes_without_a_line_end(self):
        wire = formats.wire(formats.Snapshot(12))
        data = b"\x00\xff binary " * 300000 + b" ".join(
            b"x" * 997 + line.encode() for line in wire) + b"\xfe" * 100000
        result = host.show(data)
        self.assertEqual(result["damaged"], 0, result["reports"])
        self.assertEqual(len(result["snapshots"][0]["tasks"]), 6)


class Prints(unittest.TestCase):
    """Where one print ends and the next begins."""

    def test_prints_without_headers_are_told_apart(self):
        snapshots = [formats.Snapshot(seed) for seed in range(5)]
        result = host.show(lines(*(formats.text(s, header=False) for s in snapshots)), "--all")
        self.assertEqual([len(s["tasks"]) for s in result["snapshots"]],
                         [len(s.tasks) for s in snapshots])

    def test_percents_vouch_for_a_peak(self):
        text = ["└ ALIVE: a, CURRENT MEMORY USAGE 0, PEAK MEMORY USAGE 1500, TOTAL HEAP USED 2:",
                "     ├ HEAP: A, CAPS: 0x00000804, SIZE: 2000, USAGE: CURRENT 0 (0%), PEAK 1500 (75%), "
                "ALLOC COUNT: 0",
                "     └ HEAP: B, CAPS: 0x00000804, SIZE: 2000, USAGE: CURRENT 0 (0%), PEAK 140 (70%), "
                "ALLOC COUNT: 0"]
        result = host.show(lines(text))
        self.assertGreater(result["damaged"], 0)
        self.assertNotIn(140, [heap["peak"] for heap in result["snapshots"][0]["tasks"][0]["heaps"]])

    def test_the_same_task_again_and_again_is_a_series(self):
        one = ["worker: ALIVE  : Peak Usage 100, Current Usage 100",
               "    RAM: Caps: 4. Size 22308, Current Usage 100, Peak Usage 100, alloc count 1",
               "        0x3fceb878: Size: 100"]
        result = host.show(lines(*[one] * 4), "--all")
        self.assertEqual(len(result["snapshots"]), 4)

    def test_a_folded_account_keeps_its_count(self):
        text = ["worker (3 dead): DELETED: Peak Usage 100, Current Usage 100",
                "    RAM: Caps: 4. Size 22308, Current Usage 100, Peak Usage 100, alloc count 1",
                "        0x3fceb878: Size: 100"]
        task = host.show(lines(text))["snapshots"][0]["tasks"][0]
        self.assertEqual((task["name"], task["folded"], task["verdict"]), ("worker", 3, "leaked"))

    def test_a_reboot_ends_a_print(self):
        detailed = formats.detailed(formats.Snapshot(9))
        half = detailed[:len(detailed) // 2]
        boot = ["ESP-ROM:esp32s3-20210327", "rst:0x1 (POWERON),boot:0x8", "I (24) boot: ESP-IDF v5.5"]
        result = host.show(lines(half, boot, detailed), "--all")
        self.assertGreater(result["damaged"], 0)
        self.assertEqual(host.wrong_figures(result["snapshots"][-1],
                                            host.expected(formats.Snapshot(9), "detailed"), False), [])


class Options(unittest.TestCase):
    """The command line."""

    def test_help_and_version(self):
        for words in (["--help"], ["show", "--help"], ["check", "--help"]):
            done = host.run(*words)
            self.assertEqual(done.returncode, 0)
            self.assertIn(b"usage: heapledger", done.stdout)
        self.assertRegex(host.run("--version").stdout, rb"^heapledger \d+\.\d+\.\d+\n$")
        self.assertRegex(host.run("show", "--version").stdout, rb"^heapledger \d+\.\d+\.\d+\n$")

    def test_wrong_usage_exits_with_2_and_says_where_help_is(self):
        for words in ([], ["frobnicate"], ["show", "--frobnicate", REFERENCE], ["show", "--at", "x"],
                      ["show", "--color", "pink", REFERENCE], ["show", REFERENCE, REFERENCE],
                      ["show", "--sort", "x", REFERENCE], ["show", "--at", "99", REFERENCE],
                      ["show", "--task", "nobody", REFERENCE], ["show", "--"]):
            done = host.run(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertTrue(done.stderr, words)

    def test_what_cannot_be_opened_exits_with_3(self):
        for words in (["show", "/nonexistent/log"], ["show", HERE], ["show", "tcp:localhost:1"],
                      ["show", "--", "/nonexistent/command"], ["show", "tcp:x"]):
            done = host.run(*words)
            self.assertEqual(done.returncode, 3, words)
            self.assertIn(b"heapledger: ", done.stderr)

    def test_a_log_without_snapshots_exits_with_4_and_says_what_would_be_read(self):
        done = host.run("show", "-", data=b"I (12) main: hello\n")
        self.assertEqual(done.returncode, 4)
        self.assertIn(b"no snapshot in 1 lines", done.stderr)

    def test_damage_is_located(self):
        wire = formats.wire(formats.Snapshot(1))
        wire[3] = wire[3].replace("0", "1", 1)
        done = host.run("show", "-", data=lines(wire))
        self.assertEqual(done.returncode, 4)
        self.assertIn(b"stdin:4: the check sum", done.stderr)

    def test_an_output_is_not_written_over_without_force(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "out.json")
            self.assertEqual(host.run("show", "--json", "-o", path, REFERENCE).returncode, 0)
            done = host.run("show", "--json", "-o", path, REFERENCE)
            self.assertEqual(done.returncode, 3)
            self.assertIn(b"--force", done.stderr)
            self.assertEqual(host.run("show", "--json", "-fo", path, REFERENCE).returncode, 0)

    def test_every_line_fits_the_width(self):
        for width in (40, 60, 80, 120):
            done = host.run("show", "--quiet", "--blocks", "-", env={"COLUMNS": str(width)},
                            data=lines(formats.wire(formats.Snapshot(2))))
            for line in done.stdout.decode().splitlines():
                self.assertLessEqual(len(line), width, line)

    def test_colour_only_when_asked_for(self):
        self.assertNotIn(b"\x1b", host.run("show", REFERENCE).stdout)
        self.assertIn(b"\x1b[31m", host.run("show", "--color", "always", REFERENCE).stdout)

    def test_a_command_is_run_and_read(self):
        done = host.run("show", "--bytes", "--", "cat", REFERENCE)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"13616 B", done.stdout)


if __name__ == "__main__":
    host.BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
