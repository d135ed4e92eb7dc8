// SPDX-License-Identifier: MIT
// Figures as people read them.

const WORDS = new Intl.NumberFormat('en-US');

function number(value) {
  return value === null || value === undefined ? '?' : WORDS.format(value);
}

// As `heapledger show` writes it.
function bytes(value) {
  if (value === null || value === undefined) {
    return '?';
  }
  const size = Math.abs(value),
    sign = value < 0 ? '\u2212' : '';
  if (size < 1024) {
    return `${sign}${size} B`;
  }
  return size < 1024 * 1024
    ? `${sign}${(size / 1024).toFixed(1)} KiB`
    : `${sign}${(size / 1048576).toFixed(1)} MiB`;
}

function change(value) {
  return value === null
    ? '?'
    : value > 0
      ? `+${bytes(value)}`
      : value === 0
        ? 'no change'
        : bytes(value);
}

function percent(part, whole) {
  return part === null || !whole
    ? '?'
    : `${((100 * part) / whole).toFixed(part > 0 && part / whole < 0.1 ? 1 : 0)} %`;
}

function plural(count, word) {
  return `${number(count)} ${word}${count === 1 ? '' : 's'}`;
}

function duration(seconds) {
  const s = Math.round(seconds);
  if (s < 60) {
    return Number.isInteger(seconds) || seconds >= 10 ? `${s} s` : `${seconds.toFixed(1)} s`;
  }
  const parts = [
    [86400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const at = parts.findIndex(([unit]) => s >= unit);
  const [unit, name] = parts[at],
    [next, nextName] = parts[at + 1];
  const rest = Math.floor((s % unit) / next);
  return `${Math.floor(s / unit)} ${name}` + (rest > 0 ? ` ${rest} ${nextName}` : '');
}

function rate(task) {
  if (task.slope === undefined) {
    return '';
  }
  return task.slope_per_second
    ? `${bytes(Math.round(task.slope * 60))} a minute`
    : `${bytes(Math.round(task.slope))} a snapshot`;
}

// A moment of the log: how it is called on every part of the page.
function moment(log, s) {
  const uptime = log.snapshots.uptime[s];
  return uptime === null ? `snapshot ${log.snapshots.index[s]}` : duration(uptime / 1000);
}

function momentInFull(log, s) {
  const uptime = log.snapshots.uptime[s];
  return (
    `snapshot ${log.snapshots.index[s]}` +
    (uptime === null ? '' : `, ${duration(uptime / 1000)} after boot`)
  );
}

function hex(address) {
  return `0x${address.toString(16).padStart(8, '0')}`;
}
