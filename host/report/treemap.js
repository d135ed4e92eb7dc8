// SPDX-License-Identifier: MIT
// The treemap: task, heap, block, each as large as what it holds.

// Squarified: Bruls, Huizing, van Wijk, "Squarified treemaps" (2000). Items come largest first.
function squarify(items, x, y, width, height, place) {
  let total = items.reduce((sum, item) => sum + item.size, 0),
    at = 0;
  while (at < items.length && total > 0 && width > 0 && height > 0) {
    const side = Math.min(width, height),
      scale = (width * height) / total;
    let sum = 0,
      end = at,
      worst = Infinity;
    while (end < items.length) {
      const next = sum + items[end].size,
        area = next * scale;
      const ratio = Math.max(
        (side * side * items[at].size * scale) / (area * area),
        (area * area) / (side * side * items[end].size * scale),
      );
      if (ratio > worst) {
        break;
      }
      [worst, sum] = [ratio, next];
      end++;
    }
    const thick = (sum * scale) / side;
    let along = 0;
    for (; at < end; at++) {
      const length = (items[at].size / sum) * side;
      if (width >= height) {
        place(items[at], x, y + along, thick, length);
      } else {
        place(items[at], x + along, y, length, thick);
      }
      along += length;
    }
    total -= sum;
    if (width >= height) {
      [x, width] = [x + thick, width - thick];
    } else {
      [y, height] = [y + thick, height - thick];
    }
  }
}

// {name, size, group, children}: of a snapshot. Blocks are leaves.
function treeOf(log, s) {
  const groups = new Map();
  for (const heap of log.heaps) {
    for (const i of blocksAt(heap, s)) {
      const group = groupOfBlock(log, heap, i),
        size = heap.lives.size[i];
      if (size <= 0) {
        continue;
      }
      if (!groups.has(group)) {
        groups.set(group, {
          name: group === null ? 'owner not named' : group.name,
          size: 0,
          group,
          children: new Map(),
        });
      }
      const node = groups.get(group);
      if (!node.children.has(heap)) {
        node.children.set(heap, {name: heapName(log, heap), size: 0, group, heap, children: []});
      }
      const part = node.children.get(heap);
      part.children.push({size, group, heap, block: i});
      node.size += size;
      part.size += size;
    }
  }
  const sorted = (nodes) => nodes.sort((a, b) => b.size - a.size);
  return sorted(
    [...groups.values()].map((node) => ({
      ...node,
      children: sorted(
        [...node.children.values()].map((part) => ({...part, children: sorted(part.children)})),
      ),
    })),
  );
}

const tree = {
  box: element('div', {class: 'tree'}),
  canvas: element('canvas', {tabindex: 0, role: 'img'}),
  leaves: [],
  at: -1,

  frame(context, node, x, y, width, height, size) {
    const label = width > 46 && height > 24;
    if (label) {
      context.fillStyle = palette.text;
      context.font = `${size}px system-ui, sans-serif`;
      context.save();
      context.beginPath();
      context.rect(x, y, width - 3, height);
      context.clip();
      context.fillText(`${node.name} ${bytes(node.size)}`, x + 4, y + size + 2);
      context.restore();
    }
    return label ? size + 7 : 1;
  },

  draw(log) {
    if (this.canvas.parentNode === null) {
      this.box.append(this.canvas);
    }
    const width = this.canvas.clientWidth || this.box.clientWidth || 600,
      height = Math.min(460, Math.max(300, width * 0.5));
    const context = sizeCanvas(this.canvas, width, height),
      groups = treeOf(log, state.at);
    context.clearRect(0, 0, width, height);
    this.leaves = [];
    squarify(groups, 0, 0, width, height, (node, x, y, w, h) => {
      const color = colourOf(node.group),
        dimmed = state.marked !== null && node.group !== state.marked;
      context.fillStyle = withAlpha(color, dimmed ? 0.1 : 0.28);
      context.fillRect(x + 1, y + 1, Math.max(0, w - 2), Math.max(0, h - 2));
      const top = this.frame(context, node, x + 1, y + 1, w - 2, h - 2, 13);
      this.heaps(
        context,
        node,
        x + 3,
        y + 1 + top,
        w - 6,
        h - 4 - top,
        withAlpha(color, dimmed ? 0.25 : 1),
      );
    });
    if (this.at >= 0 && this.leaves[this.at]) {
      const {x, y, w, h} = this.leaves[this.at];
      context.strokeStyle = palette.text;
      context.lineWidth = 2;
      context.strokeRect(x, y, w, h);
    }
    this.canvas.setAttribute(
      'aria-label',
      `Treemap of ${plural(this.leaves.length, 'block')} of ${plural(groups.length, 'task')}: ` +
        `${groups
          .slice(0, 5)
          .map((node) => `${node.name} ${bytes(node.size)}`)
          .join(', ')}. Arrow keys go from block to block.`,
    );
  },

  heaps(context, node, x, y, width, height, color) {
    const several = node.children.length > 1;
    squarify(node.children, x, y, width, height, (part, px, py, pw, ph) => {
      const top = several ? this.frame(context, part, px, py, pw, ph, 11) : 0;
      squarify(
        part.children,
        px,
        py + top,
        pw - (several ? 2 : 0),
        ph - top - (several ? 2 : 0),
        (leaf, lx, ly, lw, lh) => {
          context.fillStyle = color;
          context.fillRect(lx, ly, lw > 3 ? lw - 1 : lw, lh > 3 ? lh - 1 : lh);
          this.leaves.push({...leaf, x: lx, y: ly, w: lw, h: lh});
        },
      );
    });
  },

  hover(event) {
    const found = this.leaves.findIndex(
      ({x, y, w, h}) =>
        event.offsetX >= x && event.offsetX < x + w && event.offsetY >= y && event.offsetY < y + h,
    );
    if (found < 0) {
      hideTip();
      return;
    }
    this.name(found);
    const leaf = this.leaves[found],
      words = blockWords(state.log, leaf.heap, leaf.block);
    showTip(event.clientX, event.clientY, [
      element('b', null, words.owner),
      `${words.address}, ${words.size}`,
      words.since,
    ]);
  },

  name(at) {
    if (at !== this.at && this.leaves[at]) {
      this.at = at;
      nameBlock(state.log, this.leaves[at].heap, this.leaves[at].block);
      this.draw(state.log);
    }
  },
};

tree.canvas.addEventListener('pointermove', (event) => tree.hover(event));
tree.canvas.addEventListener('pointerleave', hideTip);
tree.canvas.addEventListener('click', () => {
  const leaf = tree.leaves[tree.at];
  const task = leaf === undefined ? null : taskOfBlock(state.log, leaf.heap, leaf.block);
  if (task !== null) {
    location.hash = `task-${task.index}`;
  }
});
tree.canvas.addEventListener('keydown', (event) => {
  const steps = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
  if (steps[event.key]) {
    event.preventDefault();
    tree.name(Math.max(0, Math.min(tree.leaves.length - 1, tree.at + steps[event.key])));
  }
});
