// SPDX-License-Identifier: MIT
// Puts the page together: reads the data, the slider, the keys.

const data = JSON.parse(byId('heapledger-data').textContent);
const logs = new Array(data.logs.length).fill(null);

function logAt(i) {
  if (logs[i] === null) {
    logs[i] = readLog(data.logs[i]);
  }
  return logs[i];
}

function drawSource(i) {
  const log = logs[i],
    builds = [...new Set(log.snapshots.build.filter((build) => build !== null))];
  const boots = new Set(log.snapshots.boot).size;
  const words = [
    plural(log.count, 'snapshot'),
    log.known ? `over ${duration(Math.round(log.x[log.count - 1] - log.x[0]))}` : null,
    boots > 1 ? `${boots} boots` : null,
    builds.length > 0 ? builds.join(', ') : null,
  ]
    .filter(Boolean)
    .join(', ');
  put(
    'source',
    data.logs.length > 1
      ? element(
          'label',
          {class: 'select'},
          'Log ',
          element(
            'select',
            {id: 'log', onchange: (event) => open(Number(event.target.value))},
            data.logs.map((one, at) =>
              element('option', {value: at, selected: at === i}, one.source),
            ),
          ),
        )
      : element('b', null, log.source),
    ` ${words}`,
  );
}

function open(i) {
  const log = logAt(i);
  page.task = null;
  drawSource(i);
  byId('slider').max = Math.max(0, log.count - 1);
  byId('mover').hidden = log.count < 2;
  choose(log);
  follow();
}

listen('mover', {
  draw() {
    const log = state.log,
      slider = byId('slider');
    if (log.count === 0) {
      return;
    }
    slider.value = state.at;
    slider.setAttribute('aria-valuetext', momentInFull(log, state.at));
    byId('before').disabled = state.at === 0;
    byId('behind').disabled = state.at === log.count - 1;
    put(
      'moment',
      element('b', null, moment(log, state.at)),
      ` snapshot ${log.snapshots.index[state.at]} of ${log.count}`,
    );
  },
});

byId('slider').addEventListener('input', (event) => select(Number(event.target.value)));
byId('before').addEventListener('click', () => select(state.at - 1));
byId('behind').addEventListener('click', () => select(state.at + 1));
addEventListener('hashchange', follow);
addEventListener('scroll', hideTip, {passive: true});
addEventListener('resize', redraw);
// Paper is light, whatever the system's colours: pictures on canvases are drawn anew for it.
function dressFor(printing) {
  document.documentElement.classList.toggle('printing', printing);
  readPalette();
  drawAll();
}

addEventListener('beforeprint', () => dressFor(true));
addEventListener('afterprint', () => dressFor(false));
put(
  'footer',
  `Written by heapledger ${data.version}. Sizes in KiB and MiB of 1024. This file needs no network.`,
);
readPalette();
open(0);
