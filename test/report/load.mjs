// SPDX-License-Identifier: MIT
// How long a report takes to load and to redraw: load.mjs PAGE CHROMIUM NPM_FOLDER prints JSON.
import {createRequire} from 'node:module';

const [file, executablePath, npm] = process.argv.slice(2);
const {chromium} = createRequire(`${npm}/`)('playwright-core');
const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
const page = await browser.newPage({viewport: {width: 1280, height: 850}});
const errors = [];
page.on('pageerror', (error) => errors.push(String(error)));

// Loaded: the first screen is drawn, and the page answers.
await page.goto(`file://${file}`);
const loaded = await page.evaluate(
  () =>
    new Promise((done) =>
      requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0)),
    ),
);
await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes');
const whole = await page.evaluate(() => performance.now());

// Redrawn: from the slider's event until the frame is painted, with the part in sight.
async function redraws(part) {
  await page.$eval(part, (element) => element.scrollIntoView());
  return page.evaluate(async () => {
    const slider = document.getElementById('slider'),
      took = [];
    for (let i = 0; i < 30; i++) {
      const start = performance.now();
      slider.value = (i * 7) % (Number(slider.max) + 1);
      slider.dispatchEvent(new Event('input'));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
      took.push(performance.now() - start);
    }
    return took.sort((a, b) => a - b)[Math.floor(took.length / 2)];
  });
}

const result = {loaded_ms: loaded, whole_ms: whole, errors};
for (const part of ['#summary', '#time', '#heap', '#tasks']) {
  result[`redraw_${part.slice(1)}_ms`] = await redraws(part);
}
await browser.close();
console.log(JSON.stringify(result));
