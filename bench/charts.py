# SPDX-License-Identifier: MIT
"""Draws docs/performance-*.svg from the results, and says where they belong on the page."""

import math
import os
import sys

import build

sys.path.insert(0, os.path.join(build.ROOT, "docs"))

import pictures

WIDTH = 760
LEFT, RIGHT = 196, 590  # where the scale lies; names stand before it, figures behind it
ROW = 26

STYLE = """
    .ours { fill: #1f5fa8; stroke: #1f5fa8; }
    .peer { fill: #6e7781; stroke: #6e7781; }
    .pale { opacity: 0.45; }
    .range { stroke-width: 6; opacity: 0.3; stroke-linecap: butt; }
    .mark { stroke-width: 1.5; }
    .hollow { fill: #ffffff; stroke-width: 2; }
    .grid { stroke: #d0d7de; stroke-width: 1; }
    .limit { stroke: #b3261e; stroke-width: 1.5; stroke-dasharray: 5 3; }
    .limit-text { fill: #b3261e; }
    .figure { font-variant-numeric: tabular-nums; }
    @media (prefers-color-scheme: dark) {
      .ours { fill: #79b8ff; stroke: #79b8ff; }
      .peer { fill: #8b949e; stroke: #8b949e; }
      .hollow { fill: #0d1117; }
      .grid { stroke: #30363d; }
      .limit { stroke: #ff8a80; }
      .limit-text { fill: #ff8a80; }
    }
"""

# Who is shown, and how they are called beside a scale.
NAMES = {"heapledger": "heapledger", "heapledger, no tracking": "without the ledger",
         "heap_4": "heap_4", "heap_5": "heap_5", "o1heap": "o1heap", "umm_malloc": "umm_malloc",
         "picolibc": "picolibc", "heap_2": "heap_2"}


def number(value):
    """As people write it."""
    return f"{value:,.3f}" if isinstance(value, float) and value < 10 else f"{value:,.0f}"


class Chart(pictures.Picture):
    """Names in rows, and marks on a scale."""

    def __init__(self, height, title, description):
        super().__init__(WIDTH, height, title, description, STYLE, "bench/charts.py")
        self.place = None
        self.text(24, 32, title, "bold")

    def scale(self, low, high, ticks, top, bottom, log=False, right=RIGHT):
        """Where a value lies from now on; a line and a number for each tick."""
        f = math.log10 if log else float
        self.place = lambda value: round(
            LEFT + (right - LEFT) * (f(value) - f(low)) / (f(high) - f(low)), 1)
        for tick in ticks:
            x = self.place(tick)
            self.line("grid", x, top, x, bottom)
            self.text(x, bottom + 16, f"{tick:,}", "small", "middle")

    def line(self, kind, x1, y1, x2, y2):
        """A straight line."""
        self.parts.append(f'  <line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>')

    def limit(self, value, words, top, bottom):
        """What should not be passed."""
        x = self.place(value)
        self.line("limit", x, top - 4, x, bottom)
        self.text(x, top - 10, words, "small limit-text", "middle")

    def name(self, y, words, bold=False):
        """The name of a row, before the scale."""
        self.text(LEFT - 14, y + 5, words, "bold" if bold else "", "end")

    def figures(self, y, words, bold=False):
        """What the marks of a row say, behind the scale."""
        self.text(WIDTH - 24, y + 5, words, "figure" + (" bold" if bold else ""), "end")

    def circle(self, kind, value, y):
        """A filled circle."""
        self.parts.append(f'  <circle class="{kind} mark" cx="{self.place(value)}" cy="{y}" '
                          'r="5"/>')

    def diamond(self, kind, value, y):
        """A hollow square on its corner."""
        self.parts.append(f'  <path class="{kind} hollow" d="M{self.place(value)} {y - 6} '
                          f'l6 6 l-6 6 l-6 -6 z"/>')

    def square(self, kind, value, y):
        """A hollow square."""
        self.parts.append(f'  <rect class="{kind} hollow" x="{self.place(value) - 4.5:.1f}" '
                          f'y="{y - 4.5}" width="9" height="9"/>')

    def bar(self, kind, value, y, height):
        """From 0 to a value."""
        if value == 0:
            return
        width = round(max(self.place(value) - LEFT, 1), 1)
        self.parts.append(f'  <rect class="{kind}" x="{LEFT}" y="{y}" width="{width}" '
                          f'height="{height}" rx="1"/>')


def kind_of(name):
    """ours or peer."""
    return "ours" if name.startswith("heapledger") else "peer"


def round_up(value):
    """(end, step) of a scale from 0 that has room for a value."""
    step = 10 ** math.floor(math.log10(value))
    for factor in (0.2, 0.25, 0.5, 1, 2):
        if value / (step * factor) <= 5:
            step = step * factor
            break
    step = int(step) if step >= 1 else step
    return step * math.ceil(value / step), step


def instructions_panel(chart, y, heading, rows):
    """Average and worst of each allocator in one workload: rows of (name, figures)."""
    bottom = y + 14 + ROW * len(rows)
    chart.text(24, y, heading)
    chart.text(WIDTH - 24, y, "average / worst", "small", "end")
    chart.scale(50, 50000, (100, 1000, 10000), y + 12, bottom, log=True)
    for i, (name, figures) in enumerate(rows):
        middle, kind = y + 14 + ROW * i + ROW // 2, kind_of(name)
        ours = name == "heapledger"
        chart.name(middle, NAMES[name], ours)
        if figures is None:
            chart.figures(middle, "does not end in time")
            continue
        average, worst = figures["average_x100"] / 100, figures["worst"]
        chart.line(f"{kind} range", chart.place(average), middle, chart.place(worst), middle)
        chart.circle(kind, average, middle)
        chart.diamond(kind, worst, middle)
        chart.figures(middle, f"{number(average)} / {number(worst)}", ours)


def instructions(results):
    """Instructions per operation."""
    there = results["instructions"]["rv32imac"]
    panels = (("a", "(a) about 127 live blocks"), ("b", "(b) about 10,000 live blocks"))
    height = 90 + len(panels) * (len(NAMES) * ROW + 60)
    chart = Chart(height, "Instructions per operation (rv32imac, -O2, logarithmic scale)",
                  "For each allocator the average and the worst number of instructions of an "
                  "operation, in a small and in a large random trace.")
    chart.place = lambda value: value
    chart.circle("peer", 30, 56)
    chart.text(42, 61, "average", "small")
    chart.diamond("peer", 110, 56)
    chart.text(122, 61, "worst", "small")
    for i, (workload, heading) in enumerate(panels):
        instructions_panel(chart, 94 + i * (len(NAMES) * ROW + 60), heading,
                           [(name, there[name]["-O2"].get(workload)) for name in NAMES])
    return chart.svg()


def code_size(results):
    """Linked bytes: two bars for each allocator."""
    there = results["code_size"]
    rows = [(name, there["rv32imac"][name]["-Os"]["linked"],
             there["cortex-m3"][name]["-Os"]["linked"]) for name in NAMES]
    row = 38
    bottom = 78 + row * len(rows)
    end, step = round_up(max(1700, *(max(bars) for _, *bars in rows)))
    chart = Chart(bottom + 34, "Code: bytes that init, malloc and free add to a program (-Os)",
                  "For each allocator the linked bytes of code and constants on rv32imac and on "
                  "Cortex-M3.")
    chart.text(24, 54, "upper bar: rv32imac, lower bar: Cortex-M3", "small")
    chart.text(WIDTH - 24, 54, "rv32imac / Cortex-M3", "small", "end")
    chart.scale(0, end, range(0, end + 1, step), 68, bottom)
    chart.limit(1600, "goal: 1,600", 64, bottom)
    for i, (name, rv32, arm) in enumerate(rows):
        y, kind, ours = 74 + row * i, kind_of(name), name == "heapledger"
        chart.bar(kind, rv32, y + 3, 13)
        chart.bar(f"{kind} pale", arm, y + 17, 13)
        chart.name(y + 16, NAMES[name], ours)
        chart.figures(y + 16, f"{number(rv32)} / {number(arm)}", ours)
    return chart.svg()


def fragmentation_panel(chart, y, heading, rows, slots):
    """Pool / payload of each allocator for some numbers of slots: rows of (name, values)."""
    low, high, step = 1.0, 1.6, 0.1
    bottom = y + 14 + ROW * len(rows)
    chart.text(24, y, heading)
    chart.text(WIDTH - 24, y, " / ".join(f"{n:,}" for n in slots) + " slots", "small", "end")
    ticks = [round(low + step * i, 1) for i in range(round((high - low) / step) + 1)]
    chart.scale(low, high, ticks, y + 12, bottom, right=RIGHT - 30)
    for i, (name, values) in enumerate(rows):
        middle, kind = y + 14 + ROW * i + ROW // 2, kind_of(name)
        chart.name(middle, NAMES[name], name == "heapledger")
        chart.figures(middle, " / ".join("-" if v is None else f"{v:.3f}" for v in values),
                      name == "heapledger")
        there = [min(v, high) for v in values if v is not None]
        if there:
            chart.line(f"{kind} range", chart.place(min(there)), middle,
                       chart.place(max(there)), middle)
        for draw, value in zip((chart.circle, chart.diamond, chart.square), values):
            if value is not None and value <= high:
                draw(kind, value, middle)


def fragmentation_values(results):
    """For each range of sizes: (heading, numbers of slots, {allocator: values})."""
    there, panels = results["fragmentation"], {}
    for mix in there["heapledger"]:
        slots, sizes = mix.split(" slots, ")
        panels.setdefault(sizes, []).append((int(slots), mix))
    return [(f"sizes {sizes}", [slots for slots, _ in mixes],
             {name: [there[name][mix]["mean_x10000"] / 10000 if there[name].get(mix) else None
                     for _, mix in mixes] for name in NAMES})
            for sizes, mixes in panels.items()]


def fragmentation(results):
    """Pool that is needed for a payload."""
    panels = fragmentation_values(results)
    height = 90 + len(panels) * (len(NAMES) * ROW + 60)
    chart = Chart(height, "Smallest pool / largest payload (mean of 20 random sequences)",
                  "For each allocator how much larger the pool has to be than what it holds, for "
                  "two ranges of sizes and three numbers of blocks each.")
    chart.place = lambda value: value
    for draw, x, words in ((chart.circle, 30, "few slots"), (chart.diamond, 120, "more"),
                           (chart.square, 184, "many")):
        draw("peer", x, 56)
        chart.text(x + 12, 61, words, "small")
    chart.text(252, 61, "What is more than 1.6 has no mark.", "small")
    for i, (heading, slots, values) in enumerate(panels):
        fragmentation_panel(chart, 94 + i * (len(NAMES) * ROW + 60), heading,
                            list(values.items()), slots)
    return chart.svg()


def fixed_bytes(results):
    """Bytes that are needed once: two bars, end to end."""
    there = results["memory"]["rv32imac"]
    rows = [(name, there[name]["outside"], there[name]["lost_in_pool"]) for name in NAMES]
    bottom = 74 + ROW * len(rows)
    end, step = round_up(max(max(outside + inside for _, outside, inside in rows), 700))
    chart = Chart(bottom + 34, "Bytes needed once, for 256 KiB and 8 tasks (rv32imac)",
                  "For each allocator its control data beside the pool and in the pool.")
    chart.text(24, 54, "solid: beside the pool, pale: in the pool", "small")
    chart.text(WIDTH - 24, 54, "beside + in the pool", "small", "end")
    chart.scale(0, end, range(0, end + 1, step), 64, bottom)
    for i, (name, outside, inside) in enumerate(rows):
        y, kind, ours = 70 + ROW * i, kind_of(name), name == "heapledger"
        chart.bar(f"{kind} pale", outside + inside, y + 5, 14)
        chart.bar(kind, outside, y + 5, 14)
        chart.name(y + 12, NAMES[name], ours)
        chart.figures(y + 12, f"{number(outside)} + {number(inside)}", ours)
    chart.limit(700, "goal: 700", 64, bottom)
    return chart.svg()


def masked(results):
    """The longest stretch with interrupts masked of each function."""
    there = results["masked"]["rv32imac"]["ours"]["default"]
    worst = {}
    for figures in there.values():
        for function, figure in figures.items():
            worst[function] = max(worst.get(function, 0), figure)
    rows = sorted(worst.items(), key=lambda row: -row[1])
    row = 20
    bottom = 68 + row * len(rows)
    end, step = round_up(max(330, rows[0][1]))
    chart = Chart(bottom + 34, "Longest stretch of instructions with interrupts masked",
                  "For each public function the worst case that was found, with 1, 3 or 8 heaps.")
    chart.text(WIDTH - 24, 56, "of 1, 3 and 8 heaps the worst", "small", "end")
    chart.scale(0, end, range(0, end + 1, step), 62, bottom)
    for i, (function, figure) in enumerate(rows):
        y = 66 + row * i
        chart.bar("ours", figure, y + 4, 12)
        chart.name(y + 10, function)
        chart.figures(y + 10, number(figure))
    chart.limit(300, "300 allowed", 66, bottom)
    return chart.svg()


# picture: (what draws it, the topic it needs, words for who cannot see it)
PICTURES = {
    "performance-instructions": (instructions, "instructions", "Instructions per operation"),
    "performance-code": (code_size, "code_size", "Bytes of code"),
    "performance-fixed": (fixed_bytes, "memory", "Bytes needed once"),
    "performance-fragmentation": (fragmentation, "fragmentation", "Pool needed for a payload"),
    "performance-masked": (masked, "masked", "Stretches with interrupts masked"),
}


def write(results):
    """Draws what the results have; Markdown that shows the pictures."""
    lines = []
    for name, (draw, topic, words) in PICTURES.items():
        if topic in results:
            path = os.path.join(build.ROOT, "docs", name + ".svg")
            with open(path, "w", encoding="utf-8") as file:
                file.write(draw(results))
            lines.append(f"![{words}]({name}.svg)")
    return "\n\n".join(lines)
