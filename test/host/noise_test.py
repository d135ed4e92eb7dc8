# SPDX-License-Identifier: MIT
"""What comes out of a noisy console is what went in, or it is reported as damaged: never a wrong figure.

noise_test.py BINARY [SEED [KIND]]: with a seed only that one, and its log is printed."""
import os
import random
import sys
import unittest

import formats
import host
import noise

FORMATS = {"text": formats.text, "wire": formats.wire, "detailed": formats.detailed,
           "overview": formats.overview}
SEEDS = range(int(os.environ.get("HL_NOISE_SEEDS", "20")))


def snapshot_of(rng, seed):
    """Any."""
    return formats.Snapshot(seed, tasks=rng.randint(2, 9), blocks=rng.randint(0, 60),
                            heaps=rng.randint(1, 3))


def harmless(seed, kind):
    """Noise that leaves every line whole."""
    rng = random.Random(f"harmless {kind} {seed}")
    snapshot = snapshot_of(rng, seed)
    lines = FORMATS[kind](snapshot)
    for change, chance in ((noise.log_lines, .6), (noise.stamps, .5), (noise.colours, .4)):
        if rng.random() < chance:
            lines = change(rng, lines)
    return snapshot, noise.join(rng, lines)


def harmful(seed, kind):
    """Noise that damages lines."""
    rng = random.Random(f"harmful {kind} {seed}")
    snapshot = snapshot_of(rng, seed)
    lines = FORMATS[kind](snapshot)
    if rng.random() < .5:
        lines = noise.log_lines(rng, lines)
    data = noise.join(rng, lines, "\n")
    kinds = [noise.lost_bytes, noise.cut_into] + ([noise.twisted] if kind == "wire" else [])
    return snapshot, rng.choice(kinds)(rng, data)


class Noise(unittest.TestCase):
    """Each seed is a log of its own."""

    def check(self, make, kind, seed):
        snapshot, data = make(seed, kind)
        result = host.show(data, "--all")
        want = host.expected(snapshot, kind)
        problems = [] if result["snapshots"] or result["damaged"] else ["nothing came out"]
        whole = make is harmless
        for got in result["snapshots"]:
            problems += host.wrong_figures(got, want, not whole)
        if whole and (result["damaged"] or len(result["snapshots"]) != 1):
            problems.append(f"{result['damaged']} places damaged: {result['reports'][:2]}, "
                            f"{len(result['snapshots'])} snapshots")
        if problems:
            self.fail(f"seed {seed}, {make.__name__}, {kind}: {problems[:5]}\n"
                      f"again: noise_test.py BINARY {seed} {kind}")

    def run_all(self, make):
        for kind in FORMATS:
            for seed in SEEDS:
                with self.subTest(kind=kind, seed=seed):
                    self.check(make, kind, seed)

    def test_noise_between_lines_changes_nothing(self):
        self.run_all(harmless)

    def test_damaged_lines_give_no_wrong_figure(self):
        self.run_all(harmful)


def merged(rng, first, second):
    """Lines of both, each in its order."""
    turns = [0] * len(first) + [1] * len(second)
    rng.shuffle(turns)
    rest = [iter(first), iter(second)]
    return [next(rest[turn]) for turn in turns]


def two_prints(seed, kinds, how):
    """Two prints at once, of tasks with different names: line by line, or one in the middle of the other."""
    rng = random.Random(f"two {kinds} {how} {seed}")
    pair = [formats.Snapshot(seed + 1000 * i, tasks=rng.randint(2, 5), blocks=rng.randint(0, 25))
            for i in (0, 1)]
    for task in pair[1].tasks:
        task.name = "b_" + task.name[:10]
    first = FORMATS[kinds[0]](pair[0])
    second = formats.wire(pair[1], number=2) if kinds[1] == "wire" else FORMATS[kinds[1]](pair[1])
    if how == "lines":
        data = "\n".join(merged(rng, first, second)) + "\n"
    else:
        text = "\n".join(first) + "\n"
        at = rng.randrange(len(text))
        data = text[:at] + "\n".join(second) + "\n" + text[at:]
    return pair, data.encode()


class Heaps(unittest.TestCase):
    """Heap summaries and dumps, which know no tasks."""

    def wrong(self, got, snapshot, partly):
        problems = []
        for heap in got["heaps"]:
            if partly and "start" not in heap:
                continue  # it is not known which one it is
            real = next((h for h in snapshot.heaps if f"0x{h.start:08x}" == heap["start"]), None)
            if real is None:
                problems.append(f"a heap at {heap['start']}")
                continue
            free, allocated, used, _ = formats.heap_figures(real)
            right = {"size": real.size, "free": free, "used": allocated, "min_free": free - 400,
                     "blocks": used}
            if partly and "block_list" in heap:
                right = {}  # sums over the blocks that are listed: a dump does not say how many there are
            problems += [f"{key} {heap[key]} instead of {value}" for key, value in right.items()
                         if heap.get(key) not in (None, value)]
            blocks = {(f"0x{a:08x}", size) for a, size, task in real.blocks if task}
            listed = {(b["address"], b["size"]) for b in heap.get("block_list", [])}
            if listed - blocks or (not partly and "block_list" in heap and listed != blocks):
                problems.append(f"blocks: {listed ^ blocks}")
        return problems

    def check(self, write, change, seed):
        rng = random.Random(f"heaps {write.__name__} {change} {seed}")
        snapshot = snapshot_of(rng, seed)
        lines = write(snapshot)
        if change is None:
            lines = noise.log_lines(rng, noise.stamps(rng, lines))
            data = noise.join(rng, lines)
        else:
            data = change(rng, noise.join(rng, lines, "\n"))
        result = host.show(data, "--all")
        problems = [problem for got in result["snapshots"]
                    for problem in self.wrong(got, snapshot, change is not None)]
        if change is None and (result["damaged"] or len(result["snapshots"]) != 1):
            problems.append(f"{result['reports'][:2]}, {len(result['snapshots'])} snapshots")
        self.assertEqual(problems, [], (write.__name__, change, seed))

    def test_noise_changes_nothing_and_damage_gives_no_wrong_figure(self):
        for write in (formats.summary, formats.dump):
            for change in (None, noise.lost_bytes, noise.cut_into):
                for seed in SEEDS:
                    with self.subTest(write=write.__name__, change=change, seed=seed):
                        self.check(write, change, seed)

    def test_no_lost_digit_of_a_summary_gives_a_wrong_figure(self):
        snapshot = formats.Snapshot(3)
        text = "\n".join(formats.summary(snapshot)) + "\n"
        for at in [i for i, char in enumerate(text) if char.isdigit()]:
            result = host.show((text[:at] + text[at + 1:]).encode(), "--all")
            for got in result["snapshots"]:
                self.assertEqual(self.wrong(got, snapshot, True), [], at)

    def test_a_summary_of_a_busy_device_is_no_damage(self):
        snapshot = formats.Snapshot(3)
        lines = formats.summary(snapshot)
        words = lines[-1].split()
        words[1], words[3] = str(int(words[1]) - 344), str(int(words[3]) + 340)
        result = host.show("\n".join(lines[:-1] + ["    " + " ".join(words)]).encode())
        self.assertEqual(result["damaged"], 0)
        self.assertTrue(result["snapshots"][0]["changed"])
        self.assertEqual(self.wrong(result["snapshots"][0], snapshot, True), [])


class LostDigits(unittest.TestCase):
    """One digit is lost, of any figure in any line: the figures that others vouch for are right or unknown."""

    # Nothing vouches for these (docs/host-command.md).
    EXEMPT = {"text": (".peak", ".size", "RAM: a heap"), "detailed": (".peak", ".size", "RAM: a heap"),
              "overview": (), "wire": ()}

    def check(self, kind, seed):
        snapshot = formats.Snapshot(seed, tasks=3, blocks=6)
        text = "\n".join(FORMATS[kind](snapshot)) + "\n"
        want = host.expected(snapshot, kind)
        for at in [i for i, char in enumerate(text) if char.isdigit()]:
            result = host.show((text[:at] + text[at + 1:]).encode(), "--all")
            problems = [problem for got in result["snapshots"]
                        for problem in host.wrong_figures(got, want, True)
                        if not any(word in problem for word in self.EXEMPT[kind])]
            line = text.count("\n", 0, at) + 1
            self.assertEqual(problems, [], (kind, seed, f"line {line}, byte {at}"))

    def test_no_figure_is_wrong(self):
        for kind in FORMATS:
            with self.subTest(kind=kind):
                self.check(kind, 3)


class TwoPrints(unittest.TestCase):
    """Prints that are cut into each other."""

    def check(self, kinds, how, seed):
        pair, data = two_prints(seed, kinds, how)
        result = host.show(data, "--all")
        want = [host.expected(snapshot, kind) for snapshot, kind in zip(pair, kinds)]
        problems, found = [], 0
        for snapshot in result["snapshots"]:
            for task in snapshot["tasks"]:
                mine = want[(task["name"] or "").startswith("b_") or snapshot["number"] == 2]
                found += 1
                problems += host.wrong_figures({"tasks": [task]}, mine, True)
        if how == "lines" and kinds[0] != kinds[1]:
            problems += [report["what"] for report in result["reports"]]
            if found != sum(len(snapshot.tasks) for snapshot in pair):
                problems.append(f"{found} tasks")
        self.assertEqual(problems, [], f"seed {seed}, {kinds}, {how}")

    def run_all(self, how, kinds):
        for pair in kinds:
            for seed in SEEDS[:8]:
                with self.subTest(kinds=pair, seed=seed):
                    self.check(pair, how, seed)

    def test_lines_of_two_formats_are_told_apart(self):
        self.run_all("lines", [(a, b) for a in FORMATS for b in FORMATS if a != b])

    def test_a_print_within_a_line_gives_no_wrong_figure(self):
        self.run_all("cut", [(a, b) for a in FORMATS for b in FORMATS])

    def test_two_snapshots_of_the_wire_format_are_both_whole(self):
        for seed in SEEDS[:20]:
            pair, data = two_prints(seed, ("wire", "wire"), "lines")
            result = host.show(data, "--all")
            self.assertEqual((result["damaged"], len(result["snapshots"])), (0, 2))


def show_seed(seed, kind):
    """The logs of a seed, for a closer look."""
    for make in (harmless, harmful):
        data = make(seed, kind)[1]
        sys.stdout.buffer.write(data + b"\n")
        sys.stdout.buffer.write(host.run("show", "-", data=data).stderr)


if __name__ == "__main__":
    host.BINARY = os.path.abspath(sys.argv.pop(1))
    if len(sys.argv) > 1:
        show_seed(int(sys.argv[1]), (sys.argv[2:] or ["text"])[0])
    else:
        unittest.main()
