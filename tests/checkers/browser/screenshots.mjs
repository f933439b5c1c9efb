// Takes a picture of each HTML file of a folder at three widths, by day and by night.
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { closeAll, open } from './browsers.mjs';

/** A phone, a tablet and a desk. */
const WIDTHS = [360, 768, 1280];
/** Two minutes after the newest thing on the pages. */
const NOW = new Date('2026-11-22T14:34:00Z');
/** A picture of 5,000 components would be larger than anybody looks at. */
const HEIGHT_MAX = 6_000;

/** What a page becomes in a browser. */
const STATES = [
  [
    'offline',
    'calm',
    () => {
      document.documentElement.dataset.seen = 'stale';
      document.querySelector('#notes b').textContent = '14:32 · 12 minutes ago';
    },
  ],
  [
    'watched',
    'incident',
    () => {
      const boxes = [...document.querySelectorAll('[name=my]')];
      const ill = boxes.find((box) => !box.closest('li').querySelector('.state').matches('.fine'));
      for (const box of [boxes[0], boxes[1], ill]) if (box && !box.checked) box.click();
    },
  ],
];

// `--only WORD`: only pages whose name contains it.
const options = { only: { type: 'string', default: '' } };
const { positionals, values } = parseArgs({ allowPositionals: true, options });
const [pages, pictures] = positionals.map((folder) => resolve(folder));
const names = readdirSync(pages).filter((file) => file.endsWith('.html')).map((file) => basename(file, '.html'));
const wanted = names.filter((name) => name.includes(values.only)).sort();
if (!wanted.length) throw new Error(`no page in ${pages} is called so`);
mkdirSync(pictures, { recursive: true });
for (const width of WIDTHS) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open('chromium', { viewport: { width, height: 900 }, isMobile: width < 600, colorScheme });
    await page.clock.install({ time: NOW });
    for (const name of wanted) {
      await page.goto(pathToFileURL(join(pages, `${name}.html`)).href);
      const [across, down] = await page.evaluate(() => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        return [scrollWidth, scrollHeight];
      });
      const clip = { x: 0, y: 0, width: across, height: Math.min(down, HEIGHT_MAX) };
      await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true, clip });
    }
    for (const [state, name, begin] of STATES.filter(([, name]) => wanted.includes(name))) {
      await page.goto(pathToFileURL(join(pages, `${name}.html`)).href);
      await page.evaluate(begin);
      await page.screenshot({ path: join(pictures, `${name}-${state}-${width}-${colorScheme}.png`), fullPage: true });
    }
    await page.context().close();
    console.log(`${wanted.length} pictures ${width} wide, ${colorScheme}`);
  }
}
if (wanted.includes('outage')) {
  // The picture of the README.
  const page = await open('chromium', { viewport: { width: 1100, height: 900 } });
  await page.clock.install({ time: NOW });
  await page.goto(pathToFileURL(join(pages, 'outage.html')).href);
  await page.evaluate(() => (document.documentElement.dataset.seen = 'live'));
  await page.screenshot({ path: join(pictures, 'page-in-trouble.png') });
}
await closeAll();
console.log(pictures);
