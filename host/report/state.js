// SPDX-License-Identifier: MIT
// What the reader of the page has chosen: a log, a snapshot, a task. Parts of the page listen.

const state = {log: null, at: 0, marked: null};
const listeners = [];

// A part has draw(), and reset() for another log. Both are called at most once per frame.
function listen(part) {
  listeners.push(part);
}

let frame = 0;
let resetting = false;

function redraw() {
  if (frame === 0) {
    frame = requestAnimationFrame(() => {
      frame = 0;
      drawAll();
    });
  }
}

function drawAll() {
  for (const part of listeners) {
    if (resetting && part.reset) {
      part.reset();
    }
    part.draw();
  }
  resetting = false;
}

function choose(log) {
  state.log = log;
  state.at = log.newest;
  state.marked = null;
  resetting = true;
  drawAll();
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
