# SPDX-License-Identifier: MIT
"""Tests of what bench/ computes: figures_test.py SOURCE_DIR COMPILER."""

import os
import subprocess
import sys
import tempfile
import unittest

ROOT, COMPILER = sys.argv[1:3]
BENCH = os.path.join(ROOT, "bench")
sys.path.insert(0, BENCH)

import charts
import fragmentation
import instructions
import ledger
import memory
import report


def compile_and_run(mix, *definitions):
    """What fragmentation.c prints of the allocator in ideal.h."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "fragmentation")
        subprocess.run([COMPILER, "-std=gnu11", "-O1", "-DBENCH_PARAMETER=0",
                        '-DBENCH_ALLOCATOR="ideal.h"', *definitions, f"-I{BENCH}",
                        f"-I{os.path.join(ROOT, 'test', 'bench')}",
                        os.path.join(BENCH, "fragmentation.c"), "-o", program], check=True)
        lines = subprocess.run([program, str(mix)], check=True, capture_output=True,
                               text=True).stdout.splitlines()
    return {key: int(value) for key, _, value in (line.rpartition(" ") for line in lines)}


def expected(seed, slots, least):
    """(payload, pool) of the sequence of a seed, worked out without searching."""
    state, sizes = seed * 2654435761 % 2**32, {}
    payload = taken = most_payload = most_taken = 0

    def below(n):
        nonlocal state
        state ^= state << 13 & 0xffffffff
        state ^= state >> 17
        state ^= state << 5 & 0xffffffff
        return state * n >> 32

    for _ in range(20000):
        slot = below(slots)
        if slot in sizes:
            size = sizes.pop(slot)
            payload -= size
            taken -= (size + 23) // 8 * 8
            continue
        octave, part = divmod(below(8 * 32), 32)
        base = least << octave
        size = sizes[slot] = base + base * part // 32 + below(base // 32 + 1)
        payload += size
        taken += (size + 23) // 8 * 8
        most_payload, most_taken = max(payload, most_payload), max(taken, most_taken)
    return most_payload, most_taken


class Fragmentation(unittest.TestCase):
    """fragmentation.c and what becomes of its figures."""

    def test_halving_finds_the_smallest_pool(self):
        for mix, slots, least in ((0, 60, 8), (5, 600, 64)):
            printed = compile_and_run(mix, "-DBENCH_POOL_BYTES=0x800000")
            for seed in (1, 2, 20):
                self.assertEqual((printed[f"payload {seed}"], printed[f"pool {seed}"]),
                                 expected(seed, slots, least))
            self.assertEqual(printed["damaged"], 0)

    def test_mixes_are_in_the_order_of_the_program(self):
        for mix, (slots, sizes) in enumerate(fragmentation.MIXES):
            printed = compile_and_run(mix, "-DBENCH_POOL_BYTES=0x800000")
            self.assertEqual(printed["payload 1"],
                             expected(1, slots, int(sizes.split()[0]))[0])

    def test_no_pool_is_large_enough(self):
        printed = compile_and_run(2, "-DBENCH_POOL_BYTES=0x8000")
        self.assertEqual({printed[f"pool {seed}"] for seed in fragmentation.SEEDS}, {0})
        self.assertIsNone(fragmentation.summary(printed, 0))

    def test_blocks_over_each_other_are_seen(self):
        printed = compile_and_run(0, "-DBENCH_POOL_BYTES=0x800000", "-DIDEAL_GIVES_ONE_BLOCK_TWICE")
        self.assertGreater(printed["damaged"], 0)
        with self.assertRaises(SystemExit):
            fragmentation.summary(printed, 0)

    def test_mean_is_of_the_quotients(self):
        self.assertEqual(fragmentation.mean_x10000([110, 390], [100, 300]), 12000)
        self.assertEqual(fragmentation.mean_x10000([1], [3]), 3333)
        self.assertEqual(fragmentation.mean_x10000([2], [3]), 6667)

    def test_control_data_counts(self):
        printed = {"damaged": 0}
        for seed in fragmentation.SEEDS:
            printed |= {f"payload {seed}": 1000, f"pool {seed}": 1000 + seed}
        figures = fragmentation.summary(printed, 100)
        self.assertEqual(figures["pools"][0], 1101)
        self.assertEqual((figures["mean_x10000"], figures["least"], figures["most"]),
                         (11105, 1.101, 1.12))

    def test_picture_has_every_figure(self):
        one = {fragmentation.key(mix): {"mean_x10000": 10000 + n}
               for n, mix in enumerate(fragmentation.MIXES)}
        there = {name: one for name in charts.NAMES}
        there["heap_2"] = {key: one[key] for key in list(one)[:2]}
        small, large = charts.fragmentation_values({"fragmentation": there})
        self.assertEqual(small[:2], ("sizes 8 B to 2 KiB", [60, 200, 1000]))
        self.assertEqual(large[2]["heapledger"], [1.0003, 1.0004, 1.0005])
        self.assertEqual(small[2]["heap_2"], [1.0, 1.0001, None])


class Ledger(unittest.TestCase):
    """With and without."""

    COUNTS = {"heapledger": {"a": {"average_x100": 8800, "worst": 154}},
              "heapledger, no tracking": {"a": {"average_x100": 6650, "worst": 130}}}

    def results(self):
        """Of both programs, at both optimisations."""
        return {"instructions": {"rv32imac": {name: {"-O2": of, "-Os": of}
                                              for name, of in self.COUNTS.items()}},
                "code_size": {"rv32imac": {name: {opt: {"linked": size} for opt in ("-O2", "-Os")}
                                           for name, size in (("heapledger", 1300),
                                                              ("heapledger, no tracking", 1100))}}}

    def test_difference(self):
        figures = ledger.derive(self.results())["rv32imac"]["-O2"]
        self.assertEqual(figures["instructions"]["a"], {"average_x100": 2150, "worst": 24})
        self.assertEqual(figures["linked"], 200)

    def test_nothing_was_measured(self):
        results = {"ledger": ledger.derive({})}
        self.assertEqual((ledger.goals(results), ledger.section(results)), ([], ""))


class Words(unittest.TestCase):
    """Averages, verdicts and sentences."""

    def test_average_is_rounded(self):
        figures = instructions.with_average({"sum_high": 1, "sum_low": 5, "operations": 1000})
        self.assertEqual(figures["average_x100"], 429496730)
        figures = instructions.with_average({"sum_high": 0, "sum_low": 2, "operations": 300})
        self.assertEqual(figures["average_x100"], 1)

    def test_verdict(self):
        for reached, word in ((90, "aim reached"), (90.01, "must reached"), (95, "must reached"),
                              (95.01, "missed")):
            self.assertEqual(report.verdict(reached, 95, 90), word)
        self.assertEqual(report.verdict(1, None, None), "reported")

    def test_fixed_bytes_of_tasks_and_heaps(self):
        self.assertEqual(memory.fixed({"header": 4, "fixed 8 1": 600, "fixed 32 3": 2000}),
                         {(8, 1): 600, (32, 3): 2000})

    def test_cheaper_peers_are_named(self):
        counts = {name: {"-O2": {w: {"average_x100": average} for w in "ab"}}
                  for name, average in (("heapledger", 100), ("o1heap", 99), ("heap_4", 100))}
        self.assertIn("in (a) o1heap; in (b) o1heap.",
                      report.cheaper({"instructions": {"rv32imac": counts}}))
        self.assertEqual(report.cheaper({}), "None of the peers knows who owns a block.")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
