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
  return timeChart(
    log,
    {
      width: 520,
      height: 220,
      left: 70,
      rows: [free, largest],
      parts: [0, 0.25, 0.5, 0.75, 1],
      label: () =>
        `Free over time: now ${bytes(free[state.at])}; the largest free block: now ${bytes(largest[state.at])}`,
    },
    ({path}) => [
      svg('path', {d: path(free), class: 'free-curve'}),
      svg('path', {d: path(largest), class: 'largest-curve'}),
    ],
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
