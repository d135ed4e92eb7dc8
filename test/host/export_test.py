# SPDX-License-Identifier: MIT
"""heapledger export and diff, read by real consumers: a JSON-schema validator, promtool, csv."""
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import jsonschema

import formats
import host
from show_test import HERE, REFERENCE, lines

WRITERS = (formats.text, formats.wire, formats.detailed, formats.overview, formats.summary,
           formats.dump)
ALL = lines(*(write(formats.Snapshot(3)) for write in WRITERS))
DAMAGED = lines(*(write(formats.Snapshot(4))[:-3] + write(formats.Snapshot(5))[2:]
                  for write in WRITERS))


def validator():
    """Of host/schema.json."""
    with open(os.path.join(HERE, "..", "..", "host", "schema.json"), encoding="utf-8") as file:
        return jsonschema.Draft202012Validator(json.load(file))


class Export(unittest.TestCase):
    """Each format of all snapshots of all formats, damaged or not."""

    def export(self, kind, data, code=0):
        done = host.run("export", "--quiet", "--format", kind, "-", data=data)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout.decode()

    def test_json_is_valid_by_the_schema(self):
        for data, code in ((ALL, 0), (DAMAGED, 4), (b"", 4)):
            validator().validate(json.loads(self.export("json", data, code)))
        with open(REFERENCE, "rb") as file:
            validator().validate(json.loads(self.export("json", file.read())))

    def test_show_json_is_valid_by_the_schema(self):
        validator().validate(host.show(ALL, "--all"))
        validator().validate(host.show(DAMAGED, "--all"))

    def test_ndjson_is_the_same_line_by_line(self):
        whole = json.loads(self.export("json", ALL))
        each = [json.loads(line) for line in self.export("ndjson", ALL).splitlines()]
        self.assertEqual(len(each), len(WRITERS))
        for snapshot, line in zip(whole["snapshots"], each):
            self.assertEqual({"schema": 1, "source": "stdin"} | snapshot, line)

    def test_csv_has_a_row_per_task_and_account(self):
        snapshot = formats.Snapshot(6)
        snapshot.tasks[0].name = 'odd, "name"'
        rows = list(csv.DictReader(io.StringIO(self.export("csv", lines(formats.wire(snapshot))))))
        self.assertEqual(len(rows), sum(1 + len(task.held) for task in snapshot.tasks))
        for task in snapshot.tasks:
            own = [row for row in rows if row["task"] == task.name]
            self.assertEqual(int(own[0]["current"]), task.current())
            self.assertEqual(own[0]["heap"], "")
            self.assertEqual({(row["heap"], int(row["current"])) for row in own[1:]},
                             {(heap.name, task.current(heap)) for heap in task.held})

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed (Debian: prometheus)")
    def test_openmetrics_passes_promtool(self):
        twins = formats.Snapshot(7)
        twins.tasks[0].name = twins.tasks[1].name = 'same "name"\\'
        for data, code in ((ALL, 0), (lines(formats.text(twins)), 0), (DAMAGED, 4), (b"", 4)):
            text = self.export("openmetrics", data, code)
            done = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), check=False,
                                  capture_output=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""), text)
            self.assertTrue(text.endswith("# EOF\n"))

    def test_openmetrics_has_the_figures(self):
        with open(REFERENCE, "rb") as file:
            text = self.export("openmetrics", file.read())
        self.assertIn('heapledger_task_current_bytes{task="leaking_task",id="0",state="deleted"} 13616',
                      text)

    def test_an_export_is_read_like_a_log(self):
        with tempfile.TemporaryDirectory() as folder:
            for kind in ("json", "ndjson"):
                path = os.path.join(folder, kind)
                self.assertEqual(host.run("export", "--format", kind, "-o", path, "-",
                                          data=ALL).returncode, 0)
                again = json.loads(host.run("show", "--json", "--all", path).stdout)["snapshots"]
                self.assertEqual(again, host.show(ALL, "--all")["snapshots"])

    def test_wrong_usage_and_files(self):
        self.assertEqual(host.run("export", "--format", "xml", REFERENCE).returncode, 2)
        self.assertEqual(host.run("export", "/nonexistent").returncode, 3)
        self.assertEqual(host.run("export", "-o", "/nonexistent/x", REFERENCE).returncode, 3)


class Diff(unittest.TestCase):
    """What changed."""

    def diff(self, before, after, *words, code=0):
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in "ab"]
            for path, snapshot in zip(paths, (before, after)):
                with open(path, "wb") as file:
                    file.write(lines(formats.wire(snapshot)))
            done = host.run("diff", "--json", *words, *paths)
            self.assertEqual(done.returncode, code, done.stderr)
            return json.loads(done.stdout)

    def test_nothing_changed(self):
        result = self.diff(formats.Snapshot(1), formats.Snapshot(1), "--exit-code")
        self.assertEqual((result["tasks"], result["heaps"]), ([], []))
        self.assertEqual(result["blocks"], {"come": [], "gone": [], "moved": []})

    def test_blocks_come_go_and_move(self):
        before, after = formats.Snapshot(2), formats.Snapshot(2)
        heap = after.heaps[1]
        used = [i for i, block in enumerate(heap.blocks) if block[2]]
        gone, moved = used[1], used[2]
        owner = heap.blocks[moved][2]
        other = next(t for t in after.tasks if t is not owner and heap in t.held)
        address, size, _ = heap.blocks[moved]
        heap.blocks[moved] = address, size, other
        owner.held[heap].remove((address, size))
        other.held[heap].append((address, size))
        lost = heap.blocks[gone]
        heap.blocks[gone] = lost[0], lost[1], None
        lost[2].held[heap].remove(lost[:2])
        come = heap.take(44, other)
        other.held[heap].append((come, 44))
        blocks = self.diff(before, after, "--exit-code", code=1)["blocks"]
        self.assertEqual(blocks["come"], [{"address": f"0x{come:08x}", "size": 44, "task": other.name}])
        self.assertEqual(blocks["gone"], [{"address": f"0x{lost[0]:08x}", "size": lost[1],
                                           "task": lost[2].name}])
        self.assertEqual(blocks["moved"], [{"address": f"0x{address:08x}", "size": size,
                                            "from": owner.name, "to": other.name}])

    def test_a_block_of_another_size_is_another_block(self):
        before, after = formats.Snapshot(4), formats.Snapshot(4)
        heap = after.heaps[1]
        at = next(i for i in range(len(heap.blocks) - 1) if heap.blocks[i][2])
        address, size, task = heap.blocks[at]
        heap.blocks[at] = address, size - 4, task
        task.held[heap].remove((address, size))
        task.held[heap].append((address, size - 4))
        blocks = self.diff(before, after)["blocks"]
        self.assertEqual([(b["address"], b["size"]) for b in blocks["gone"] + blocks["come"]],
                         [(f"0x{address:08x}", size), (f"0x{address:08x}", size - 4)])

    def test_tasks_come_go_and_change(self):
        before, after = formats.Snapshot(3), formats.Snapshot(3)
        after.tasks[1].alive = not after.tasks[1].alive
        gone = after.tasks.pop(0)
        for heap in after.heaps:
            heap.blocks = [(a, size, task if task is not gone else None)
                           for a, size, task in heap.blocks]
        changes = {task["name"]: task for task in self.diff(before, after)["tasks"]}
        self.assertEqual(changes[before.tasks[0].name]["change"], "gone")
        self.assertIn("state", changes[after.tasks[0].name])
        self.assertEqual(len(changes), 2)

    def test_snapshots_of_one_log(self):
        done = host.run("diff", "--from", "2", "--to", "4", "--bytes", REFERENCE)
        self.assertEqual(done.returncode, 0)
        self.assertIn("leaking_task: current 6656 B -> 9664 B (+3008 bytes)", done.stdout.decode())

    def test_wrong_usage_and_files(self):
        self.assertEqual(host.run("diff", REFERENCE, REFERENCE, REFERENCE).returncode, 2)
        self.assertEqual(host.run("diff", "--from", "0", REFERENCE).returncode, 2)
        self.assertEqual(host.run("diff", REFERENCE, "/nonexistent").returncode, 3)
        self.assertEqual(host.run("diff", "--to", "9", REFERENCE).returncode, 4)
        self.assertEqual(host.run("diff", REFERENCE, "/dev/null").returncode, 4)


if __name__ == "__main__":
    host.BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
