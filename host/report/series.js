// SPDX-License-Identifier: MIT
// Over time: what each task, or each heap, held; uPlot draws it. And sparklines, which are our own.

function sparkline(log, row, {width, height, color}) {
  const most = Math.max(1, ...row.map((value) => value || 0));
  const from = log.x[0],
    span = log.x[log.count - 1] - from || 1;
  let path = '',
    pen = 'M';
  row.forEach((value, s) => {
    if (value === null) {
      pen = 'M';
      return;
    }
    path += `${pen}${(1 + ((width - 2) * (log.x[s] - from)) / span).toFixed(1)} ${(height - 2 - ((height - 4) * value) / most).toFixed(1)}`;
    pen = 'L';
  });
  return svg(
    'svg',
    {
      class: 'spark',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      'aria-hidden': 'true',
      preserveAspectRatio: 'none',
    },
    svg('path', {
      d: path,
      fill: 'none',
      stroke: color,
      'stroke-width': 1.75,
      'stroke-linejoin': 'round',
      'stroke-linecap': 'round',
    }),
  );
}

const chart = {
  by: 'task',
  heap: 'all',
  peaks: false,
  size: true,
  marks: true,
  hidden: new Set(),
  plot: null,
  rows: [],
  key: '',
};
const MARKS = {
  created: ['\u25b4', 'good', 'created'],
  died: ['\u25be', 'dim', 'deleted'],
  failed: ['\u2716', 'bad', 'allocation failed'],
  reboot: ['\u21bb', 'accent', 'reboot'],
};

// What is stacked: {name, color, values, group}. The largest ones by name, the rest as one.
function rowsOf(log) {
  const heap = chart.heap === 'all' ? null : Number(chart.heap);
  if (chart.by === 'heap' || log.tasks.length === 0) {
    return log.heaps
      .filter((one) => heap === null || one.index === heap)
      .map((one, i) => ({
        name: heapName(log, one),
        values: one.used,
        rank: i,
        key: `heap ${one.index}`,
        color: palette.tasks[i % COLOURS],
      }));
  }
  const of = (group) =>
    heap === null
      ? group.current
      : sumRow(
          group.tasks
            .flatMap((task) => task.accounts)
            .filter((account) => account.heap === heap)
            .map((account) => account.current),
          log.count,
        );
  const named = log.groups.slice(0, COLOURS).map((group) => ({
    name: group.name,
    values: of(group),
    group,
    key: `task ${group.name}`,
    color: colourOf(group),
  }));
  const rest = log.groups.slice(COLOURS).filter((group) => group.most > 0);
  if (rest.length > 0) {
    named.push({
      name: rest.length === 1 ? rest[0].name : `${rest.length} others`,
      values: sumRow(rest.map(of), log.count),
      group: null,
      key: 'others',
      color: palette.other,
    });
  }
  return named.filter((row) => row.values.some((value) => value > 0));
}

function heapLine(log) {
  const heap = chart.heap === 'all' ? null : log.heaps[Number(chart.heap)];
  return heap === null ? log.size : heap.size;
}

// The most that was ever used: what the heaps themselves remember, also between snapshots.
function peakRow(log) {
  const heaps = log.heaps.filter(
    (heap) => !heap.foreign && (chart.heap === 'all' || heap.index === Number(chart.heap)),
  );
  let most = 0;
  return log.x.map((_, s) => {
    const total = sumRow(
      heaps.map((heap) => heap.used),
      log.count,
    )[s];
    most = Math.max(most, total || 0);
    const own =
      heaps.length === 1 && heaps[0].size !== null && heaps[0].minFree[s] !== null
        ? heaps[0].size - heaps[0].minFree[s]
        : 0;
    return Math.max(most, own);
  });
}

function stackOf(log, rows) {
  const below = new Array(log.count).fill(0);
  return rows.map((row) =>
    row.values.map((value, s) => {
      below[s] += value || 0;
      return below[s];
    }),
  );
}

function axisTime(log) {
  return (plot, values) =>
    values.map((value) =>
      log.known ? duration(Math.round(value)) : Number.isInteger(value) ? String(value) : '',
    );
}

// Round steps of time and of binary sizes, so that the grid reads well.
const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800,
  604800,
];
const SIZE_STEPS = [];
for (let power = 0; power < 40; power++) {
  SIZE_STEPS.push(2 ** power);
}

// Where many tasks come and go, their marks would say nothing: those that died owing memory stay.
function marksInView(log, plot) {
  const {min, max} = plot.scales.x,
    seen = log.events.filter(
      (event) => log.x[event.snapshot] >= min && log.x[event.snapshot] <= max,
    );
  const often =
    seen.filter((event) => event.kind === 'created' || event.kind === 'died').length > 60;
  return seen.filter(
    (event) => !often || event.kind === 'failed' || event.kind === 'reboot' || event.owing,
  );
}

function drawMarks(log) {
  return (plot) => {
    const context = plot.ctx,
      ratio = devicePixelRatio || 1,
      {left, top, width, height} = plot.bbox;
    const x = (s) => plot.valToPos(log.x[s], 'x', true);
    const inside = (at) => at >= left - 1 && at <= left + width + 1;
    context.save();
    context.textAlign = 'center';
    context.font = `${11 * ratio}px system-ui, sans-serif`;
    const seen = new Set();
    for (const event of chart.marks ? marksInView(log, plot) : []) {
      const [sign, color] = MARKS[event.kind],
        at = x(event.snapshot),
        key = `${event.kind} ${Math.round(at / (7 * ratio))}`;
      if (!inside(at) || seen.has(key)) {
        continue; // two signs in one place are one
      }
      seen.add(key);
      context.fillStyle = palette[color];
      context.fillText(
        sign,
        at,
        top - (event.kind === 'failed' || event.kind === 'reboot' ? 14 : 4) * ratio,
      );
      if (event.kind === 'reboot' || event.kind === 'failed') {
        context.fillRect(Math.round(at), top, ratio, height);
      }
    }
    const now = x(state.at);
    if (inside(now)) {
      context.fillStyle = palette.text;
      context.fillRect(Math.round(now - ratio / 2), top, ratio * 1.5, height);
    }
    context.restore();
  };
}

function tipOfChart(log, s) {
  const rows = chart.rows
    .filter((row) => !chart.hidden.has(row.key) && row.values[s] > 0)
    .slice()
    .sort((a, b) => b.values[s] - a.values[s]);
  const lines = [element('b', null, momentInFull(log, s))];
  for (const row of rows.slice(0, 9)) {
    lines.push(
      element(
        'div',
        {class: 'tip-row'},
        swatch(row.color),
        row.name,
        element('span', null, bytes(row.values[s])),
      ),
    );
  }
  lines.push(
    element(
      'div',
      {class: 'tip-row total'},
      'together',
      element('span', null, bytes(rows.reduce((sum, row) => sum + row.values[s], 0))),
    ),
  );
  for (const event of log.events.filter((one) => one.snapshot === s).slice(0, 6)) {
    lines.push(element('div', {class: 'tip-event'}, `${MARKS[event.kind][0]} ${event.text}`));
  }
  return lines;
}

function optionsOfChart(log, shown, width) {
  const grid = {stroke: palette.line, width: 1},
    axis = {stroke: palette.dim, grid, ticks: grid, font: '12px system-ui, sans-serif'};
  const series = [{}];
  shown
    .slice()
    .reverse()
    .forEach((row) => {
      const dimmed = state.marked !== null && row.group !== state.marked;
      series.push({
        stroke: mixed(row.color, dimmed ? 0.3 : 1),
        fill: mixed(row.color, dimmed ? 0.15 : 0.82),
        width: 1,
        points: {show: log.count < 3},
      });
    });
  if (chart.peaks) {
    series.push({stroke: palette.text, dash: [3, 3], width: 1.5, points: {show: false}});
  }
  if (chart.size && heapLine(log) !== null) {
    series.push({stroke: palette.bad, dash: [8, 4], width: 1.5, points: {show: false}});
  }
  return {
    width,
    height: Math.max(220, Math.min(360, innerHeight * 0.45)),
    padding: [chart.marks ? 28 : 10, 12, 0, 0],
    legend: {show: false},
    cursor: {drag: {x: true, y: false}, points: {show: false}},
    scales: {x: {time: false}, y: {range: (plot, min, max) => [0, Math.max(max * 1.04, 16)]}},
    axes: [
      {
        ...axis,
        values: axisTime(log),
        incrs: log.known ? TIME_STEPS : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
        space: 80,
      },
      {
        ...axis,
        values: (plot, values) => values.map((value) => bytes(value).replace('.0 ', ' ')),
        incrs: SIZE_STEPS,
        size: 78,
      },
    ],
    series,
    hooks: {draw: [drawMarks(log)], setCursor: [(plot) => moveTip(log, plot)]},
  };
}

function moveTip(log, plot) {
  const {left, top, idx} = plot.cursor;
  if (idx === null || idx === undefined || left < 0) {
    hideTip();
    return;
  }
  const box = plot.over.getBoundingClientRect();
  showTip(box.left + left, box.top + top, tipOfChart(log, idx));
}

function zoomChart(factor) {
  const plot = chart.plot,
    log = state.log;
  const {min, max} = plot.scales.x,
    middle = Math.max(min, Math.min(max, log.x[state.at]));
  const from = Math.max(log.x[0], middle - (middle - min) * factor),
    to = Math.min(log.x[log.count - 1], middle + (max - middle) * factor);
  plot.setScale('x', {min: from, max: to > from ? to : from + 1});
}

function resetZoom() {
  const log = state.log;
  chart.plot.setScale('x', {min: log.x[0], max: log.x[log.count - 1]});
}

function chartKeys(event) {
  const keys = {
    ArrowLeft: () => select(state.at - 1),
    ArrowRight: () => select(state.at + 1),
    Home: () => select(0),
    End: () => select(state.log.count - 1),
    '+': () => zoomChart(0.5),
    '-': () => zoomChart(2),
    0: resetZoom,
  };
  if (keys[event.key] && chart.plot && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    keys[event.key]();
  }
}

function makePlot(log) {
  const shown = chart.rows.filter((row) => !chart.hidden.has(row.key)),
    stacked = stackOf(log, shown);
  const box = byId('time-chart'),
    data = [log.x, ...stacked.reverse()];
  if (chart.peaks) {
    data.push(peakRow(log));
  }
  if (chart.size && heapLine(log) !== null) {
    data.push(log.x.map(() => heapLine(log)));
  }
  const before = chart.plot !== null && chart.log === log ? {...chart.plot.scales.x} : null;
  if (chart.plot !== null) {
    chart.plot.destroy();
  }
  box.replaceChildren();
  chart.plot = new uPlot(optionsOfChart(log, shown, box.clientWidth || 600), data, box);
  chart.log = log;
  if (before !== null && (before.min > log.x[0] || before.max < log.x[log.count - 1])) {
    chart.plot.setScale('x', {min: before.min, max: before.max});
  }
  let pressed = 0;
  chart.plot.over.addEventListener('mousedown', (event) => {
    pressed = event.clientX;
  });
  chart.plot.over.addEventListener('click', (event) => {
    if (
      Math.abs(event.clientX - pressed) < 4 &&
      chart.plot.cursor.idx !== null &&
      chart.plot.cursor.idx !== undefined
    ) {
      select(chart.plot.cursor.idx);
    }
  });
}

// Legend: a click hides, "only" isolates.
function drawLegend(log) {
  const s = state.at;
  const item = (row) => {
    const hidden = chart.hidden.has(row.key),
      others = chart.rows.filter((other) => other !== row);
    const alone =
      !hidden && others.length > 0 && others.every((other) => chart.hidden.has(other.key));
    return element(
      'span',
      {class: hidden ? 'item off' : 'item'},
      element(
        'button',
        {
          type: 'button',
          class: 'plain',
          'aria-pressed': String(!hidden),
          'data-series': row.key,
          onclick: () => {
            chart.hidden[hidden ? 'delete' : 'add'](row.key);
            redraw();
          },
        },
        swatch(row.color),
        row.name,
        element(
          'span',
          {class: 'held'},
          row.values[s] === null ? ' \u2013' : ` ${bytes(row.values[s])}`,
        ),
      ),
      element(
        'button',
        {
          type: 'button',
          class: 'only',
          'aria-label': alone ? 'Show all' : `Show only ${row.name}`,
          onclick: () => {
            chart.hidden = alone ? new Set() : new Set(others.map((other) => other.key));
            redraw();
          },
        },
        alone ? 'all' : 'only',
      ),
    );
  };
  const focused =
    document.activeElement && document.activeElement.dataset
      ? document.activeElement.dataset.series
      : undefined;
  put('time-legend', chart.rows.map(item));
  if (focused !== undefined) {
    for (const button of byId('time-legend').querySelectorAll('[data-series]')) {
      if (button.dataset.series === focused) {
        button.focus();
      }
    }
  }
}

function drawEvents(log) {
  put(
    'time-events',
    element('summary', null, `What happened (${log.events.length})`),
    log.events.length === 0
      ? element('p', null, 'No task came or went, nothing failed.')
      : element(
          'ol',
          {class: 'events'},
          log.events
            .slice(0, 500)
            .map((event) =>
              element(
                'li',
                null,
                element(
                  'button',
                  {type: 'button', class: 'plain link', onclick: () => select(event.snapshot)},
                  momentInFull(log, event.snapshot),
                ),
                ` ${MARKS[event.kind][0]} ${event.text}`,
              ),
            ),
        ),
  );
}

function toggle(label, on, change) {
  return element(
    'label',
    {class: 'toggle'},
    element('input', {
      type: 'checkbox',
      checked: on,
      onchange: (event) => {
        change(event.target.checked);
        redraw();
      },
    }),
    label,
  );
}

function heapSelect(log, id, all, value, change) {
  return log.heaps.length < 2
    ? null
    : element(
        'label',
        {class: 'select'},
        'Heap ',
        element(
          'select',
          {
            id,
            onchange: (event) => {
              change(event.target.value);
              redraw();
            },
          },
          element('option', {value: 'all', selected: value === 'all'}, all),
          log.heaps.map((heap) =>
            element(
              'option',
              {value: heap.index, selected: value === String(heap.index)},
              heapName(log, heap),
            ),
          ),
        ),
      );
}

listen('time', {
  reset() {
    const log = state.log;
    Object.assign(chart, {heap: 'all', hidden: new Set(), key: ''});
    const button = (label, words, act) =>
      element('button', {type: 'button', 'aria-label': words, title: words, onclick: act}, label);
    put(
      'time-controls',
      log.tasks.length > 0
        ? choice(
            'What is stacked',
            [
              ['task', 'By task'],
              ['heap', 'By heap'],
            ],
            chart.by,
            (by) => {
              chart.by = by;
              chart.hidden = new Set();
              redraw();
            },
          )
        : null,
      heapSelect(log, 'time-heap', 'all heaps', chart.heap, (heap) => {
        chart.heap = heap;
      }),
      toggle('Peak so far', chart.peaks, (on) => {
        chart.peaks = on;
      }),
      log.size === null
        ? null
        : toggle('Size of the heap', chart.size, (on) => {
            chart.size = on;
          }),
      toggle('Marks', chart.marks, (on) => {
        chart.marks = on;
      }),
      typeof uPlot === 'undefined'
        ? null
        : element(
            'span',
            {class: 'choice'},
            button('+', 'Zoom in', () => zoomChart(0.5)),
            button('\u2212', 'Zoom out', () => zoomChart(2)),
            button('Whole log', 'Zoom out to the whole log', resetZoom),
          ),
    );
    drawEvents(log);
    const box = byId('time-chart');
    if (typeof uPlot === 'undefined') {
      put(
        'time-chart',
        element(
          'p',
          {class: 'note'},
          'This heapledger was built without npm, so that the curves are missing here. Every figure is in the other parts.',
        ),
      );
      return;
    }
    box.tabIndex = 0;
    box.setAttribute('role', 'group');
    box.setAttribute(
      'aria-label',
      'Bytes held over time, stacked. Arrow keys move through the snapshots, plus and minus zoom, 0 shows all.',
    );
    box.onkeydown = chartKeys;
    put(
      'time-hint',
      'Drag to zoom, double-click for the whole log, click to choose a snapshot. ',
      ...Object.values(MARKS).flatMap(([sign, color, word]) => [
        ' ',
        element(
          'span',
          {class: 'mark'},
          element('span', {style: `color:var(--${color})`}, sign),
          ` ${word}`,
        ),
      ]),
    );
  },
  draw() {
    const log = state.log;
    if (log.count === 0) {
      return;
    }
    chart.rows = rowsOf(log);
    drawLegend(log);
    if (typeof uPlot === 'undefined') {
      return;
    }
    const key = JSON.stringify([
      chart.by,
      chart.heap,
      chart.peaks,
      chart.size,
      chart.marks,
      [...chart.hidden],
      state.marked && state.marked.name,
      byId('time-chart').clientWidth,
      innerHeight,
      palette.text,
    ]);
    if (key !== chart.key) {
      chart.key = key;
      makePlot(log);
    } else {
      chart.plot.redraw(false);
    }
  },
});
