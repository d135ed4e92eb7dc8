// SPDX-License-Identifier: MIT
// A chart of bytes over time, for the places where the large one of series.js would be too much.

// `chart`: width, height, room at the left, the rows of values that are to fit, the parts of the
// highest one that are marked, and its label. `draw` gives the curves, from {x, base, path}.
function timeChart(log, {width, height, left, rows, parts, label}, draw) {
  const right = width - 10,
    top = 10,
    base = height - 24;
  const most = Math.max(16, ...rows.flat().map((value) => value || 0));
  const from = log.x[0],
    span = log.x[log.count - 1] - from || 1;
  const x = (s) => left + ((right - left) * (log.x[s] - from)) / span;
  const y = (value) => base - ((base - top) * value) / most;
  const path = (row) => {
    let text = '',
      pen = 'M';
    row.forEach((value, s) => {
      text += value === null ? '' : `${pen}${x(s).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = value === null ? 'M' : 'L';
    });
    return text;
  };
  const ticks = parts.map((part) => [
    svg('line', {x1: left, x2: right, y1: y(most * part), y2: y(most * part), class: 'grid'}),
    svg(
      'text',
      {x: left - 8, y: y(most * part) + 4, 'text-anchor': 'end'},
      bytes(Math.round(most * part)),
    ),
  ]);
  return svg(
    'svg',
    {class: 'curve', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label(most)},
    ticks.flat(),
    draw({x, base, path}),
    svg('line', {x1: x(state.at), x2: x(state.at), y1: top, y2: base, class: 'now'}),
    svg('text', {x: left, y: height - 6}, moment(log, 0)),
    svg('text', {x: right, y: height - 6, 'text-anchor': 'end'}, moment(log, log.count - 1)),
  );
}
