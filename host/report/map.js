// SPDX-License-Identifier: MIT
// The heap map: every block in its place, in rows of addresses.

const ROW = 18,
  BAR = 14; // pixels: of a row, and of the blocks in it
const view = {kind: 'map', colour: 'owner', maps: []};

// One heap's canvas. `from` and `to` are what is shown of it, as offsets.
class HeapMap {
  constructor(log, heap, rows) {
    Object.assign(this, {log, heap, rows, from: heap.from, to: heap.to, named: -1});
    this.canvas = element('canvas', {tabindex: 0, role: 'img'});
    this.words = element('span', {class: 'range'});
    const button = (label, words, act) =>
      element(
        'button',
        {
          type: 'button',
          'aria-label': `${words}: ${heapName(log, heap)}`,
          title: words,
          onclick: act,
        },
        label,
      );
    this.box = element(
      'div',
      {class: 'heap-map'},
      element(
        'div',
        {class: 'heap-words'},
        element('b', null, heapName(log, heap)),
        ' ',
        this.words,
        element(
          'span',
          {class: 'choice small'},
          button('+', 'Zoom in', () => this.zoom(0.5)),
          button('\u2212', 'Zoom out', () => this.zoom(2)),
          button('All', 'Show all of it', () => this.show(heap.from, heap.to)),
        ),
      ),
      this.canvas,
    );
    this.canvas.addEventListener('pointermove', (event) => this.hover(event));
    this.canvas.addEventListener('pointerleave', () => {
      hideTip();
    });
    this.canvas.addEventListener('click', (event) => this.press(event));
    this.canvas.addEventListener('wheel', (event) => this.wheel(event), {passive: false});
    this.canvas.addEventListener('keydown', (event) => this.key(event));
    this.canvas.addEventListener('pointerdown', (event) => {
      this.drag = {x: event.offsetX, y: event.offsetY};
    });
    this.canvas.addEventListener('pointerup', (event) => this.drop(event));
  }

  show(from, to) {
    const {heap} = this,
      span = Math.max(64, Math.min(heap.to - heap.from, to - from));
    this.from = Math.max(heap.from, Math.min(heap.to - span, from));
    this.to = this.from + span;
    this.draw();
  }

  zoom(factor, about) {
    const named = this.named >= 0 ? this.heap.lives.offset[this.named] : null;
    const middle =
      about !== undefined
        ? about
        : named !== null && named >= this.from && named <= this.to
          ? named
          : (this.from + this.to) / 2;
    this.show(middle - (middle - this.from) * factor, middle + (this.to - middle) * factor);
  }

  wheel(event) {
    if (event.ctrlKey || event.metaKey || this.zoomed()) {
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.offsetAt(event));
    }
  }

  zoomed() {
    return this.to - this.from < this.heap.to - this.heap.from;
  }

  width() {
    return this.canvas.clientWidth || 600;
  }

  perRow() {
    return (this.to - this.from) / this.rows;
  }

  offsetAt(event) {
    const row = Math.max(0, Math.min(this.rows - 1, Math.floor(event.offsetY / ROW)));
    return (
      this.from + (row + Math.max(0, Math.min(1, event.offsetX / this.width()))) * this.perRow()
    );
  }

  // The block there, or the nearest within three pixels: one of a pixel could not be met otherwise.
  blockAt(event) {
    const at = this.offsetAt(event),
      near = (3 * this.perRow()) / this.width(),
      {offset, size} = this.heap.lives || {};
    let best = -1,
      distance = near;
    for (const i of blocksAt(this.heap, state.at)) {
      const away =
        at < offset[i] ? offset[i] - at : at > offset[i] + size[i] ? at - offset[i] - size[i] : 0;
      if (away < distance || (away === 0 && best < 0)) {
        [best, distance] = [i, away];
      }
    }
    return best;
  }

  hover(event) {
    const found = this.blockAt(event),
      at = Math.floor(this.offsetAt(event));
    this.name(found, false);
    if (found >= 0) {
      const words = blockWords(this.log, this.heap, found);
      showTip(event.clientX, event.clientY, [
        element('b', null, words.owner),
        `${words.address}, ${words.size}`,
        words.since,
      ]);
      return;
    }
    const hole = (holesAt(this.log, this.heap, state.at) || []).find(
      (one) => at >= one.offset && at <= one.offset + one.size + 32,
    );
    showTip(
      event.clientX,
      event.clientY,
      hole
        ? [element('b', null, 'Free'), `${addressOf(this.heap, hole.offset)}, ${bytes(hole.size)}`]
        : [addressOf(this.heap, at)],
    );
  }

  press(event) {
    const found = this.blockAt(event);
    if (found >= 0) {
      this.name(found, true);
    }
  }

  // A drag chooses the addresses from where it began to where it ends.
  drop(event) {
    const start = this.drag;
    this.drag = undefined;
    if (
      start === undefined ||
      Math.abs(event.offsetX - start.x) + Math.abs(event.offsetY - start.y) < 8
    ) {
      return;
    }
    const a = this.offsetAt({offsetX: start.x, offsetY: start.y}),
      b = this.offsetAt(event);
    this.show(Math.min(a, b), Math.max(a, b));
  }

  name(i, loudly) {
    if (this.named === i && !loudly) {
      return;
    }
    this.named = i;
    nameBlock(this.log, this.heap, i);
    this.draw();
  }

  key(event) {
    const found = blocksAt(this.heap, state.at),
      {offset} = this.heap.lives || {};
    const go = (at) => {
      const next = found[Math.max(0, Math.min(found.length - 1, at))];
      if (next !== undefined) {
        if (offset[next] < this.from || offset[next] > this.to) {
          this.show(
            offset[next] - (this.to - this.from) / 2,
            offset[next] + (this.to - this.from) / 2,
          );
        }
        this.name(next, true);
      }
    };
    const step = (by) =>
      go(
        this.named < 0 || !found.includes(this.named)
          ? by > 0
            ? 0
            : found.length - 1
          : found.indexOf(this.named) + by,
      );
    const keys = {
      ArrowRight: () => step(1),
      ArrowLeft: () => step(-1),
      ArrowDown: () => step(10),
      ArrowUp: () => step(-10),
      Home: () => go(0),
      End: () => go(found.length - 1),
      '+': () => this.zoom(0.5),
      '-': () => this.zoom(2),
      0: () => this.show(this.heap.from, this.heap.to),
    };
    if (keys[event.key] && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      keys[event.key]();
    }
  }

  // Fills from one offset to another; it may go on in the next rows.
  paint(context, from, to, least) {
    const perRow = this.perRow(),
      width = this.width();
    const begin = Math.max(from, this.from) - this.from,
      end = Math.min(to, this.to) - this.from;
    for (let row = Math.floor(begin / perRow); row < this.rows && row * perRow < end; row++) {
      const left = Math.max(0, (begin - row * perRow) / perRow) * width,
        right = Math.min(1, (end - row * perRow) / perRow) * width;
      context.fillRect(left, row * ROW + 1, Math.max(least, right - left), BAR);
    }
  }

  draw() {
    const {heap, log} = this,
      width = this.width(),
      context = sizeCanvas(this.canvas, width, this.rows * ROW),
      lives = heap.lives;
    const found = blocksAt(heap, state.at),
      pixel = this.perRow() / width,
      gap = pixel < 6 ? 0 : pixel;
    context.clearRect(0, 0, width, this.rows * ROW);
    context.fillStyle = palette.free;
    this.paint(context, heap.from, heap.to, 0);
    let last = '';
    for (const i of found) {
      const from = lives.offset[i],
        to = from + lives.size[i];
      if (to < this.from || from > this.to) {
        continue;
      }
      const color = this.colour(i);
      if (color !== last) {
        context.fillStyle = last = color;
      }
      this.paint(context, from, to - (to - from > 4 * gap ? gap : 0), 0.75);
    }
    if (this.named >= 0 && found.includes(this.named)) {
      context.fillStyle = palette.text;
      const from = lives.offset[this.named],
        to = from + lives.size[this.named],
        grow = 2 * pixel;
      this.paint(context, from - grow, to + grow, 4);
      context.fillStyle = this.colour(this.named);
      this.paint(context, from, to, 1);
    }
    const held = found.reduce((sum, i) => sum + Math.max(0, lives.size[i]), 0);
    this.words.textContent = `${addressOf(heap, Math.round(this.from))} to ${addressOf(heap, Math.round(this.to))}; ${plural(found.length, 'block')}, ${bytes(held)}`;
    this.canvas.setAttribute(
      'aria-label',
      `Map of the heap ${heapName(log, heap)}: ${plural(found.length, 'block')}, ${bytes(held)}. Arrow keys go from block to block.`,
    );
  }

  colour(i) {
    const group = groupOfBlock(this.log, this.heap, i);
    if (view.colour === 'age') {
      const age = state.at === 0 ? 0 : (state.at - this.heap.lives.first[i]) / state.at;
      return ageColour(age);
    }
    return state.marked !== null && group !== state.marked
      ? withAlpha(colourOf(group), 0.18)
      : colourOf(group);
  }
}

// From just allocated to there since the beginning: pale to strong, of one hue.
function ageColour(age) {
  return withAlpha(palette.accent, 0.15 + (0.85 * Math.round(age * 12)) / 12);
}

function nameBlock(log, heap, i) {
  if (i < 0) {
    return;
  }
  const words = blockWords(log, heap, i),
    task = taskOfBlock(log, heap, i);
  put(
    'heap-named',
    task === null ? element('b', null, words.owner) : taskLink(task, words.owner),
    ` ${words.address} in ${heapName(log, heap)}, ${words.size}, ${words.since}`,
  );
}

function mapLegend(log) {
  if (view.colour === 'age' && view.kind === 'map') {
    put(
      'heap-legend',
      element(
        'span',
        {class: 'item'},
        'just allocated ',
        [0, 0.25, 0.5, 0.75, 1].map((age) => swatch(ageColour(age))),
        ' there since the first snapshot',
      ),
    );
    return;
  }
  const focused =
    document.activeElement && document.activeElement.dataset
      ? document.activeElement.dataset.group
      : undefined;
  const holders = holdersOf(log, null, state.at);
  put(
    'heap-legend',
    holders.slice(0, 14).map(([group, held]) =>
      element(
        'button',
        {
          type: 'button',
          class: 'item plain',
          'data-group': group.name,
          'aria-pressed': String(state.marked === group),
          onclick: () => mark(group),
        },
        swatch(colourVariable(group)),
        group.name,
        element('span', {class: 'held'}, ` ${bytes(held)}`),
      ),
    ),
    element(
      'span',
      {class: 'item'},
      element('span', {class: 'swatch free', 'aria-hidden': 'true'}),
      log.heaps.every((heap) => heap.placed) ? 'free' : 'free, or not listed',
    ),
  );
  for (const button of focused === undefined
    ? []
    : byId('heap-legend').querySelectorAll('button')) {
    if (button.dataset.group === focused) {
      button.focus();
    }
  }
}

function makeMaps(log) {
  const listed = log.heaps.filter((heap) => heap.lives !== null);
  const span = listed.reduce((sum, heap) => sum + heap.to - heap.from, 0) || 1;
  view.maps = listed.map(
    (heap) =>
      new HeapMap(
        log,
        heap,
        Math.max(2, Math.min(24, Math.round((26 * (heap.to - heap.from)) / span))),
      ),
  );
}

listen('heap', {
  reset() {
    const log = state.log,
      any = log.snapshots.listed.some((listed) => listed > 0);
    makeMaps(log);
    if (!any) {
      put('heap-controls');
      put(
        'heap-map',
        element(
          'p',
          {class: 'note'},
          'This log lists no blocks: only sums. hl_wire_snapshot with blocks = true writes them, and so does hl_text_print.',
        ),
      );
      return;
    }
    put(
      'heap-named',
      'Point at a block, or go there by the arrow keys: its address, size, owner and age stand here.',
    );
    put(
      'heap-controls',
      choice(
        'Picture',
        [
          ['map', 'Map'],
          ['tree', 'Treemap'],
        ],
        view.kind,
        (kind) => {
          view.kind = kind;
          redraw();
        },
      ),
      choice(
        'Colour',
        [
          ['owner', 'By owner'],
          ['age', 'By age'],
        ],
        view.colour,
        (colour) => {
          view.colour = colour;
          redraw();
        },
      ),
    );
    put(
      'heap-hint',
      'Drag over the map, or hold Ctrl and turn the wheel, to zoom. A name below marks its blocks. The slider at the top goes through the snapshots.',
    );
  },
  draw() {
    const log = state.log;
    if (log.count === 0 || !log.snapshots.listed.some((listed) => listed > 0)) {
      return;
    }
    const none = log.snapshots.listed[state.at] === 0;
    byId('heap-controls').lastElementChild.hidden = view.kind === 'tree';
    mapLegend(log);
    if (none) {
      put(
        'heap-map',
        element('p', {class: 'note'}, `Snapshot ${log.snapshots.index[state.at]} lists no blocks.`),
      );
      return;
    }
    const some =
      log.snapshots.listed[state.at] === 2
        ? element(
            'p',
            {class: 'note'},
            'This snapshot does not list all blocks: what looks free here may not be.',
          )
        : null;
    const wanted = view.kind === 'tree' ? [tree.box] : view.maps.map((map) => map.box);
    if (
      byId('heap-map').firstElementChild !== (some || wanted[0]) ||
      byId('heap-map').lastElementChild !== wanted[wanted.length - 1]
    ) {
      put('heap-map', some, wanted);
    }
    if (view.kind === 'tree') {
      tree.draw(log);
    } else {
      view.maps.forEach((map) => map.draw());
    }
  },
});
