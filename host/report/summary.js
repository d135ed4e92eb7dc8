// SPDX-License-Identifier: MIT
// The top: verdicts in words, then the figures that matter, then who holds what.

const SIGNS = {
  leaked: '\u2716',
  growing: '\u25b2',
  'handed on': '\u2192',
  spiky: '\u223f',
  steady: '\u2713',
};
const BADNESS = {leaked: 'bad', growing: 'warn'};

function badge(verdict) {
  if (verdict === null) {
    return element('span', {class: 'badge'}, 'too early to tell');
  }
  return element(
    'span',
    {class: `badge ${BADNESS[verdict] || 'calm'}`},
    element('span', {'aria-hidden': 'true'}, `${SIGNS[verdict]} `),
    verdict,
  );
}

function taskLink(task, text) {
  return element(
    'a',
    {class: 'task', href: `#task-${task.index}`},
    swatch(colourVariable(task.groupOf)),
    text || task.label,
  );
}

// Those that the newest snapshot lists, and leaks of boots before it.
function guilty(log) {
  const judged = log.tasks.filter(
    (task) => task.last === log.newest || isLastOfBoot(log, task.last),
  );
  const of = (verdict) =>
    judged
      .filter((task) => task.verdict === verdict)
      .sort((a, b) => b.current[b.last] - a.current[a.last]);
  return {leaked: of('leaked'), growing: of('growing')};
}

function isLastOfBoot(log, s) {
  return s === log.count - 1 || log.snapshots.boot[s + 1] !== log.snapshots.boot[s];
}

function names(tasks) {
  const distinct = [...new Set(tasks.map((task) => task.label))];
  const shown = distinct.slice(0, 3);
  if (distinct.length > 3) {
    return `${shown.join(', ')} and ${distinct.length - 3} more`;
  }
  return shown.length > 1
    ? `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`
    : shown[0];
}

function headline(log, {leaked, growing}) {
  if (log.count === 0) {
    return 'There is no snapshot in this log.';
  }
  const parts = [];
  if (leaked.length > 0) {
    const owed = leaked.reduce((sum, task) => sum + (task.current[task.last] || 0), 0);
    parts.push(`${names(leaked)} leaked ${bytes(owed)}`);
  }
  if (growing.length > 0) {
    parts.push(
      growing.length === 1
        ? `${names(growing)} keeps growing, ${rate(growing[0])}`
        : `${names(growing)} keep growing`,
    );
  }
  if (parts.length > 0) {
    return `${parts.join('; ')}.`;
  }
  if (log.tasks.length === 0) {
    return 'This log shows heaps; whose the memory is, it does not say.';
  }
  const open = tasksAt(log, log.newest).filter(
    (task) => task.state[log.newest] === 0 && task.verdict === null,
  );
  return open.length > 0
    ? 'No task died owing memory; too few snapshots to see growth.'
    : 'Nobody leaks, and nobody keeps growing.';
}

function reasonCard(log, task) {
  const reason = task.reason === null ? '' : task.reason.replace(/^it /, 'It ');
  return element(
    'li',
    {class: `card ${BADNESS[task.verdict]}`},
    element('div', {class: 'card-head'}, taskLink(task), badge(task.verdict)),
    element(
      'p',
      null,
      reason.charAt(0).toUpperCase() +
        reason.slice(1) +
        '.' +
        (task.last === log.newest
          ? ''
          : ` (In the boot that ended with snapshot ${log.snapshots.index[task.last]}.)`),
    ),
    sparkline(log, task.current, {width: 220, height: 34, color: colourVariable(task.groupOf)}),
  );
}

function tile(name, value, more, id) {
  return element(
    'div',
    {class: 'tile'},
    element('dt', null, name),
    element('dd', {id}, value),
    more ? element('dd', {class: 'more'}, more) : null,
  );
}

// Of all tasks in that boot, also of those that are gone by now.
function failuresUpTo(log, s) {
  return log.tasks
    .filter(
      (task) => task.counters.failures && log.snapshots.boot[task.first] === log.snapshots.boot[s],
    )
    .reduce(
      (sum, task) =>
        sum + (task.first > s ? 0 : task.counters.failures[Math.min(s, task.last)] || 0),
      0,
    );
}

// The figures of one snapshot. Free and largest free block: of the heaps that say so.
function figures(log, s) {
  const own = log.heaps.filter((heap) => !heap.foreign && heap.used[s] !== undefined);
  const free = sumRow(
    own.map((heap) => heap.free),
    log.count,
  )[s];
  const largest = own.map((heap) => largestFree(log, heap, s)).filter((value) => value !== null);
  const listed = tasksAt(log, s);
  const total = (pick) => listed.reduce((sum, task) => sum + (pick(task) || 0), 0);
  const failures = log.tasks.some((task) => task.counters.failures) ? failuresUpTo(log, s) : null;
  let peak = 0,
    peakAt = 0;
  log.total.forEach((value, i) => {
    if (value !== null && value > peak) {
      [peak, peakAt] = [value, i];
    }
  });
  return {
    used: log.total[s],
    free,
    largest: largest.length > 0 ? Math.max(...largest) : null,
    peak,
    peakAt,
    failures,
    blocks:
      listed.length > 0 && listed.every((task) => task.blocks[s] !== null)
        ? total((task) => task.blocks[s])
        : null,
    alive: listed.filter((task) => task.state[s] === 0).length,
    owing: listed.filter((task) => task.state[s] === 1 && task.current[s] > 0).length,
  };
}

function drawTiles(log) {
  const s = state.at,
    f = figures(log, s);
  put(
    'tiles',
    element(
      'dl',
      null,
      tile(
        'Heap used',
        bytes(f.used),
        log.size === null ? null : `${percent(f.used, log.size)} of ${bytes(log.size)}`,
        'figure-used',
      ),
      tile('Most at a snapshot', bytes(f.peak), `at ${moment(log, f.peakAt)}`, 'figure-peak'),
      tile(
        'Free',
        bytes(f.free),
        f.free === null || log.size === null ? null : `${percent(f.free, log.size)} of the heaps`,
        'figure-free',
      ),
      tile(
        'Largest free block',
        bytes(f.largest),
        f.largest === null || !f.free ? null : `${percent(f.largest, f.free)} of what is free`,
        'figure-largest',
      ),
      tile('Live blocks', number(f.blocks), null, 'figure-blocks'),
      tile(
        'Tasks alive',
        number(f.alive),
        f.owing === 0 ? null : `and ${f.owing} dead that ${f.owing === 1 ? 'owes' : 'owe'} memory`,
        'figure-alive',
      ),
      f.failures === null
        ? null
        : tile('Failed allocations', number(f.failures), null, 'figure-failures'),
    ),
  );
}

// What a heap holds, by group, largest first.
function holdersOf(log, heap, s) {
  const by = new Map();
  for (const task of tasksAt(log, s)) {
    for (const account of task.accounts) {
      const current = account.current[s];
      if ((heap === null || account.heap === heap.index) && current > 0) {
        by.set(task.groupOf, (by.get(task.groupOf) || 0) + current);
      }
    }
  }
  return [...by.entries()].sort((a, b) => b[1] - a[1] || a[0].rank - b[0].rank);
}

function heapBar(log, heap, s) {
  const holders = holdersOf(log, heap, s),
    used = holders.reduce((sum, [, held]) => sum + held, 0);
  const whole = heap.size === null ? used : heap.size;
  const words =
    `${heapName(log, heap)}: ${bytes(used)}` +
    (heap.size === null ? '' : ` of ${bytes(heap.size)}`);
  return element(
    'div',
    {class: 'heap-row'},
    element(
      'div',
      {class: 'heap-words'},
      element('b', null, heapName(log, heap)),
      ` ${bytes(used)}` +
        (heap.size === null ? '' : ` of ${bytes(heap.size)}, ${percent(used, heap.size)}`) +
        (heap.foreign ? ', another allocator\u2019s' : ''),
    ),
    element(
      'div',
      {class: 'stack', role: 'img', 'aria-label': words},
      holders.map(([group, held]) =>
        element('span', {
          style: `width:${(100 * held) / (whole || 1)}%;background:${colourVariable(group)}`,
          title: `${group.name}: ${bytes(held)}`,
        }),
      ),
    ),
  );
}

function drawHolders(log) {
  const s = state.at,
    holders = holdersOf(log, null, s),
    shown = holders.slice(0, 8);
  const rest = holders.slice(8).reduce((sum, [, held]) => sum + held, 0);
  put(
    'holders',
    element('h2', {class: 'small'}, `Who holds what, at ${moment(log, s)}`),
    element(
      'ul',
      {class: 'owners'},
      shown.map(([group, held]) =>
        element(
          'li',
          null,
          element(
            'a',
            {
              class: 'task',
              href: `#task-${
                group.tasks
                  .filter((task) => task.state[s] !== null)
                  .reduce((best, task) => (task.current[s] > best.current[s] ? task : best)).index
              }`,
            },
            swatch(colourVariable(group)),
            group.name,
          ),
          ` ${bytes(held)}`,
        ),
      ),
      rest > 0
        ? element(
            'li',
            null,
            swatch('var(--task-other)'),
            `${holders.length - 8} others ${bytes(rest)}`,
          )
        : null,
    ),
    log.heaps
      .filter((heap) => heap.used[s] !== null || heap.free[s] !== null)
      .map((heap) => heapBar(log, heap, s)),
  );
}

listen('summary', {
  reset() {
    const log = state.log,
      found = guilty(log),
      cards = [...found.leaked, ...found.growing];
    document.title = `${headline(log, found)} \u2013 heapledger report of ${log.source}`;
    put('verdict', headline(log, found));
    put(
      'reasons',
      cards.length === 0
        ? null
        : element(
            'ul',
            {class: 'cards'},
            cards.slice(0, 6).map((task) => reasonCard(log, task)),
          ),
      cards.length > 6
        ? element('p', {class: 'hint'}, `${cards.length - 6} more are in the table of tasks.`)
        : null,
    );
  },
  draw() {
    if (state.log.count > 0) {
      drawTiles(state.log);
      drawHolders(state.log);
    }
  },
});
