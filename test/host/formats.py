# SPDX-License-Identifier: MIT
"""Snapshots made at random, and written as each format prints them: what the tests put in."""
import json
import random
import zlib

CAPS = 0x0010580e
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
NAMES = ["main", "wifi", "tcpip", "mqtt_task", "sensor loop", "ota", "ui", "IDLE0", "Tmr Svc",
         "spi-worker", "ble_host", "logger", "audio", "nvs", "cam"]


class Heap:
    """One region."""

    def __init__(self, name, start, size, caps=CAPS):
        self.name, self.start, self.size, self.caps = name, start, size, caps
        self.next = start + 740
        self.blocks = []  # (address, size, task or None when free)

    def take(self, size, task):
        """A block behind the last one."""
        if self.next + size + 8 > self.start + self.size:
            return None
        address = self.next
        self.next += size + 4
        self.blocks.append((address, size, task))
        return address


class Task:
    """Who holds blocks: {heap: [(address, size)]}."""

    def __init__(self, name, serial, alive=True):
        self.name, self.serial, self.alive = name, serial, alive
        self.held = {}
        self.peaks = {}
        self.peak = 0

    def current(self, heap=None):
        """Bytes on a heap, or in all."""
        lists = [self.held.get(heap, [])] if heap else self.held.values()
        return sum(size for blocks in lists for _, size in blocks)

    def finish(self, rng):
        """Peaks that fit what is held."""
        for heap in self.held:
            self.peaks[heap] = self.current(heap) + rng.choice([0, 4 * rng.randrange(800)])
        low = max([self.current(), *self.peaks.values()])
        self.peak = rng.randint(low // 4, sum(self.peaks.values()) // 4) * 4 if self.peaks else 0
        self.peak = max(low, self.peak)


class Snapshot:
    """Tasks, newest first, `Pre-scheduler` last; and heaps."""

    def __init__(self, seed, tasks=6, blocks=30, heaps=2):
        rng = random.Random(seed)
        starts = [0x3fce9710, 0x3fc955c0, 0x40080000][:heaps]
        sizes = [22308, 344400, 65536][:heaps]
        names = ["RAM", "RAM", "D/IRAM"]
        self.heaps = [Heap(names[i], starts[i], sizes[i]) for i in range(heaps)]
        chosen = rng.sample(NAMES, tasks - 1) + ["Pre-scheduler"]
        self.tasks = [Task(name, tasks - i if name != "Pre-scheduler" else 1)
                      for i, name in enumerate(chosen)]
        for i, task in enumerate(self.tasks):
            task.serial = 1 if task.name == "Pre-scheduler" else 3 + tasks - i
        for task in self.tasks[:-1]:
            task.alive = rng.random() < .7
            for heap in self.heaps:
                if rng.random() < .8:
                    task.held[heap] = []
            if not task.held:
                task.held[rng.choice(self.heaps)] = []
        self.tasks[-1].held[self.heaps[-1]] = []
        for _ in range(blocks):
            task = rng.choice(self.tasks)
            heap = rng.choice(list(task.held))
            size = rng.choice([12, 16, 20, 24, 36, 88, 344, 368, 1312, 4 * rng.randint(3, 600)])
            if rng.random() < .2:
                heap.take(4 * rng.randint(3, 90), None)
            address = heap.take(size, task)
            if address is not None:
                task.held[heap].append((address, size))
        for task in self.tasks:
            for blocks_of in task.held.values():
                rng.shuffle(blocks_of)
            task.finish(rng)


def text(snapshot, header=True, modulo=None):
    """The reference example's text."""
    def cut(number):
        return number % modulo if modulo else number
    lines = []
    if header:
        rule = "-" * 80
        lines += [rule, "PRINTING ALL TASKS INFO", rule]
    for task in snapshot.tasks:
        state = "ALIVE  " if task.alive else "DELETED"
        lines.append(f"{task.name}: {state}: Peak Usage {cut(task.peak)}, "
                     f"Current Usage {cut(task.current())}")
        for heap, blocks in task.held.items():
            lines.append(f"    {heap.name}: Caps: {heap.caps}. Size {cut(heap.size)}, Current Usage "
                         f"{cut(task.current(heap))}, Peak Usage {cut(task.peaks[heap])}, "
                         f"alloc count {len(blocks)}")
            lines += [f"        0x{address:08x}: Size: {size}" for address, size in blocks]
    return lines


def detailed(snapshot):
    """ESP-IDF's heap_caps_print_all_task_stat."""
    lines = []
    for i, task in enumerate(snapshot.tasks):
        last = i == len(snapshot.tasks) - 1
        lines.append(f"{'└' if last else '├'} {'ALIVE' if task.alive else 'DELETED'}: {task.name}, "
                     f"CURRENT MEMORY USAGE {task.current()}, PEAK MEMORY USAGE {task.peak}, "
                     f"TOTAL HEAP USED {len(task.held)}:")
        bar = " " if last else "│"
        for j, (heap, blocks) in enumerate(task.held.items()):
            end = j == len(task.held) - 1
            current, peak = task.current(heap), task.peaks[heap]
            lines.append(f"{bar}    {'└' if end else '├'} HEAP: {heap.name}, CAPS: 0x{heap.caps:08x}, "
                         f"SIZE: {heap.size}, USAGE: CURRENT {current} "
                         f"({current * 100 // heap.size}%), PEAK {peak} "
                         f"({peak * 100 // heap.size}%), ALLOC COUNT: {len(blocks)}")
            lines += [f"{bar}    {' ' if end else '│'}    ├ ALLOC 0x{address:x}, SIZE {size}"
                      for address, size in blocks]
    return lines


def overview(snapshot):
    """ESP-IDF's heap_caps_print_all_task_stat_overview."""
    widths = (20, 9, 22, 19, 17)

    def rule(left, middle, right):
        return left + middle.join("─" * width for width in widths) + right
    titles = ("TASK", "STATUS", "CURRENT MEMORY USAGE", "PEAK MEMORY USAGE", "TOTAL HEAP USED")
    lines = [rule("┌", "┬", "┐"),
             "│" + "│".join(f" {title:<{width - 2}} " for title, width in zip(titles, widths)) + "│",
             rule("├", "┼", "┤")]
    for task in snapshot.tasks:
        state = "ALIVE  " if task.alive else "DELETED"
        lines.append(f"│ {task.name:>18} │ {state:>7} │ {task.current():>20} │ {task.peak:>17} │ "
                     f"{len(task.held):>15} │")
    return lines + [rule("└", "┴", "┘")]


def heap_figures(heap):
    """free, allocated, used blocks, free blocks."""
    used = [size for _, size, task in heap.blocks if task]
    unused = [size for _, size, task in heap.blocks if not task]
    rest = heap.start + heap.size - heap.next - 4
    return sum(unused) + rest, sum(used), len(used), len(unused) + 1


def summary(snapshot, tracking=True):
    """ESP-IDF's heap_caps_print_heap_info."""
    lines = ["Heap summary for capabilities 0x00001800:"]
    totals = [0, 0, 0]
    owner = 4 if tracking else 0
    for heap in snapshot.heaps:
        free, allocated, used, unused = heap_figures(heap)
        least = free - 400
        lines += [f"  At 0x{heap.start:08x} len {heap.size} free {free} allocated {allocated} "
                  f"min_free {least}",
                  f"    largest_free_block {free // 2} alloc_blocks {used} free_blocks {unused} "
                  f"total_blocks {used + unused}"]
        totals = [totals[0] + free - owner, totals[1] + allocated - owner * used,
                  totals[2] + least - owner]
    return lines + ["  Totals:", f"    free {totals[0]} allocated {totals[1]} min_free {totals[2]} "
                                 f"largest_free_block {totals[0] // 2}"]


def dump(snapshot):
    """ESP-IDF's heap_caps_dump_all."""
    lines = []
    for heap in snapshot.heaps:
        lines.append(f"Showing data for heap: 0x{heap.start:08x} ")
        lines += [f"Block 0x{address:08x} data, size: {size} bytes, Free: {'No' if task else 'Yes'} "
                  for address, size, task in heap.blocks]
        rest = heap.start + heap.size - heap.next - 4
        lines.append(f"Block 0x{heap.next:08x} data, size: {rest} bytes, Free: Yes ")
    return lines


def frame(fields):
    """A line of the wire format."""
    body = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    return f"@HL1 {body} {zlib.crc32(body.encode()):08x}"


def digits(number):
    """A number of the wire format's blocks."""
    out = ""
    while True:
        low, number = number & 31, number >> 5
        out += DIGITS[low | (32 if number else 0)]
        if not number:
            return out


def flagged(number, flag):
    """The same, with a flag in the first digit."""
    low, rest = (number & 15) << 1 | flag, number >> 4
    return DIGITS[low | 32] + digits(rest) if rest else DIGITS[low]


def wire_blocks(heap):
    """Lines of blocks: [(address, digits)]."""
    out, end = [], None
    for address, size, task in heap.blocks:
        if task is None:
            continue
        if end is None or len(out[-1][1]) > 40:
            out.append([address, digits(4) + flagged(size, 0)])
        else:
            gap = address - end - 4
            out[-1][1] += flagged(size, gap != 0) + (digits(gap) if gap else "")
        out[-1][1] += digits(task.serial)
        end = address + size
    return out


def wire(snapshot, boot=2271560481, number=1, uptime=4504):
    """hl_wire_snapshot: two lines per task, so that records go on in the next line."""
    records = [("begin", {"schema": 1, "build": "demo 1.0", "uptime_ms": uptime,
                          "heaps": len(snapshot.heaps)}),
               ("begin", {"tasks": len(snapshot.tasks),
                          "accounts": sum(len(t.held) for t in snapshot.tasks),
                          "blocks": sum(1 for h in snapshot.heaps for b in h.blocks if b[2])}),
               ("ledger", {"slots": 8, "registered": 2, "overflowed": 0, "evicted": 0, "folded": 0})]
    for h, heap in enumerate(snapshot.heaps):
        free = heap_figures(heap)[0]
        records += [("heap", {"h": h, "name": heap.name, "caps": [heap.caps, 0, 0],
                              "start": f"0x{heap.start:08x}"}),
                    ("heap", {"h": h, "size": heap.size, "first": f"0x{heap.start + 8:08x}",
                              "end": f"0x{heap.start + heap.size:08x}"}),
                    ("heap", {"h": h, "head": 4, "align": 4, "free": free, "min_free": free - 8})]
    for task in snapshot.tasks:
        first = {"s": task.serial, "name": task.name}
        second = {"s": task.serial}
        (first if task.serial % 2 else second).update({} if task.alive else {"deleted": True})
        records += [("task", first | {"current": task.current()}),
                    ("task", second | {"peak": task.peak})]
        for heap, blocks in task.held.items():
            records.append(("account", {"s": task.serial, "h": snapshot.heaps.index(heap),
                                        "current": task.current(heap), "peak": task.peaks[heap],
                                        "blocks": len(blocks)}))
    for heap in snapshot.heaps:
        records += [("blocks", {"a": f"0x{a:08x}", "d": d}) for a, d in wire_blocks(heap)]
    records.append(("end", {"lines": len(records) + 1, "changed": False, "damaged": False}))
    return [frame({kind: [boot, number, i]} | fields) for i, (kind, fields) in enumerate(records)]
