// SPDX-License-Identifier: MIT
// A log as the page uses it: rows over all snapshots, groups of tasks, moments in time.

// Spreads a row, which has figures for some snapshots only, over all.
function spread(count, at, row) {
  const all = new Array(count).fill(null);
  at.forEach((snapshot, i) => {
    all[snapshot] = row[i];
  });
  return all;
}

// What is not listed in a snapshot that tells of some tasks only is as it was before.
function carry(row, partial) {
  const all = row.slice();
  for (let s = 1; s < all.length; s++) {
    if (all[s] === null && partial[s] === 1) {
      all[s] = all[s - 1];
    }
  }
  return all;
}

// Where each snapshot is on the axis of time: seconds since the log's first boot, or its number.
function timesOf(snapshots) {
  const {uptime, boot, count} = snapshots;
  const known = count > 1 && uptime.every((time) => time !== null);
  const x = [];
  let offset = 0;
  for (let s = 0; s < count; s++) {
    if (!known) {
      x.push(s + 1);
      continue;
    }
    let now = offset + uptime[s] / 1000;
    if (s > 0 && (boot[s] !== boot[s - 1] || now < x[s - 1])) {
      offset = x[s - 1] + 1 - (boot[s] === boot[s - 1] ? uptime[s] / 1000 : 0);
      now = offset + uptime[s] / 1000;
    }
    // Two snapshots of one moment are still two points.
    x.push(s > 0 && now <= x[s - 1] ? x[s - 1] + 0.001 : now);
  }
  return {x, known};
}

function readTask(raw, index, snapshots) {
  const at = figuresOf(raw.at),
    count = snapshots.count;
  const row = (text) => carry(spread(count, at, figuresOf(text)), snapshots.partial);
  const counters = {};
  for (const [name, text] of Object.entries(raw.counters)) {
    counters[name] = row(text);
  }
  const task = {
    ...raw,
    index,
    first: at[0],
    last: at[at.length - 1],
    counters,
    state: row(raw.state),
    current: row(raw.current),
    peak: row(raw.peak),
    blocks: row(raw.blocks),
    group: raw.name === null ? raw.label : raw.name,
    accounts: raw.accounts.map((account) => ({
      heap: account.heap,
      current: row(account.current),
      peak: row(account.peak),
      blocks: row(account.blocks),
    })),
  };
  return task;
}

function readHeap(raw, blocks, index, snapshots) {
  const at = figuresOf(raw.at),
    count = snapshots.count;
  const row = (text) => carry(spread(count, at, figuresOf(text)), snapshots.partial);
  const heap = {
    ...raw,
    index,
    used: row(raw.used),
    free: row(raw.free),
    minFree: row(raw.min_free),
    largestFree: row(raw.largest_free),
    blockCount: row(raw.blocks),
    lives: blocks === null ? null : livesOf(blocks.lives),
    base: blocks === null ? (raw.start === null ? 0n : BigInt(raw.start)) : BigInt(blocks.base),
  };
  // Offsets are from the first block that was ever seen; the heap may begin before it.
  heap.from = heap.start === null ? 0 : Number(BigInt(heap.start) - heap.base);
  heap.placed = heap.start !== null && heap.size !== null; // else only its blocks are known
  heap.to =
    heap.start !== null && heap.size !== null ? heap.from + heap.size : endOfLives(heap.lives);
  return heap;
}

function endOfLives(lives) {
  let end = 0;
  for (let i = 0; lives !== null && i < lives.count; i++) {
    end = Math.max(end, lives.offset[i] + Math.max(lives.size[i], 0));
  }
  return end;
}

// Tasks of one name: what they hold together.
function groupsOf(tasks, count) {
  const byName = new Map();
  for (const task of tasks) {
    if (!byName.has(task.group)) {
      byName.set(task.group, {
        name: task.group,
        tasks: [],
        current: new Array(count).fill(null),
        most: 0,
      });
    }
    const group = byName.get(task.group);
    group.tasks.push(task);
    task.current.forEach((value, s) => {
      if (value !== null) {
        group.current[s] = (group.current[s] === null ? 0 : group.current[s]) + value;
        group.most = Math.max(group.most, group.current[s]);
      }
    });
  }
  const groups = [...byName.values()].sort((a, b) => b.most - a.most || (a.name < b.name ? -1 : 1));
  groups.forEach((group, rank) => {
    group.rank = rank;
    for (const task of group.tasks) {
      task.groupOf = group;
    }
  });
  return groups;
}

function sumRow(rows, count) {
  const sum = new Array(count).fill(null);
  for (const row of rows) {
    row.forEach((value, s) => {
      sum[s] = value === null ? sum[s] : (sum[s] === null ? 0 : sum[s]) + value;
    });
  }
  return sum;
}

// What happened between a snapshot and the one before it.
function eventsOf(log) {
  const events = [];
  const add = (snapshot, kind, text, owing) =>
    events.push({snapshot, kind, text, owing: Boolean(owing)});
  const {boot, partial, count} = log.snapshots;
  const firstOfBoot = (s) => s === 0 || boot[s] !== boot[s - 1];
  for (let s = 1; s < count; s++) {
    if (boot[s] !== boot[s - 1]) {
      add(s, 'reboot', 'the device rebooted');
    }
  }
  for (const task of log.tasks) {
    if (!firstOfBoot(task.first) && partial[task.first] !== 1) {
      add(task.first, 'created', `${task.label} was created`);
    }
    for (let s = task.first + 1; s <= Math.min(task.last + 1, count - 1); s++) {
      const before = task.state[s - 1],
        now = task.state[s];
      if (
        before === 0 &&
        (now === 1 || (now === null && partial[s] !== 1 && boot[s] === boot[s - 1]))
      ) {
        add(
          s,
          'died',
          `${task.label} was deleted` +
            (task.current[s] ? `, owing ${bytes(task.current[s])}` : ''),
          task.current[s],
        );
      }
    }
    const failures = task.counters.failures;
    for (let s = task.first; failures !== undefined && s <= task.last; s++) {
      const before = s > task.first ? failures[s - 1] : 0;
      if (failures[s] !== null && before !== null && failures[s] > before) {
        const refused = task.counters.largest_refused;
        add(
          s,
          'failed',
          `${number(failures[s] - before)} allocation${failures[s] - before === 1 ? '' : 's'} of ` +
            `${task.label} failed` +
            (refused && refused[s] ? `; the largest refused: ${bytes(refused[s])}` : ''),
        );
      }
    }
  }
  return events.sort((a, b) => a.snapshot - b.snapshot);
}

function readLog(raw) {
  const snapshots = {...raw.snapshots};
  for (const name of [
    'line',
    'index',
    'boot',
    'uptime',
    'damaged',
    'changed',
    'partial',
    'listed',
  ]) {
    snapshots[name] = figuresOf(raw.snapshots[name]);
  }
  const log = {...raw, snapshots, count: snapshots.count};
  Object.assign(log, timesOf(snapshots));
  log.tasks = raw.tasks.map((task, i) => readTask(task, i, snapshots));
  log.heaps = raw.heaps.map((heap, i) => readHeap(heap, raw.blocks[i], i, snapshots));
  log.groups = groupsOf(log.tasks, log.count);
  log.newest = raw.newest === undefined ? log.count - 1 : raw.newest;
  log.total = sumRow(
    log.tasks.map((task) => task.current),
    log.count,
  );
  if (log.tasks.length === 0) {
    // a print of heaps alone
    log.total = sumRow(
      log.heaps.map((heap) => heap.used),
      log.count,
    );
  }
  const own = log.heaps.filter((heap) => !heap.foreign);
  log.size =
    own.length > 0 && own.every((heap) => heap.size !== null)
      ? own.reduce((sum, heap) => sum + heap.size, 0)
      : null; // one that is not known makes the sum unknown
  log.events = eventsOf(log);
  return log;
}

// Tasks that are listed in a snapshot.
function tasksAt(log, s) {
  return log.tasks.filter((task) => task.state[s] !== null);
}
