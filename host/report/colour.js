// SPDX-License-Identifier: MIT
// Colours. A task has the same one in every picture; style.css has them, for light and for dark.

const COLOURS = 8; // that tasks get, those that hold most first; the rest share a grey
let palette = null;

function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  palette = {tasks: [], other: read('--task-other')};
  for (let i = 0; i < COLOURS; i++) {
    palette.tasks.push(read(`--task-${i}`));
  }
  for (const name of [
    'page',
    'text',
    'dim',
    'line',
    'panel',
    'free',
    'free-line',
    'accent',
    'bad',
    'warn',
    'good',
  ]) {
    palette[name] = read(`--${name}`);
  }
}

function colourOf(group) {
  return group !== undefined && group !== null && group.rank < COLOURS
    ? palette.tasks[group.rank]
    : palette.other;
}

// A CSS variable, so that what is no canvas changes by itself.
function colourVariable(group) {
  return group !== undefined && group !== null && group.rank < COLOURS
    ? `var(--task-${group.rank})`
    : 'var(--task-other)';
}

function withAlpha(color, alpha) {
  const value = parseInt(color.slice(1), 16);
  return `rgba(${value >> 16},${(value >> 8) & 255},${value & 255},${alpha})`;
}

// Opaque, so that what lies behind does not shine through.
function mixed(color, part) {
  const channels = (value) => [value >> 16, (value >> 8) & 255, value & 255],
    under = channels(parseInt(palette.page.slice(1), 16));
  return `rgb(${channels(parseInt(color.slice(1), 16))
    .map((channel, i) => Math.round(channel * part + under[i] * (1 - part)))
    .join(',')})`;
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  readPalette();
  redraw();
});
