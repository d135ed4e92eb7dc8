// SPDX-License-Identifier: MIT
// Opens a report in Chromium and uses it: browser.mjs FOLDER CHROMIUM NPM_FOLDER. browser_test.py calls it.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const [folder, executablePath, npm] = process.argv.slice(2);
const require = createRequire(`${npm}/`);
const {chromium} = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const want = JSON.parse(readFileSync(`${folder}/small.json`, 'utf8'));
const newest = want.snapshots[want.snapshots.length - 1];
const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
let failed = 0,
  passed = 0;

// A page of its own for each test; whatever the console says, and whatever it asks the network for, is wrong.
async function test(
  name,
  body,
  {width = 1200, colorScheme = 'light', hash = '', file = 'small'} = {},
) {
  const context = await browser.newContext({
    viewport: {width, height: 800},
    colorScheme,
    bypassCSP: true,
  });
  const page = await context.newPage(),
    heard = [];
  page.on('console', (message) => heard.push(message.text()));
  page.on('pageerror', (error) => heard.push(error.stack));
  page.on(
    'request',
    (request) =>
      request.url().startsWith('file:') ||
      request.url().startsWith('data:') ||
      heard.push(request.url()),
  );
  try {
    await page.goto(`file://${folder}/${file}.html${hash}`);
    await ready(page);
    await body(page);
    assert.deepEqual(heard, []);
    passed++;
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}\n${error.stack}`);
  }
  await context.close();
}

async function ready(page) {
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes');
}

// Lets the parts behind the first ones draw themselves.
async function settled(page) {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 150))),
  );
}

async function compareTable(page, snapshot) {
  const rows = await page.$$eval('#tasks-table tbody tr', (list) =>
    list.map((row) => ({
      serial: Number(row.dataset.serial),
      current: row.querySelector('[data-current]').dataset.current,
      peak: row.querySelector('[data-peak]').dataset.peak,
      blocks: row.querySelector('[data-blocks]').dataset.blocks,
      name: row.querySelector('th').textContent,
      verdict: row.querySelector('td').textContent,
    })),
  );
  const tasks = snapshot.tasks.filter((task) => task.state !== 'deleted' || task.current !== 0);
  assert.equal(rows.length, tasks.length);
  for (const task of tasks) {
    const row = rows.find((one) => one.serial === task.serial);
    assert.deepEqual(
      [row.name, Number(row.current), Number(row.peak), Number(row.blocks)],
      [task.name, task.current, task.peak, task.blocks],
    );
    if (snapshot === newest && task.verdict !== null) {
      assert.ok(row.verdict.includes(task.verdict), `${row.verdict} of ${task.name}`);
    }
  }
}

// Is there more than one colour on a canvas?
function colours(page, selector) {
  return page.$eval(selector, (canvas) => {
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data,
      seen = new Set();
    for (let i = 0; i < pixels.length; i += 4) {
      seen.add((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]);
    }
    return seen.size;
  });
}

await test('the first screen names who leaks and who grows', async (page) => {
  const verdict = await page.textContent('#verdict');
  for (const task of newest.tasks.filter(
    (one) => one.verdict === 'leaked' || one.verdict === 'growing',
  )) {
    assert.ok(verdict.includes(task.name), verdict);
    assert.ok((await page.textContent('#reasons')).includes(task.reason.slice(3)));
  }
  assert.ok((await page.locator('#verdict').boundingBox()).y < 300);
});

await test('figures are those of show --json, in the newest snapshot and in others', async (page) => {
  await compareTable(page, newest);
  const used = newest.heaps.reduce((sum, heap) => sum + heap.used, 0);
  assert.equal(await page.textContent('#figure-used'), `${(used / 1024).toFixed(1)} KiB`);
  assert.equal(
    await page.textContent('#figure-blocks'),
    String(newest.tasks.reduce((sum, task) => sum + task.blocks, 0)),
  );
  for (const at of [0, 7]) {
    await page.$eval(
      '#slider',
      (slider, value) => {
        slider.value = value;
        slider.dispatchEvent(new Event('input'));
      },
      at,
    );
    await settled(page);
    assert.ok(
      (await page.textContent('#moment')).includes(`snapshot ${want.snapshots[at].index} of`),
    );
    await compareTable(page, want.snapshots[at]);
  }
});

await test('a name that is HTML is shown as text', async (page) => {
  assert.ok((await page.textContent('#tasks-table')).includes('</script><b>&'));
  assert.equal(
    await page.$$eval(
      '#report b',
      (list) => list.filter((b) => b.textContent.startsWith('&')).length,
    ),
    0,
  );
});

await test('the legend hides and isolates; curves follow what is chosen', async (page) => {
  const shown = () => page.$$eval('#time-legend [aria-pressed="true"]', (list) => list.length);
  const all = await shown();
  await page.click('#time-legend [data-series="task grower"]');
  await settled(page);
  assert.equal(await shown(), all - 1);
  await page.click('#time-legend [aria-label="Show only leaker"]');
  await settled(page);
  assert.equal(await shown(), 1);
  await page.click('#time-legend [aria-label="Show all"]');
  await page.click('#time-controls [data-value="heap"]');
  await settled(page);
  assert.ok((await page.textContent('#time-legend')).includes('RAM'));
  await page.click('#time-controls [aria-label="Zoom in"]');
  await page.click('#time-controls [aria-label="Zoom out to the whole log"]');
  assert.ok((await colours(page, '#time-chart canvas')) > 3);
});

await test('the chart names what is under the pointer, and a click chooses the snapshot', async (page) => {
  await page.locator('#time-chart .u-over').scrollIntoViewIfNeeded();
  const box = await page.locator('#time-chart .u-over').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  assert.ok((await page.textContent('#tip')).includes('together'));
  await page.mouse.click(box.x + 2, box.y + 40);
  await settled(page);
  assert.ok((await page.textContent('#moment')).includes('snapshot 1 of'));
});

await test('the map names blocks, by pointer and by keys; it zooms; the treemap, too', async (page) => {
  await page.locator('#heap-map canvas').scrollIntoViewIfNeeded();
  await page.focus('#heap-map canvas');
  await page.keyboard.press('Home');
  await settled(page);
  const blocks = newest.tasks
    .flatMap((task) =>
      task.heaps.flatMap((heap) => heap.block_list.map((block) => ({...block, task: task.name}))),
    )
    .sort((a, b) => Number(a.address) - Number(b.address));
  const named = await page.textContent('#heap-named');
  assert.ok(named.includes(blocks[0].address) && named.includes(blocks[0].task), named);
  await page.keyboard.press('ArrowRight');
  assert.ok((await page.textContent('#heap-named')).includes(blocks[1].address));
  const range = await page.textContent('#heap-map .range');
  await page.keyboard.press('+');
  assert.notEqual(await page.textContent('#heap-map .range'), range);
  await page.keyboard.press('0');
  assert.equal(await page.textContent('#heap-map .range'), range);
  await page.hover('#heap-map canvas', {position: {x: 3, y: 6}});
  assert.ok((await page.textContent('#tip')).includes('0x'));
  assert.ok((await colours(page, '#heap-map canvas')) >= 5);
  await page.click('#heap-controls [data-value="age"]');
  await page.click('#heap-controls [data-value="tree"]');
  await settled(page);
  assert.ok((await colours(page, '#heap-map canvas')) >= 5);
  await page.focus('#heap-map canvas');
  await page.keyboard.press('ArrowRight');
  assert.ok(/0x[0-9a-f]{8}/.test(await page.textContent('#heap-named')));
});

await test('columns sort, names are found, by the keyboard alone', async (page) => {
  await page.focus('#tasks-table [data-sort="name"]');
  await page.keyboard.press('Enter');
  await settled(page);
  assert.equal(await page.getAttribute('#tasks-table th:first-child', 'aria-sort'), 'ascending');
  const names = await page.$$eval('#tasks-table tbody th', (list) =>
    list.map((cell) => cell.textContent),
  );
  assert.deepEqual(
    names,
    [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
  );
  await page.focus('#tasks-find');
  await page.keyboard.type('leak');
  await settled(page);
  assert.equal(await page.$$eval('#tasks-table tbody tr', (rows) => rows.length), 1);
  await page.focus('#tasks-table tbody a');
  await page.keyboard.press('Enter');
  await settled(page);
  assert.equal(await page.isVisible('#report'), false);
  assert.ok((await page.textContent('#task-title')).includes('leaker'));
  assert.ok((await page.textContent('#task')).includes('Blocks by age'));
  await page.focus('#task-back');
  await page.keyboard.press('Enter');
  await settled(page);
  assert.equal(await page.isVisible('#report'), true);
});

await test('the slider is moved by keys', async (page) => {
  await page.focus('#slider');
  await page.keyboard.press('ArrowLeft');
  await settled(page);
  assert.ok((await page.textContent('#moment')).includes(`snapshot ${newest.index - 1} of`));
});

await test(
  'what a source does not say is not made up',
  async (page) => {
    await settled(page);
    assert.ok((await page.textContent('#verdict')).includes('leaking_task leaked 13.3 KiB'));
    assert.equal(await page.textContent('#figure-free'), '?');
    assert.equal(await page.textContent('#figure-largest'), '?');
    assert.ok(!(await page.textContent('#tiles')).includes('%'));
  },
  {file: 'reference'},
);

await test('damage is counted and placed', async (page) => {
  assert.equal(await page.textContent('#damage-count'), String(want.damaged));
  for (const report of want.reports.filter((one) => one.damage)) {
    assert.ok((await page.textContent('#damage')).includes(`:${report.line}`));
  }
});

for (const width of [1200, 360]) {
  for (const colorScheme of ['light', 'dark']) {
    for (const hash of ['', '#task-1']) {
      await test(
        `no violation of accessibility: ${width} pixels, ${colorScheme}, ${hash || 'the report'}`,
        async (page) => {
          await settled(page);
          await page.evaluate(axe);
          const {violations} = await page.evaluate(() => globalThis.axe.run());
          assert.deepEqual(
            violations.map(
              (one) =>
                `${one.id}: ${one.nodes
                  .map((node) => `${node.html} ${node.failureSummary}`)
                  .slice(0, 3)
                  .join('\n')}`,
            ),
            [],
          );
          assert.ok(
            await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
            'it is wider than the window',
          );
          const page_color = await page.evaluate(
            () => getComputedStyle(document.documentElement).backgroundColor,
          );
          assert.equal(
            page_color,
            colorScheme === 'dark' ? 'rgb(20, 23, 28)' : 'rgb(255, 255, 255)',
          );
        },
        {width, colorScheme, hash},
      );
    }
  }
}

await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
