// SPDX-License-Identifier: MIT
// What the reader of the page has chosen: a log, a snapshot, a task. Parts of the page listen.

const state = {log: null, at: 0, marked: null};
const listeners = [];

// A part has draw(), and reset() for another log; `id` is its element. Those in sight are drawn in the
// next frame, the others one by one behind it, so that nothing stalls.
function listen(id, part) {
  listeners.push({...part, id, stale: false});
}

let frame = 0,
  behind = 0,
  resetting = false;

function redraw() {
  if (frame === 0) {
    frame = requestAnimationFrame(() => {
      frame = 0;
      drawSeen();
    });
  }
}

function isSeen(part) {
  const box = byId(part.id).getBoundingClientRect();
  return box.bottom > -100 && box.top < innerHeight + 100;
}

function drawPart(part) {
  part.stale = false;
  part.draw();
}

function drawSeen() {
  const seen = listeners.filter(isSeen);
  for (const part of listeners) {
    if (resetting && part.reset) {
      part.reset();
    }
    part.stale = true;
  }
  resetting = false;
  seen.forEach(drawPart);
  if (behind === 0) {
    behind = setTimeout(drawBehind, 0);
  }
}

function drawBehind() {
  const part = listeners.find((one) => one.stale);
  behind = 0;
  if (part !== undefined) {
    drawPart(part);
    behind = setTimeout(drawBehind, 0);
  } else {
    document.documentElement.dataset.ready = 'yes';
  }
}

function drawAll() {
  drawSeen();
  listeners.filter((part) => part.stale).forEach(drawPart);
}

function choose(log) {
  state.log = log;
  state.at = log.newest;
  state.marked = null;
  resetting = true;
  drawSeen();
}

function select(snapshot) {
  const at = Math.max(0, Math.min(state.log.count - 1, snapshot));
  if (at !== state.at) {
    state.at = at;
    redraw();
  }
}

// Marks one group of tasks in every picture; the same once more takes the mark away.
function mark(group) {
  state.marked = state.marked === group ? null : group;
  redraw();
}
