# SPDX-License-Identifier: MIT
"""Logs for the tests and the benchmark of the report, made by a seeded generator."""
import json
import os
import random
import sys
import zlib

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "host"))
import formats  # noqa: E402 (the folder is known only now)

START = 0x3FC00000
NASTY = "</script><b>&"


def frame(record):
    """One line of the wire format."""
    text = json.dumps(record, separators=(",", ":"))
    inner = text[1:-1].replace("@", "\\u0040").replace("{", "\\u007b").replace("}", "\\u007d")
    text = "{" + inner + "}"
    return f"@HL1 {text} {zlib.crc32(text.encode()):08x}"


class Device:
    """Tasks that allocate and free in one heap: blocks lie in slots of equal room."""

    def __init__(self, seed, tasks, slots, names=None):
        self.random = random.Random(seed)
        self.names = names or [f"task_{i}" for i in range(tasks)]
        self.slots = [None] * slots  # (serial, size)
        self.peaks = [0] * tasks
        self.dead = set()
        self.failures = [0] * tasks

    def churn(self, count, live):
        """Some blocks go, others come, so that about `live` are there."""
        for _ in range(count):
            self.slots[self.random.randrange(len(self.slots))] = None
        alive = [i for i in range(len(self.names)) if i not in self.dead]
        held = sum(1 for slot in self.slots if slot)
        for _ in range(max(0, live - held) * 4):
            at = self.random.randrange(len(self.slots))
            if self.slots[at] is None and held < live:
                self.slots[at] = (self.random.choice(alive), 8 * self.random.randint(1, 13))
                held += 1

    def snapshot(self, number, uptime, boot=7):
        """Lines of the wire format."""
        room = 112
        current, blocks = [0] * len(self.names), [0] * len(self.names)
        for slot in filter(None, self.slots):
            current[slot[0]] += slot[1]
            blocks[slot[0]] += 1
        size = room * len(self.slots) + 8
        free = size - 8 - sum(slot[1] + 4 for slot in filter(None, self.slots))
        records = [("begin", {"schema": 1, "build": "report test", "uptime_ms": uptime, "heaps": 1}),
                   ("begin", {"tasks": len(self.names), "accounts": len(self.names), "blocks": sum(blocks)}),
                   ("heap", {"h": 0, "name": "RAM", "caps": [0x80E, 0, 0], "start": f"0x{START:08x}"}),
                   ("heap", {"h": 0, "size": size, "first": f"0x{START + 4:08x}", "end": f"0x{START + size:08x}"}),
                   ("heap", {"h": 0, "head": 4, "align": 8, "free": free, "min_free": free})]
        for i, name in enumerate(self.names):
            self.peaks[i] = max(self.peaks[i], current[i])
            records += [("task", {"s": i + 4, "name": name} | ({"deleted": True} if i in self.dead else {})),
                        ("task", {"s": i + 4, "current": current[i], "peak": self.peaks[i]}),
                        ("task", {"s": i + 4, "allocations": blocks[i], "failures": self.failures[i]}),
                        ("account", {"s": i + 4, "h": 0, "current": current[i], "peak": self.peaks[i],
                                     "blocks": blocks[i]})]
        records += [("blocks", {"a": a, "d": d}) for a, d in self.block_lines(room)]
        records.append(("end", {"lines": len(records) + 1, "changed": False, "damaged": False}))
        return [frame({kind: [boot, number, i]} | fields) for i, (kind, fields) in enumerate(records)]

    def block_lines(self, room):
        """As hl_wire_snapshot writes them."""
        lines, end = [], None
        for at, slot in enumerate(self.slots):
            if slot is None:
                continue
            address, (owner, size) = START + 8 + room * at, slot
            if end is None or len(lines[-1][1]) > 100:
                lines.append([f"0x{address:08x}", formats.digits(4) + formats.flagged(size, 0)])
            else:
                gap = address - end - 4
                lines[-1][1] += formats.flagged(size, gap != 0) + (formats.digits(gap) if gap else "")
            lines[-1][1] += formats.digits(owner + 4)
            end = address + size
        return lines


def small(snapshots=20):
    """A leak that died, one that grows, a reboot, a failure, damage, and a name that is HTML."""
    device = Device(1, 5, 400, [NASTY, "leaker", "grower", "steady", "\u00e9t\u00e9 \u2028"])
    lines = []
    for number in range(snapshots):
        device.churn(20, 100)
        device.slots[398] = (3, 64 + 8 * (number % 2))  # another block in the same place
        for grown in range(3):
            device.slots[300 + 3 * number + grown] = (2, 64)
        if number == 12:
            device.slots[399] = (1, 104)
            device.dead.add(1)
            device.failures[3] = 2
        lines += [f"I ({number}) app: round {number}"] + device.snapshot(number, 1000 * number)
    lines.insert(40, lines[41][:-1] + ("0" if lines[41][-1] != "0" else "1"))
    return ("\n".join(lines) + "\n").encode()


def large(tasks=100, snapshots=200, blocks=20000, churned=0.02):
    """Yields lines: what the issue asks to load in two seconds."""
    device = Device(2, tasks, blocks * 3 // 2)
    for number in range(snapshots):
        device.churn(int(blocks * churned * 1.5), blocks)
        yield from device.snapshot(number, 30000 * number)
