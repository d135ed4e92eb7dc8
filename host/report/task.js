// SPDX-License-Identifier: MIT
// A task's page: its verdict, its heaps, its blocks by size and by age, what has changed.

const page = {task: null, shown: 50};

// Bars: [{name, value, words}].
function bars(items, color) {
  const most = Math.max(1, ...items.map((item) => item.value));
  return element(
    'table',
    {class: 'bars'},
    element(
      'tbody',
      null,
      items.map((item) =>
        element(
          'tr',
          null,
          element('th', {scope: 'row'}, item.name),
          element(
            'td',
            null,
            element('span', {
              class: 'bar-value',
              style: `width:${item.value === 0 ? 0 : Math.max(1, (100 * item.value) / most)}%;background:${color}`,
            }),
          ),
          element('td', {class: 'right'}, item.words),
        ),
      ),
    ),
  );
}

// Counts per power of two: [{name, value, words}].
function histogram(sizes) {
  const counts = new Map();
  for (const size of sizes) {
    const power = Math.max(3, Math.floor(Math.log2(Math.max(1, size))));
    const entry = counts.get(power) || {count: 0, bytes: 0};
    counts.set(power, {count: entry.count + 1, bytes: entry.bytes + size});
  }
  if (counts.size === 0) {
    return [];
  }
  const powers = [...counts.keys()],
    items = [];
  for (let power = Math.min(...powers); power <= Math.max(...powers); power++) {
    const {count, bytes: sum} = counts.get(power) || {count: 0, bytes: 0};
    const from = power === 3 ? 0 : 2 ** power;
    items.push({
      name: `${bytes(from).replace('.0', '')} to ${bytes(2 ** (power + 1)).replace('.0', '')}`,
      value: count,
      words: count === 0 ? '\u2013' : `${number(count)}, ${bytes(sum)}`,
    });
  }
  return items;
}

function blocksOfTask(log, task, s) {
  const list = [];
  for (const heap of log.heaps) {
    for (const i of blocksAt(heap, s)) {
      if (heap.lives.owner[i] === task.index) {
        list.push({
          heap,
          i,
          size: Math.max(0, heap.lives.size[i]),
          first: heap.lives.first[i],
          offset: heap.lives.offset[i],
        });
      }
    }
  }
  return list;
}

// How long the blocks have been there: in snapshots, by parts that double.
function ages(log, blocks, s) {
  const items = [],
    edges = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, Infinity];
  let from = 0;
  for (const edge of edges) {
    const of = blocks.filter((block) => s - block.first >= from && s - block.first < edge);
    const since = Math.max(0, s - edge + 1),
      until = s - from;
    if (from <= s) {
      items.push({
        name:
          from === 0
            ? 'new in this snapshot'
            : `since ${moment(log, since)}${since === until ? '' : ` to ${moment(log, until)}`}`,
        value: of.length,
        words:
          of.length === 0
            ? '\u2013'
            : `${number(of.length)}, ${bytes(of.reduce((sum, block) => sum + block.size, 0))}`,
      });
    }
    from = edge;
  }
  return items;
}

function largeCurve(log, task) {
  const color = colourVariable(task.groupOf);
  return timeChart(
    log,
    {
      width: 900,
      height: 180,
      left: 74,
      rows: [task.current, task.peak],
      parts: [0, 0.5, 1],
      label: (most) => `What ${task.label} holds over time: at most ${bytes(most)}`,
    },
    ({x, base, path}) => [
      svg('path', {
        d: `${path(task.current)}L${x(task.last)} ${base}L${x(task.first)} ${base}Z`,
        style: `fill:${color};opacity:.25`,
      }),
      svg('path', {d: path(task.peak), class: 'peak'}),
      svg('path', {d: path(task.current), style: `fill:none;stroke:${color};stroke-width:2`}),
    ],
  );
}

function heapsOfTask(log, task, s) {
  return wideTable(
    'Heaps of this task',
    ['Heap', 'Holds', 'Peak', 'Blocks', 'Capabilities'].map((name, i) =>
      element('th', {scope: 'col', class: i > 0 && i < 4 ? 'right' : null}, name),
    ),
    task.accounts.map((account) => {
      const heap = log.heaps[account.heap];
      return element(
        'tr',
        null,
        element('th', {scope: 'row'}, heapName(log, heap)),
        ...[bytes(account.current[s]), bytes(account.peak[s]), number(account.blocks[s])].map(
          (text) => element('td', {class: 'right'}, text),
        ),
        element('td', {class: 'caps'}, heap.caps_words || '?'),
      );
    }),
  );
}

// Against the first snapshot that has the task.
function changesOf(log, task, blocks, s) {
  const first = task.first,
    before = blocksOfTask(log, task, first),
    words = [];
  if (s <= first || task.current[s] === null) {
    return element('p', null, `It is first seen in ${momentInFull(log, first)}.`);
  }
  words.push(
    element(
      'li',
      null,
      `It holds ${bytes(task.current[s])}: ${change(task.current[s] - task.current[first])} against ${momentInFull(log, first)}.`,
    ),
  );
  if (log.snapshots.listed[first] === 1 && log.snapshots.listed[s] === 1) {
    const same = blocks.filter((block) => block.first <= first),
      came = blocks.length - same.length,
      gone = before.length - same.length;
    const sum = (list) => bytes(list.reduce((total, block) => total + block.size, 0));
    words.push(
      element(
        'li',
        null,
        `${plural(same.length, 'block')} (${sum(same)}) ${same.length === 1 ? 'is' : 'are'} still there, ${number(gone)} went, ` +
          `${number(came)} (${sum(blocks.filter((block) => block.first > first))}) came and stayed.`,
      ),
    );
  }
  for (const [name, sentence] of [
    ['allocations', 'allocations'],
    ['frees', 'of its blocks were freed'],
    ['freed_by_others', 'of them by other tasks'],
    ['resizes', 'were resized'],
    ['failures', 'allocations failed'],
  ]) {
    const value = counter(task, name, s);
    if (value !== null && value > 0) {
      words.push(
        element(
          'li',
          null,
          `${number(value)} ${sentence}` +
            (name === 'failures'
              ? `; the largest refused was ${bytes(counter(task, 'largest_refused', s))}`
              : '') +
            '.',
        ),
      );
    }
  }
  return element('ul', null, words);
}

function blockTable(log, task, blocks) {
  const list = blocks
    .slice()
    .sort((a, b) => a.first - b.first || b.size - a.size || a.offset - b.offset);
  return [
    wideTable(
      'Blocks of this task',
      ['Address', 'Size', 'Heap', 'There since'].map((name) =>
        element('th', {scope: 'col', class: name === 'Size' ? 'right' : null}, name),
      ),
      list
        .slice(0, page.shown)
        .map((block) =>
          element(
            'tr',
            null,
            element('td', {class: 'mono'}, addressOf(block.heap, block.offset)),
            element('td', {class: 'right'}, number(block.size)),
            element('td', null, heapName(log, block.heap)),
            element('td', null, momentInFull(log, block.first)),
          ),
        ),
    ),
    list.length > page.shown
      ? element(
          'button',
          {
            type: 'button',
            id: 'task-more',
            onclick: () => {
              page.shown = list.length;
              redraw();
            },
          },
          `Show all ${number(list.length)} blocks`,
        )
      : null,
  ];
}

function drawTask() {
  const log = state.log,
    task = page.task,
    s = state.at,
    color = colourVariable(task.groupOf);
  const blocks = blocksOfTask(log, task, s),
    there = task.state[s] !== null;
  const dl = (pairs) =>
    element(
      'dl',
      null,
      pairs.filter(Boolean).map(([name, value, more]) => tile(name, value, more)),
    );
  put(
    'task',
    element('p', null, element('a', {href: '#tasks', id: 'task-back'}, '\u2039 All tasks')),
    element(
      'h1',
      {id: 'task-title', tabindex: -1},
      swatch(color),
      task.label,
      ' ',
      badge(task.verdict),
    ),
    element(
      'p',
      {class: 'lead'},
      task.reason === null ? '' : `${task.reason.charAt(0).toUpperCase()}${task.reason.slice(1)}.`,
    ),
    there
      ? null
      : element(
          'p',
          {class: 'note'},
          `In snapshot ${log.snapshots.index[s]} the task is not there: it is listed from ${momentInFull(log, task.first)} to ${momentInFull(log, task.last)}.`,
        ),
    element(
      'div',
      {class: 'tiles'},
      dl([
        ['Holds', bytes(task.current[s]), `at ${moment(log, s)}`],
        ['Peak', bytes(task.peak[s])],
        ['Blocks', number(task.blocks[s])],
        ['State', stateOf(task, s)],
        task.serial === null ? null : ['Serial number', String(task.serial)],
      ]),
    ),
    largeCurve(log, task),
    element('p', {class: 'hint'}, 'Area: what it holds. Dotted: its peak.'),
    element('h2', null, 'What has changed'),
    changesOf(log, task, blocks, s),
    task.accounts.length === 0
      ? null
      : [element('h2', null, 'Its heaps'), heapsOfTask(log, task, s)],
    log.snapshots.listed[s] === 0
      ? element('p', {class: 'note'}, 'This snapshot lists no blocks.')
      : blocks.length === 0
        ? null
        : [
            element(
              'div',
              {class: 'pair'},
              element(
                'div',
                null,
                element('h2', null, 'Blocks by size'),
                bars(histogram(blocks.map((block) => block.size)), color),
              ),
              element(
                'div',
                null,
                element('h2', null, 'Blocks by age'),
                bars(ages(log, blocks, s), color),
              ),
            ),
            element('h2', null, 'Its blocks, oldest first'),
            blockTable(log, task, blocks),
          ],
  );
}

// #task-12 opens a task's page, anything else closes it.
function follow() {
  const found = /^#task-(\d+)$/.exec(location.hash),
    task = found ? state.log.tasks[Number(found[1])] : undefined;
  const before = page.task;
  page.task = task || null;
  byId('task').hidden = page.task === null;
  byId('report').hidden = page.task !== null;
  if (page.task === null) {
    redraw();
    const target = location.hash.length > 1 ? byId(location.hash.slice(1)) : null;
    if (before !== null && target !== null) {
      drawAll();
      target.scrollIntoView();
      const link =
        target.id === 'tasks' ? target.querySelector(`a[href="#task-${before.index}"]`) : null;
      (link || target).focus({preventScroll: link === null});
    }
    return;
  }
  page.shown = 50;
  drawTask();
  scrollTo(0, 0);
  byId('task-title').focus({preventScroll: true});
}

listen('task', {
  draw() {
    if (page.task !== null && state.log.tasks[page.task.index] === page.task) {
      drawTask();
    }
  },
});
