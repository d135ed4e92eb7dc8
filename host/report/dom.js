// SPDX-License-Identifier: MIT
// Elements. Text from the log gets into the page here only, as text nodes and attributes, never as HTML.

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  fill(made, attributes, children);
  return made;
}

function svg(tag, attributes, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  fill(made, attributes, children);
  return made;
}

function fill(to, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith('on')) {
      to.addEventListener(name.slice(2), value);
    } else if (name === 'style') {
      to.style.cssText = value; // ours, never the log's
    } else if (value === true) {
      to.setAttribute(name, '');
    } else if (value !== null && value !== undefined && value !== false) {
      to.setAttribute(name, value);
    }
  }
  to.append(...children.flat().filter((child) => child !== null && child !== undefined));
}

// A table that scrolls by itself where the window is narrow. `head`: cells of its first row.
function wideTable(name, head, rows) {
  return element(
    'div',
    {class: 'wide', tabindex: 0, role: 'region', 'aria-label': name},
    element(
      'table',
      null,
      element('thead', null, element('tr', null, head)),
      element('tbody', null, rows),
    ),
  );
}

function byId(id) {
  return document.getElementById(id);
}

function put(id, ...children) {
  byId(id).replaceChildren(
    ...children.flat().filter((child) => child !== null && child !== undefined),
  );
}

// A row of buttons of which one is pressed.
function choice(name, options, pressed, choose) {
  const buttons = options.map(([value, label]) =>
    element(
      'button',
      {
        type: 'button',
        'aria-pressed': String(value === pressed),
        'data-value': value,
        onclick: (event) => {
          for (const button of buttons) {
            button.setAttribute('aria-pressed', String(button === event.currentTarget));
          }
          choose(value);
        },
      },
      label,
    ),
  );
  return element('div', {class: 'choice', role: 'group', 'aria-label': name}, buttons);
}

function swatch(color) {
  return element('span', {class: 'swatch', 'aria-hidden': 'true', style: `background:${color}`});
}

// What is under the pointer, beside it.
function showTip(x, y, lines) {
  const tip = byId('tip');
  tip.replaceChildren(
    ...lines.map((line) => (typeof line === 'string' ? element('div', null, line) : line)),
  );
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = x + 14 + box.width > innerWidth ? Math.max(4, x - box.width - 10) : x + 14;
  const top = y + 18 + box.height > innerHeight ? Math.max(4, y - box.height - 12) : y + 18;
  tip.style.cssText = `left:${left}px;top:${top}px`;
}

function hideTip() {
  byId('tip').hidden = true;
}

// A canvas as large as its box on this screen.
function sizeCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
