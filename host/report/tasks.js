// SPDX-License-Identifier: MIT
// The table of tasks.

const table = {by: 'current', down: true, gone: false, text: ''};

const VERDICT_ORDER = {leaked: 5, growing: 4, 'handed on': 3, spiky: 2, steady: 1};

const COLUMNS = [
  {key: 'name', name: 'Task', of: (task) => task.label.toLowerCase()},
  {key: 'verdict', name: 'Verdict', of: (task) => VERDICT_ORDER[task.verdict] || 0},
  {key: 'state', name: 'State', of: (task, s) => stateOf(task, s)},
  {key: 'current', name: 'Holds', of: (task, s) => task.current[s], right: true},
  {key: 'peak', name: 'Peak', of: (task, s) => task.peak[s], right: true},
  {key: 'blocks', name: 'Blocks', of: (task, s) => task.blocks[s], right: true},
  {
    key: 'freed',
    name: 'Freed by others',
    of: (task, s) => counter(task, 'freed_by_others', s),
    right: true,
    counts: 'freed_by_others',
  },
  {
    key: 'failures',
    name: 'Failures',
    of: (task, s) => counter(task, 'failures', s),
    right: true,
    counts: 'failures',
  },
];

function counter(task, name, s) {
  return task.counters[name] === undefined ? null : task.counters[name][s];
}

function stateOf(task, s) {
  return task.state[s] === 0
    ? 'alive'
    : task.state[s] === 1
      ? 'deleted'
      : task.state[s] === 2
        ? 'unknown'
        : 'not there';
}

function compare(a, b) {
  if (a === null || b === null || a === undefined || b === undefined) {
    return (a === null || a === undefined ? 0 : 1) - (b === null || b === undefined ? 0 : 1);
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortedTasks(log, s) {
  const column = COLUMNS.find((one) => one.key === table.by),
    text = table.text.toLowerCase();
  return tasksAt(log, s)
    .filter((task) => table.gone || task.state[s] !== 1 || task.current[s] !== 0)
    .filter((task) => task.label.toLowerCase().includes(text))
    .sort(
      (a, b) =>
        (table.down ? -1 : 1) * compare(column.of(a, s), column.of(b, s)) ||
        (b.current[s] || 0) - (a.current[s] || 0) ||
        a.index - b.index,
    );
}

function headCell(column) {
  const sorted = table.by === column.key;
  return element(
    'th',
    {
      scope: 'col',
      class: column.right ? 'right' : null,
      'aria-sort': sorted ? (table.down ? 'descending' : 'ascending') : 'none',
    },
    element(
      'button',
      {
        type: 'button',
        class: 'plain',
        'data-sort': column.key,
        onclick: () => {
          table.down = sorted ? !table.down : column.key !== 'name';
          table.by = column.key;
          redraw();
        },
      },
      column.name,
      element(
        'span',
        {'aria-hidden': 'true', class: 'arrow'},
        sorted ? (table.down ? ' \u25be' : ' \u25b4') : '',
      ),
    ),
  );
}

function taskRow(log, task, s, columns, most) {
  if (task.spark === undefined) {
    task.spark = sparkline(log, task.current, {
      width: 110,
      height: 22,
      color: colourVariable(task.groupOf),
    });
  }
  const held = task.current[s];
  const cells = {
    name: () => element('th', {scope: 'row'}, taskLink(task)),
    verdict: () => element('td', null, badge(task.verdict)),
    state: () => element('td', null, stateOf(task, s)),
    current: () =>
      element(
        'td',
        {class: 'right'},
        element(
          'span',
          {class: 'meter', 'aria-hidden': 'true'},
          element('span', {
            style: `width:${held ? Math.max(2, (100 * held) / most) : 0}%;background:${colourVariable(task.groupOf)}`,
          }),
        ),
        element(
          'span',
          {title: held === null ? '' : `${number(held)} bytes`, 'data-current': held},
          bytes(held),
        ),
      ),
    peak: () => element('td', {class: 'right', 'data-peak': task.peak[s]}, bytes(task.peak[s])),
    blocks: () =>
      element('td', {class: 'right', 'data-blocks': task.blocks[s]}, number(task.blocks[s])),
    freed: () => element('td', {class: 'right'}, number(counter(task, 'freed_by_others', s))),
    failures: () => element('td', {class: 'right'}, number(counter(task, 'failures', s))),
  };
  return element(
    'tr',
    {
      'data-task': task.index,
      'data-serial': task.serial,
      class: state.marked === task.groupOf ? 'marked' : null,
    },
    columns.map((column) => cells[column.key]()),
    element('td', null, task.spark),
  );
}

listen('tasks', {
  reset() {
    put(
      'tasks-controls',
      element(
        'label',
        {class: 'select'},
        'Find ',
        element('input', {
          type: 'search',
          id: 'tasks-find',
          value: table.text,
          placeholder: 'name',
          oninput: (event) => {
            table.text = event.target.value;
            redraw();
          },
        }),
      ),
      toggle('Deleted tasks that owe nothing, too', table.gone, (on) => {
        table.gone = on;
      }),
      element('span', {id: 'tasks-count', class: 'hint', role: 'status'}),
    );
  },
  draw() {
    const log = state.log,
      s = state.at;
    if (log.tasks.length === 0) {
      put(
        'tasks-table',
        element('p', {class: 'note'}, 'This log does not say whose the memory is.'),
      );
      put('tasks-controls');
      return;
    }
    const rows = sortedTasks(log, s),
      all = tasksAt(log, s),
      most = Math.max(1, ...all.map((task) => task.current[s] || 0));
    const columns = COLUMNS.filter(
      (column) =>
        column.counts === undefined ||
        log.tasks.some((task) => task.counters[column.counts] !== undefined),
    );
    const focused =
      document.activeElement && document.activeElement.dataset
        ? document.activeElement.dataset.sort
        : undefined;
    put('tasks-count', `${rows.length} of ${plural(all.length, 'task')} at ${moment(log, s)}`);
    put(
      'tasks-table',
      element(
        'table',
        null,
        element('caption', {class: 'hidden'}, `Tasks at ${momentInFull(log, s)}`),
        element(
          'thead',
          null,
          element('tr', null, columns.map(headCell), element('th', {scope: 'col'}, 'Over time')),
        ),
        element(
          'tbody',
          null,
          rows.map((task) => taskRow(log, task, s, columns, most)),
        ),
      ),
    );
    for (const button of focused === undefined
      ? []
      : byId('tasks-table').querySelectorAll('[data-sort]')) {
      if (button.dataset.sort === focused) {
        button.focus();
      }
    }
  },
});
