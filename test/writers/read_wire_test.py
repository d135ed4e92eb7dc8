# SPDX-License-Identifier: MIT
"""What the wire writer writes is read back; every damage to it is noticed. Takes a write_dump."""
import os
import random
import subprocess
import sys
import unittest

import read_wire

SPECIFICATION = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "wire-format.md")
DUMP = sys.argv.pop(1) if len(sys.argv) > 1 else "write_dump"
SEED = int(os.environ.get("HL_TEST_SEED", random.randrange(1, 2**32)))


def dump(kind, seed):
    return subprocess.run([DUMP, kind, str(seed)], stdout=subprocess.PIPE, check=True).stdout


def lines_of(data):
    return data.splitlines(keepends=True)


class Written(unittest.TestCase):
    def read(self, data):
        snapshots, problems = read_wire.read(data)
        self.assertEqual(problems, [])
        for line in lines_of(data):
            self.assertLessEqual(len(line), 200)
            self.assertTrue(line.isascii())
        return snapshots

    def test_a_still_heap_is_read_whole_and_adds_up(self):
        for seed in range(SEED, SEED + 20):
            snapshots = self.read(dump("still", seed))
            self.assertEqual(len(snapshots), 5)
            for snapshot in snapshots.values():
                self.assertFalse(snapshot.changed)

    def test_a_heap_that_is_used_meanwhile_is_read_whole_and_says_so(self):
        for seed in range(SEED, SEED + 20):
            snapshots = self.read(dump("restless", seed))
            self.assertEqual(len(snapshots), 5)
            for snapshot in snapshots.values():
                self.assertTrue(snapshot.changed)

    def test_a_thousand_blocks_fit_in_16_kib(self):
        for kind in "thousand", "old":
            data = dump(kind, SEED)
            (snapshot,) = self.read(data).values()
            self.assertEqual(len(snapshot.blocks), 1000)
            self.assertGreaterEqual(len({owner for _, _, owner in snapshot.blocks}), 10)
            blocks = sum(len(line) for line in lines_of(data) if b'"blocks":[' in line)
            print(f"{kind}: 1000 blocks in {blocks} bytes, all in {len(data)}", file=sys.stderr)
            self.assertLessEqual(blocks, 16384)

    def test_a_foreign_heap_has_accounts_and_no_blocks(self):
        (snapshot,) = self.read(dump("foreign", 1)).values()
        self.assertEqual(snapshot.blocks, [])
        self.assertEqual(snapshot.all("heap")[None, 0]["name"], '@HL1 {"}')
        self.assertEqual(snapshot.all("task")[2, None]["current"], 2**32 - 1)

    def test_the_example_of_the_specification_is_right(self):
        with open(SPECIFICATION, "rb") as file:
            example = file.read().partition(b"## Example")[2]
        snapshots, problems = read_wire.read(example)
        self.assertEqual(problems, [])
        (snapshot,) = snapshots.values()
        self.assertEqual(len(snapshot.lines), 16)
        self.assertEqual(snapshot.blocks, [(0x3fcedd00, 372, 5), (0x3fcede78, 3588, 5),
                                           (0x3fceec80, 92, 4), (0x3fceee10, 28, 1)])


class Damaged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        data = b"".join(lines_of(dump("still", 1)))
        first = lines_of(data)
        cls.lines = [line for line in first if b"[3735928559,1," in line]

    def problems(self, lines):
        return read_wire.read(b"".join(lines))[1]

    def test_unharmed_it_has_no_problem(self):
        self.assertEqual(self.problems(self.lines), [])

    def test_every_flipped_bit_is_noticed(self):
        for line in self.lines:
            for place in range(len(line) - 1):
                for bit in range(8):
                    broken = bytearray(line)
                    broken[place] ^= 1 << bit
                    problems = []
                    found = read_wire.read_lines(bytes(broken), problems)
                    # Reported, or else lost: which the next test is about.
                    self.assertTrue(problems or not found, (line, place, bit))

    def test_a_damaged_line_end_harms_nothing(self):
        self.assertEqual(self.problems([line[:-1] + b"\x8a" for line in self.lines]), [])

    def test_every_line_that_is_lost_is_noticed_and_named(self):
        for index in range(len(self.lines)):
            problems = self.problems(self.lines[:index] + self.lines[index + 1:])
            wanted = "the end is missing" if index == len(self.lines) - 1 else \
                f"missing lines: [{index}]"
            self.assertTrue(any(wanted in problem for problem in problems), (index, problems))

    def test_when_the_rest_is_lost_it_is_said_what_is_missing(self):
        heaps = sum(b'{"heap":' in line for line in self.lines)
        after_begin = [line for line in self.lines if b'{"begin":' in line]
        problems = "".join(self.problems(after_begin))
        self.assertIn(f"; {2 if heaps else 0} heaps; ", problems)
        self.assertRegex(problems, r"; \d+ tasks; \d+ accounts; \d+ blocks$")

    def test_every_line_that_comes_twice_is_noticed(self):
        for index, line in enumerate(self.lines):
            self.assertNotEqual(self.problems(self.lines[:index] + [line] + self.lines[index:]), [])

    def test_lines_are_found_behind_any_prefix(self):
        for prefix in (b"I (4504) tag: ", b"[12:00:01.123] @ ", b"\x1b[0;32m", b"\xff\x00garbage",
                       b"@HL", b"{}"):
            self.assertEqual(self.problems([prefix + line for line in self.lines]), [])

    def test_lines_are_found_before_any_line_end(self):
        for end in (b"\r\n", b"\x1b[0m\r\n", b"\r", b" "):
            self.assertEqual(self.problems([line[:-1] + end for line in self.lines]), [])

    def test_other_output_between_the_lines_is_skipped(self):
        noise = b"I (4504) main_task: Returned from app_main()\n"
        self.assertEqual(self.problems([noise + line for line in self.lines]), [])

    def test_output_inside_a_line_is_noticed(self):
        for index, line in enumerate(self.lines):
            for place in (3, 20, len(line) - 5):
                broken = line[:place] + b"I (4504) tag: hello\n" + line[place:]
                lines = self.lines[:index] + [broken] + self.lines[index + 1:]
                self.assertNotEqual(self.problems(lines), [], (index, place))

    def test_the_order_of_arrival_does_not_matter(self):
        lines = list(self.lines)
        random.Random(SEED).shuffle(lines)
        self.assertEqual(self.problems(lines), [])

    def test_unknown_records_and_keys_are_skipped(self):
        lines = []
        for index, line in enumerate(self.lines):
            text = line[5:-10].decode().replace(f",{index}]", f",{2 * index}]")
            if '{"end":' in text:
                text = text.replace(f'"lines":{len(self.lines)}', f'"lines":{2 * index + 1}')
            else:
                text = text[:-1] + ',"colour":"red","more":[1,2]}'
                lines.append(f'{{"weather":[3735928559,1,{2 * index + 1}],"wind":3}}')
            lines.append(text)
        framed = [f"@HL1 {text} {read_wire.zlib.crc32(text.encode()):08x}\n".encode()
                  for text in lines]
        self.assertEqual(self.problems(framed), [])

    def test_sums_that_do_not_add_up_are_noticed(self):
        for key in b"current", b"blocks", b"free":
            wrong = False
            for index, line in enumerate(self.lines):
                text = line[5:-10]
                found = read_wire.re.search(b'"' + key + rb'":(\d+)', text)
                if not found:
                    continue
                text = text[:found.start(1)] + b"123456" + text[found.end(1):]
                broken = b"@HL1 %s %08x\n" % (text, read_wire.zlib.crc32(text))
                lines = self.lines[:index] + [broken] + self.lines[index + 1:]
                self.assertNotEqual(self.problems(lines), [], (key, index))
                wrong = True
            self.assertTrue(wrong)

    def test_the_check_sum_is_the_one_that_is_specified(self):
        self.assertEqual(read_wire.zlib.crc32(b"123456789"), 0xcbf43926)


if __name__ == "__main__":
    print(f"HL_TEST_SEED={SEED}", file=sys.stderr)
    unittest.main()
