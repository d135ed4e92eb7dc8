# SPDX-License-Identifier: MIT
"""Reads heapledger's wire format (docs/wire-format.md), strictly as it is specified. For tests."""
import argparse
import json
import re
import sys
import zlib

LINE = re.compile(r"@HL1 (\{[^{}@]*\}) ([0-9a-f]{8})")
LONGEST = 200
SCHEMA = 1
DIGITS = {c: i for i, c in enumerate(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}

# What a record must have once its lines are put together; other keys are skipped.
NEEDED = {
    "begin": {"schema": int, "uptime_ms": int, "heaps": int, "tasks": int, "accounts": int},
    "ledger": {"slots": int, "registered": int, "overflowed": int, "evicted": int, "folded": int},
    "heap": {"h": int, "name": str, "caps": list, "start": str, "size": int},
    "task": {"s": int, "name": str, "current": int, "peak": int},
    "account": {"s": int, "h": int, "current": int, "peak": int, "blocks": int},
    "blocks": {"a": str, "d": str},
    "end": {"lines": int, "changed": bool, "damaged": bool},
}
NEEDED_OF_OUR_HEAP = {"first": str, "end": str, "head": int, "align": int, "free": int,
                      "min_free": int}


class Damage(Exception):
    """What is wrong with a line."""


def refuse_pairs_twice(pairs):
    if len({key for key, _ in pairs}) != len(pairs):
        raise Damage("a key comes twice")
    return dict(pairs)


def refuse_float(text):
    raise Damage(f"{text} is not an integer")


def read_line(text, crc):
    """(boot, number, index), type and fields of a line whose frame was found."""
    if zlib.crc32(text.encode("utf-8", "surrogateescape")) != int(crc, 16):
        raise Damage("the check sum is wrong")
    fields = json.loads(text, object_pairs_hook=refuse_pairs_twice, parse_float=refuse_float)
    kind = next(iter(fields), None)
    place = fields.pop(kind, None)
    if not (isinstance(place, list) and len(place) == 3 and all(type(n) is int for n in place)):
        raise Damage("it does not say where it belongs")
    return tuple(place), kind, fields


def read_lines(data, problems):
    """The snapshots in a stream of bytes: {(boot, number): {index: (kind, fields)}}."""
    text = data.decode("utf-8", "surrogateescape")
    snapshots = {}
    found = 0
    for match in LINE.finditer(text):
        found += 1
        try:
            if len(match.group(0).encode("utf-8", "surrogateescape")) + 1 > LONGEST:
                raise Damage("longer than 200 bytes")
            (boot, number, index), kind, fields = read_line(*match.groups())
            lines = snapshots.setdefault((boot, number), {})
            if index in lines:
                raise Damage(f"line {index} comes twice")
            lines[index] = kind, fields
        except (Damage, ValueError) as error:
            problems.append(f"damaged line: {error}")
    if text.count("@HL1") != found:
        problems.append("a line is damaged: its frame is not whole")
    return snapshots


def merge(lines):
    """Puts the lines of each record together: {kind: {subject: fields}}; blocks stay lines."""
    records = {}
    for index in sorted(lines):
        kind, fields = lines[index]
        if kind not in NEEDED:
            continue
        subject = index if kind == "blocks" else (fields.get("s"), fields.get("h"))
        record = records.setdefault(kind, {}).setdefault(subject, {})
        for key, value in fields.items():
            if key in record and key in NEEDED[kind] and key not in ("s", "h"):
                raise Damage(f"{kind} has {key} twice")
            record[key] = value
    return records


def check_fields(kind, record, needed):
    for key, wanted in needed.items():
        if type(record.get(key)) is not wanted:
            raise Damage(f"{kind} lacks {key}")


class Digits:
    """Numbers in base-64 digits."""

    def __init__(self, text):
        self.values = iter([DIGITS[c] for c in text])
        self.left = len(text)

    def take(self, flagged=False):
        self.left -= 1
        digit = next(self.values)
        flag, value, shift = (digit & 1, digit >> 1 & 15, 4) if flagged else (0, digit & 31, 5)
        while digit & 32:
            self.left -= 1
            digit = next(self.values)
            value |= (digit & 31) << shift
            shift += 5
        return (value, flag) if flagged else value


def decode_blocks(record):
    """(address, size, owner) of each block of a line."""
    try:
        digits = Digits(record["d"])
        head = digits.take()
        address = int(record["a"], 16)
        blocks = []
        while digits.left:
            size, gap = digits.take(flagged=True)
            address += digits.take() if gap else 0
            blocks.append((address, size, digits.take()))
            address += size + head
    except (KeyError, StopIteration, RuntimeError) as error:
        raise Damage("the digits of a line of blocks are wrong") from error
    if not blocks:
        raise Damage("a line of blocks is empty")
    return blocks


class Snapshot:
    """A snapshot, and what is wrong with it."""

    def __init__(self, lines):
        self.lines = lines
        self.problems = []
        self.blocks = []
        self.records = {}
        try:
            self.read()
            if not self.problems:
                self.check()
        except Damage as damage:
            self.problems.append(str(damage))

    def all(self, kind):
        return self.records.get(kind, {})

    def one(self, kind):
        return self.all(kind).get((None, None), {})

    @property
    def changed(self):
        return self.one("end").get("changed", True) or self.one("end").get("damaged", True)

    def read(self):
        self.records = merge(self.lines)
        end = self.one("end")
        last = end["lines"] - 1 if "lines" in end else max(self.lines)
        missing = [i for i in range(last + 1) if i not in self.lines]
        if missing:
            self.problems.append(f"missing lines: {missing}")
        if not end:
            self.problems.append("the end is missing" + self.what_is_missing())
        elif self.lines.get(last, ("",))[0] != "end" or max(self.lines) > last:
            self.problems.append("something comes behind the end")

    def what_is_missing(self):
        """By the counts of begin, for when the end is lost."""
        begin = self.one("begin")
        self.blocks = [b for _, record in sorted(self.all("blocks").items())
                       for b in decode_blocks(record)]
        have = {"heaps": len(self.all("heap")), "tasks": len(self.all("task")),
                "accounts": len(self.all("account")), "blocks": len(self.blocks)}
        return "".join(f"; {begin[key] - count} {key}" for key, count in have.items()
                       if begin.get(key, count) > count)

    def check(self):
        for kind, needed in NEEDED.items():
            for record in self.all(kind).values():
                check_fields(kind, record, needed)
        if self.one("begin")["schema"] != SCHEMA:
            raise Damage("another schema")
        for heap in self.all("heap").values():
            if not heap.get("foreign"):
                check_fields("heap", heap, NEEDED_OF_OUR_HEAP)
        for _, record in sorted(self.all("blocks").items()):
            self.blocks += decode_blocks(record)
        for record in [*self.all("task").values(), *self.all("account").values()]:
            self.require(record["peak"] >= record["current"] or self.changed, "a peak too low")
        self.check_order()
        if not self.changed:
            self.check_counts()
            self.check_sums()

    def require(self, condition, what):
        if not condition:
            raise Damage(what)

    def heap_of(self, address):
        for (_, index), heap in self.all("heap").items():
            if "first" in heap and int(heap["first"], 16) < address < int(heap["end"], 16):
                return index, heap
        raise Damage(f"a block at {address:#x} lies in no heap")

    def check_order(self):
        ends = {}
        for address, size, _ in self.blocks:
            index, heap = self.heap_of(address)
            self.require(address % heap["align"] == 0, "a block is not aligned")
            self.require((size + heap["head"]) % heap["align"] == 0, "a size is odd")
            self.require(address - heap["head"] >= ends.get(index, 0), "blocks overlap")
            ends[index] = address + size

    def check_counts(self):
        begin = self.one("begin")
        self.require(begin["heaps"] == len(self.all("heap")), "heaps are missing")
        self.require(begin["tasks"] == len(self.all("task")), "tasks are missing")
        self.require(begin["accounts"] == len(self.all("account")), "accounts are missing")
        self.require(begin.get("blocks", 0) == len(self.blocks), "blocks are missing")

    def check_sums(self):
        held, listed, spans = {}, {}, {}
        for address, size, owner in self.blocks:
            index, heap = self.heap_of(address)
            count, current = listed.get((owner, index), (0, 0))
            listed[owner, index] = count + 1, current + size
            spans[index] = spans.get(index, 0) + size + heap["head"]
        for (serial, index), account in self.all("account").items():
            held[serial] = held.get(serial, 0) + account["current"]
            self.require((serial, None) in self.all("task"), "an account of no task")
            if "blocks" in self.one("begin") and "first" in self.all("heap")[None, index]:
                self.require(listed.pop((serial, index), (0, 0)) ==
                             (account["blocks"], account["current"]),
                             "the blocks of an account do not add up")
        self.require(not listed, "blocks of no account")
        for (serial, _), task in self.all("task").items():
            self.require(held.get(serial, 0) == task["current"], "a task does not add up")
        for (_, index), heap in self.all("heap").items():
            if "first" in heap and "blocks" in self.one("begin"):
                room = int(heap["end"], 16) - int(heap["first"], 16)
                self.require(spans.get(index, 0) + heap["free"] == room, "a heap does not add up")


def read(data):
    """All snapshots in a stream, and all problems."""
    problems = []
    snapshots = {key: Snapshot(lines) for key, lines in read_lines(data, problems).items()}
    for key, snapshot in snapshots.items():
        problems += [f"snapshot {key}: {problem}" for problem in snapshot.problems]
    return snapshots, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="what was captured; - reads from stdin")
    args = parser.parse_args()
    if args.file == "-":
        data = sys.stdin.buffer.read()
    else:
        with open(args.file, "rb") as file:
            data = file.read()
    snapshots, problems = read(data)
    for (boot, number), snapshot in snapshots.items():
        tasks = snapshot.all("task").values()
        held = sum(task.get("current", 0) for task in tasks)
        print(f"boot {boot} snapshot {number}: {len(snapshot.lines)} lines, {len(tasks)} tasks, "
              f"{len(snapshot.blocks)} blocks, {held} bytes"
              + (", changed meanwhile" if snapshot.changed else ""))
    for problem in problems:
        print(f"read_wire: {problem}", file=sys.stderr)
    return 1 if problems or not snapshots else 0


if __name__ == "__main__":
    sys.exit(main())
