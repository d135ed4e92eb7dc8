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
SEEDS = range(int(os.environ.get("HL_NOISE_SEEDS", "40")))


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
