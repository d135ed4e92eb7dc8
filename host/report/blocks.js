// SPDX-License-Identifier: MIT
// The blocks of one snapshot, and what is free between them.

function heapName(log, heap) {
  const twin = log.heaps.some((other) => other !== heap && other.label === heap.label);
  if (!twin) {
    return heap.label;
  }
  return heap.start !== null
    ? `${heap.label} at ${heap.start}`
    : `${heap.label} of ${bytes(heap.size)}`;
}

// Indices into heap.lives, in address order. The last answer is kept: several pictures ask.
function blocksAt(heap, s) {
  if (heap.lives === null) {
    return [];
  }
  if (heap.asked !== s) {
    const {first, last, count} = heap.lives,
      found = [];
    for (let i = 0; i < count; i++) {
      if (first[i] <= s && s <= last[i]) {
        found.push(i);
      }
    }
    heap.asked = s;
    heap.found = found;
    heap.holes = undefined;
  }
  return heap.found;
}

function listsAll(log, s) {
  return log.snapshots.listed[s] === 1;
}

// Free memory between the blocks. Between two that touch there is a header; what is more is free.
function holesAt(log, heap, s) {
  const found = blocksAt(heap, s),
    {offset, size} = heap.lives || {};
  if (!listsAll(log, s) || heap.lives === null || heap.foreign || !heap.placed) {
    return null;
  }
  if (heap.holes !== undefined) {
    return heap.holes;
  }
  const gaps = [];
  let end = heap.from,
    head = 32;
  for (const i of found) {
    gaps.push([end, offset[i] - end]);
    end = offset[i] + Math.max(size[i], 0);
  }
  for (const [, gap] of gaps.slice(1)) {
    head = gap > 0 && gap < head ? gap : head;
  }
  gaps.push([end, heap.to - end]);
  heap.holes = gaps
    .map(([at, gap]) => ({offset: at, size: gap - head}))
    .filter((hole) => hole.size >= 8);
  return heap.holes;
}

// As the heap says it, or else as its list of blocks shows.
function largestFree(log, heap, s) {
  if (heap.largestFree[s] !== null && heap.largestFree[s] !== undefined) {
    return heap.largestFree[s];
  }
  const holes = holesAt(log, heap, s);
  return holes === null ? null : holes.reduce((most, hole) => Math.max(most, hole.size), 0);
}

function taskOfBlock(log, heap, i) {
  const owner = heap.lives.owner[i];
  return owner < 0 ? null : log.tasks[owner];
}

function groupOfBlock(log, heap, i) {
  const task = taskOfBlock(log, heap, i);
  return task === null ? null : task.groupOf;
}

function addressOf(heap, offset) {
  return hex(heap.base + BigInt(offset));
}

// Everything there is to say of a block.
function blockWords(log, heap, i) {
  const {offset, size, first, last} = heap.lives,
    task = taskOfBlock(log, heap, i);
  const end =
    last[i] >= log.newest
      ? 'still live in the newest'
      : `last seen in ${momentInFull(log, last[i])}`;
  return {
    address: addressOf(heap, offset[i]),
    size:
      size[i] < 0
        ? 'size unknown'
        : `${bytes(size[i])}` + (size[i] >= 1024 ? ` (${number(size[i])} bytes)` : ''),
    owner:
      task === null
        ? 'owner not named'
        : task.label + (task.state[state.at] === 1 ? ', which is deleted' : ''),
    since: `since ${momentInFull(log, first[i])}; ${end}`,
  };
}
