// SPDX-License-Identifier: MIT
// Fragmentation: what is free, and in how large pieces.

const pieces = {heap: 'all'};

function heapsOfPieces(log) {
  return log.heaps.filter(
    (heap) => !heap.foreign && (pieces.heap === 'all' || heap.index === Number(pieces.heap)),
  );
}

function freeRow(log) {
  return sumRow(
    heapsOfPieces(log).map((heap) => heap.free),
    log.count,
  );
}

// Kept, as it looks at every block of every snapshot.
function largestRow(log) {
  const key = `largest ${pieces.heap}`;
  if (log[key] === undefined) {
    log[key] = log.x.map((_, s) => {
      const all = heapsOfPieces(log)
        .map((heap) => largestFree(log, heap, s))
        .filter((value) => value !== null);
      return all.length > 0 ? Math.max(...all) : null;
    });
  }
  return log[key];
}

function twoCurves(log, free, largest) {
  const width = 520,
    height = 220,
    pad = {left: 70, right: 10, top: 10, bottom: 24};
  const most = Math.max(
    16,
    ...free.map((value) => value || 0),
    ...largest.map((value) => value || 0),
  );
  const from = log.x[0],
    span = log.x[log.count - 1] - from || 1;
  const x = (s) => pad.left + ((width - pad.left - pad.right) * (log.x[s] - from)) / span;
  const y = (value) => height - pad.bottom - ((height - pad.top - pad.bottom) * value) / most;
  const path = (row) => {
    let text = '',
      pen = 'M';
    row.forEach((value, s) => {
      text += value === null ? '' : `${pen}${x(s).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = value === null ? 'M' : 'L';
    });
    return text;
  };
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => [
    svg('line', {
      x1: pad.left,
      x2: width - pad.right,
      y1: y(most * part),
      y2: y(most * part),
      class: 'grid',
    }),
    svg(
      'text',
      {x: pad.left - 8, y: y(most * part) + 4, 'text-anchor': 'end'},
      bytes(Math.round(most * part)),
    ),
  ]);
  return svg(
    'svg',
    {
      class: 'curve',
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': `Free over time: now ${bytes(free[state.at])}; the largest free block: now ${bytes(largest[state.at])}`,
    },
    ticks.flat(),
    svg('path', {d: path(free), class: 'free-curve'}),
    svg('path', {d: path(largest), class: 'largest-curve'}),
    svg('line', {
      x1: x(state.at),
      x2: x(state.at),
      y1: pad.top,
      y2: height - pad.bottom,
      class: 'now',
    }),
    svg('text', {x: pad.left, y: height - 6}, moment(log, 0)),
    svg(
      'text',
      {x: width - pad.right, y: height - 6, 'text-anchor': 'end'},
      moment(log, log.count - 1),
    ),
  );
}

function wordsOfPieces(free, largest, holes) {
  if (free === null && largest === null) {
    return 'This snapshot does not say what is free.';
  }
  const share =
    largest !== null && free > 0
      ? `: ${percent(Math.min(largest, free), free)} of it in one piece`
      : '';
  return (
    `${bytes(free)} free` +
    (largest === null
      ? '.'
      : `, the largest free block has ${bytes(largest)}${share}. ` +
        'An allocation larger than that fails, however much is free in all.') +
    (holes === null ? '' : ` There are ${plural(holes.length, 'free block')}.`)
  );
}

listen('fragmentation', {
  reset() {
    pieces.heap = 'all';
    put(
      'fragmentation-controls',
      heapSelect(state.log, 'fragmentation-heap', 'all heaps', pieces.heap, (heap) => {
        pieces.heap = heap;
      }),
    );
  },
  draw() {
    const log = state.log,
      s = state.at;
    if (log.count === 0) {
      return;
    }
    const free = freeRow(log),
      largest = largestRow(log),
      heaps = heapsOfPieces(log);
    const lists = heaps.map((heap) => holesAt(log, heap, s)),
      known = lists.filter((list) => list !== null),
      holes = known.length > 0 ? known.flat() : null;
    put('fragmentation-words', wordsOfPieces(free[s], largest[s], holes));
    put(
      'fragmentation-chart',
      free.some((value) => value !== null) || largest.some((value) => value !== null)
        ? [
            twoCurves(log, free, largest),
            element(
              'p',
              {class: 'hint'},
              element('span', {class: 'key free-key'}),
              ' free ',
              element('span', {class: 'key largest-key'}),
              ' largest free block',
            ),
          ]
        : element('p', {class: 'note'}, 'This log does not say what is free.'),
    );
    put('fragmentation-holes-title', `Free blocks by size, at ${moment(log, s)}`);
    put(
      'fragmentation-holes',
      holes === null
        ? element(
            'p',
            {class: 'note'},
            'Where a snapshot lists all blocks and heaps, what lies between them is free; this one does not.',
          )
        : bars(histogram(holes.map((hole) => hole.size)), 'var(--accent)'),
    );
  },
});
