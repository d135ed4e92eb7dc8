// SPDX-License-Identifier: MIT
// Rows of figures from short strings (README.md, "Packed rows").
'use strict';

const DIGITS = new Int8Array(128).fill(-1);
for (const [value, digit] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
}

// Reads number after number. Above 32 bits the shifts of JavaScript would wrap: so it multiplies.
function* numbersOf(text) {
  let number = 0,
    weight = 1;
  for (let i = 0; i < text.length; i++) {
    const digit = DIGITS[text.charCodeAt(i)];
    number += (digit & 31) * weight;
    weight *= 32;
    if (digit < 32) {
      yield number;
      number = 0;
      weight = 1;
    }
  }
}

// A row of figures, each written as its distance from the one before. null: not known.
function figuresOf(text) {
  const row = [];
  let last = 0;
  for (const number of numbersOf(text)) {
    if (number === 0) {
      row.push(null);
      continue;
    }
    last += number % 2 === 1 ? (number - 1) / 2 : -number / 2;
    row.push(last);
  }
  return row;
}

// The lives of a heap's blocks, in columns; `offset` is from the heap's base.
function livesOf(text) {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    count += DIGITS[text.charCodeAt(i)] < 32 ? 1 : 0;
  }
  count /= 5;
  const lives = {
    count,
    offset: new Float64Array(count),
    size: new Float64Array(count),
    owner: new Int32Array(count),
    first: new Int32Array(count),
    last: new Int32Array(count),
  };
  let at = 0,
    number = 0,
    weight = 1,
    field = 0,
    offset = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = DIGITS[text.charCodeAt(i)];
    number += (digit & 31) * weight;
    if (digit >= 32) {
      weight *= 32;
      continue;
    }
    if (field === 0) {
      offset += number;
      lives.offset[at] = offset;
    } else if (field === 1) {
      lives.size[at] = number - 1; // -1: not known
    } else if (field === 2) {
      lives.owner[at] = number - 1; // -1: nobody is named
    } else if (field === 3) {
      lives.first[at] = number;
    } else {
      lives.last[at] = lives.first[at] + number;
    }
    field = (field + 1) % 5;
    at += field === 0 ? 1 : 0;
    number = 0;
    weight = 1;
  }
  return lives;
}
