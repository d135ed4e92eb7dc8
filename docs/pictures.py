#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws the pictures of docs/design.md: pictures.py [FOLDER] writes its *.svg (default: docs/).

Each has a background of its own and follows the reader's choice of light or dark. Colour is never the
only sign: every box says what it is.
"""

import os
import sys

STYLE = """
    .paper { fill: #ffffff; }
    text { fill: #1f2328; font: 14px "DejaVu Sans", Verdana, sans-serif; }
    .small { font-size: 12px; }
    .bold { font-weight: bold; }
    .live { fill: #cfe3f7; stroke: #1f5fa8; }
    .mine { fill: #ffe3b8; stroke: #9a5b00; }
    .free { fill: #f1f1f1; stroke: #6e7781; stroke-dasharray: 5 3; }
    .gone { fill: none; stroke: #b3261e; stroke-dasharray: 2 3; }
    .line { stroke: #1f2328; stroke-width: 1.5; fill: none; }
    .tip { fill: #1f2328; }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117; }
      text { fill: #e6edf3; }
      .live { fill: #12324f; stroke: #79b8ff; }
      .mine { fill: #4a3208; stroke: #f0b95b; }
      .free { fill: #1c2128; stroke: #8b949e; }
      .gone { stroke: #ff8a80; }
      .line { stroke: #e6edf3; }
      .tip { fill: #e6edf3; }
    }
"""


def escape(text):
    """For text and attributes of XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


class Picture:
    """An SVG that grows by boxes, words and arrows."""

    def __init__(self, width, height, title, description, style="", maker="docs/pictures.py"):
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d">',
            f"  <!-- Made by {maker}: change that. -->",
            f'  <title id="t">{escape(title)}</title>',
            f'  <desc id="d">{escape(description)}</desc>',
            f"  <style>{STYLE}{style}  </style>",
            f'  <rect class="paper" width="{width}" height="{height}" rx="8"/>',
        ]

    def text(self, x, y, words, kind="", anchor="start"):
        """Words whose base line is at y."""
        self.parts.append(f'  <text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">'
                          f"{escape(words)}</text>")

    def box(self, x, y, width, height, kind, label="", under=""):
        """A box with one or two lines of words in its middle."""
        self.parts.append(f'  <rect class="{kind}" x="{x}" y="{y}" width="{width}" '
                          f'height="{height}" rx="2"/>')
        middle, centre = y + height / 2, x + width / 2
        if label:
            self.text(centre, middle + (-3 if under else 5), label, anchor="middle")
        if under:
            self.text(centre, middle + 14, under, "small", "middle")

    def arrow(self, x1, y1, x2, y2):
        """A straight arrow, level or upright."""
        self.parts.append(f'  <path class="line" d="M{x1} {y1} L{x2} {y2}"/>')
        if y1 == y2:
            back = -9 if x2 > x1 else 9
            tip = f"M{x2} {y2} l{back} -5 v10 z"
        else:
            back = -9 if y2 > y1 else 9
            tip = f"M{x2} {y2} l-5 {back} h10 z"
        self.parts.append(f'  <path class="tip" d="{tip}"/>')

    def row(self, x, y, boxes, height=34):
        """Blocks of a heap side by side: (width, kind, label)."""
        for width, kind, label in boxes:
            self.box(x, y, width, height, kind, label)
            x += width

    def svg(self):
        """The whole file."""
        return "\n".join(self.parts + ["</svg>", ""])


def block():
    """A live block, a free block, and the bits of the head."""
    p = Picture(760, 392, "A live block and a free block",
                "A live block is one head word and the caller's bytes. A free block holds its head, two "
                "links and, in its last word, a copy of its head. Below: the head has 22 bits of span, "
                "the bit P, the bit U and 8 bits of owner.")
    p.text(40, 36, "live block", "bold")
    p.box(40, 50, 260, 34, "mine", "head", "")
    p.box(40, 84, 260, 136, "live", "the caller's bytes", "at a multiple of HL_ALIGN")
    p.text(40, 242, "4 bytes of overhead, whoever owns it", "small")

    p.text(400, 36, "free block", "bold")
    p.box(400, 50, 260, 34, "mine", "head")
    p.box(400, 84, 260, 34, "free", "next: offset, or 0")
    p.box(400, 118, 260, 34, "free", "link: what leads here")
    p.box(400, 152, 260, 34, "free", "(nothing)")
    p.box(400, 186, 260, 34, "mine", "foot: copy of the head")
    p.text(400, 242, "smallest: 16 bytes, head, next, link, foot", "small")

    p.text(40, 286, "the head: one 32-bit word, on 32-bit and 64-bit machines", "bold")
    left = 40
    for width, kind, label, high, low in ((374, "mine", "span / HL_ALIGN: 22 bits", 31, 10),
                                          (50, "free", "P", 9, None), (50, "free", "U", 8, None),
                                          (150, "live", "owner: 8 bits", 7, 0)):
        p.box(left, 316, width, 36, kind, label)
        if low is None:
            p.text(left + width / 2, 310, str(high), "small", "middle")
        else:
            p.text(left + 3, 310, str(high), "small")
            p.text(left + width - 3, 310, str(low), "small", "end")
        left += width
    p.text(40, 376, "span: bytes from this head to the next.  P: the block before is free.  "
           "U: this block is used.", "small")
    return p.svg()


# The cases of one picture: what it is, the row before, the row after, a remark.
def cases(title, description, rows):
    """Rows of blocks, before and after."""
    p = Picture(760, 30 + 92 * len(rows), title, description)
    for i, (name, before, after, remark) in enumerate(rows):
        y = 44 + 92 * i
        p.text(30, y - 12, name, "bold")
        p.row(30, y, before)
        p.arrow(352, y + 17, 392, y + 17)
        p.row(406, y, after)
        p.text(406, y + 51, remark, "small")
    return p.svg()


def merge():
    """The four cases of freeing a block."""
    return cases(
        "What happens to the neighbours of a block that is freed",
        "Four cases. Both neighbours live: a free block of its own. The one behind free: its head "
        "vanishes. The one before free: the freed block's head vanishes. Both free: both heads vanish.",
        [
            ("both neighbours live",
             [(90, "live", "live"), (130, "mine", "freed"), (90, "live", "live")],
             [(90, "live", "live"), (130, "free", "free"), (90, "live", "live")],
             "a free block of its own enters its bin"),
            ("the block behind is free",
             [(90, "live", "live"), (130, "mine", "freed"), (90, "free", "free")],
             [(90, "live", "live"), (220, "free", "free")],
             "the head of the one behind vanishes"),
            ("the block before is free",
             [(90, "free", "free"), (130, "mine", "freed"), (90, "live", "live")],
             [(220, "free", "free"), (90, "live", "live")],
             "the freed block's head vanishes: it is set to 0"),
            ("both are free",
             [(90, "free", "free"), (130, "mine", "freed"), (90, "free", "free")],
             [(310, "free", "free")],
             "both heads vanish, two free blocks become one"),
        ])


def split():
    """Taking a block from a free one, and resizing in place."""
    return cases(
        "How a block is cut from a free one, and resized in place",
        "Seven cases. Taking: from the low end with the rest behind; behind a gap that an alignment "
        "needs; from the high end of a large free block. Resizing: shrinking before a free and before a "
        "live block, growing into a free block with something left and with nothing left.",
        [
            ("take",
             [(310, "free", "free")],
             [(130, "mine", "new"), (180, "free", "rest")],
             "a rest under 16 bytes is given along"),
            ("take, aligned",
             [(310, "free", "free")],
             [(70, "free", "gap"), (130, "mine", "new"), (110, "free", "rest")],
             "the gap is nothing, or a free block of 16 bytes or more"),
            ("take from a large block that keeps its bin",
             [(310, "free", "free, large")],
             [(180, "free", "free"), (130, "mine", "new")],
             "the free block keeps 2 KiB or more: no list is touched"),
            ("shrink before a free block",
             [(200, "mine", "block"), (110, "free", "free")],
             [(120, "mine", "block"), (190, "free", "free")],
             "what is given up joins the free block, however little"),
            ("shrink before a live block",
             [(200, "mine", "block"), (110, "live", "live")],
             [(120, "mine", "block"), (80, "free", "free"), (110, "live", "live")],
             "under 16 bytes nothing is given up"),
            ("grow, something is left",
             [(120, "mine", "block"), (190, "free", "free")],
             [(200, "mine", "block"), (110, "free", "rest")],
             "the rest is a free block"),
            ("grow, nothing is left",
             [(120, "mine", "block"), (190, "free", "free")],
             [(310, "mine", "block")],
             "a rest under 16 bytes is taken along"),
        ])


def instance():
    """The memory of an instance, and what of it points where."""
    p = Picture(760, 398, "The memory of an instance",
                "The caller's memory holds, in this order, struct hl, one struct hl_heap per heap, one "
                "card per task, one account per id over all heaps, for each heap one account per id, and one "
                "tally per id. A heap's record points to its row of accounts and to the heap's memory.")
    p.text(30, 34, "HL_BYTES(tasks, heaps), given to hl_init", "bold")
    parts = (("struct hl", "the port's pointer, hooks, flags, cursor", "mine"),
             ("struct hl_heap [heaps]", "bitmap, 32 bins, free bytes, name", "mine"),
             ("struct hl_card [tasks]", "who a task is: name, serial number", "live"),
             ("struct hl_account [heaps][tasks + 3]", "what an id holds on a heap; and in all", "live"),
             ("struct hl_tally [tasks + 3]", "limits and counters, where built in", "live"))
    for i, (label, under, kind) in enumerate(parts):
        p.box(30, 48 + 66 * i, 330, 66, kind, label, under)

    p.text(490, 34, "a heap: memory of its own", "bold")
    for i, (label, kind) in enumerate((("block, owner 5", "mine"), ("free", "free"),
                                       ("block, owner 3", "mine"), ("block, owner 5", "mine"),
                                       ("sentinel", "live"))):
        p.box(490, 48 + 44 * i, 240, 44, kind, label)
    p.arrow(360, 132, 484, 132)
    p.text(368, 126, "first, end, bins", "small")
    p.text(490, 300, "Nothing of the ledger lies in a heap.", "small")
    p.text(490, 320, "A block says its owner's id: an index", "small")
    p.text(490, 340, "into cards, accounts and tallies.", "small")
    return p.svg()


def states():
    """The states of a task's card."""
    p = Picture(760, 326, "The states of a task's card",
                "A vacant card becomes alive when a task registers. A deleted task that owes bytes is "
                "owing; one that owes nothing is kept, if deleted tasks are kept, or gone. A task that is "
                "kept or gone owes again when a block is charged to it.")
    p.box(40, 50, 170, 60, "live", "ALIVE", "a task that runs")
    p.box(450, 50, 200, 60, "mine", "OWING", "deleted, owes bytes")
    p.box(450, 200, 200, 60, "free", "KEPT", "deleted, listed, vacant")
    p.box(40, 200, 170, 60, "free", "GONE", "not listed, vacant")
    p.arrow(210, 80, 444, 80)
    p.text(222, 70, "deleted while owing bytes", "small")
    p.arrow(500, 110, 500, 194)
    p.text(490, 148, "last block freed,", "small", "end")
    p.text(490, 164, "deleted tasks are kept", "small", "end")
    p.arrow(600, 194, 600, 116)
    p.text(610, 148, "a block is", "small")
    p.text(610, 164, "charged to it", "small")
    p.arrow(444, 230, 216, 230)
    p.text(330, 250, "hl_keep_deleted(hl, false)", "small", "middle")
    p.arrow(100, 194, 100, 116)
    p.text(110, 148, "a task registers", "small")
    p.text(110, 164, "(KEPT too)", "small")
    p.text(40, 288, "A task that owes nothing when it is deleted goes from ALIVE to KEPT or GONE at once.",
           "small")
    p.text(40, 308, "Where deleted tasks are not kept, GONE stands in the place of KEPT.", "small")
    return p.svg()


PICTURES = {"block": block, "merge": merge, "split": split, "instance": instance, "states": states}


def main():
    """Writes all pictures."""
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    os.makedirs(folder, exist_ok=True)
    for name, draw in PICTURES.items():
        with open(os.path.join(folder, name + ".svg"), "w", encoding="utf-8") as file:
            file.write(draw())


if __name__ == "__main__":
    main()
