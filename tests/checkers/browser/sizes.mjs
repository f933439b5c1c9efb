// How high pages of each size are, and what stands on them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A line of what is well is no higher, from WCAG's smallest target with room up to what a thumb needs. */
const WELL_PX_MAX = 48;
/** When a page is seen without its script (style.css), and how often a page that came later than that is loaded again. */
const SEEN_AFTER_MS = 1_000;
const TRIES_MAX = 20;

/** The height of each page, its rows that are seen without a click, its groups, and where the keyboard stops. */
export async function measures(page, { folder, names }) {
  const found = [];
  await page.context().route('http://status.localhost/**', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    return route.fulfill({ contentType: 'text/html; charset=utf-8', body: readFileSync(join(folder, `${name}.html`)) });
  });
  for (const name of names) {
    await page.goto(`http://status.localhost/${name}`);
    const { high, wide, ...measured } = await page.evaluate(measure, WELL_PX_MAX);
    assert.deepEqual(await page.evaluate(widthsWithAngleAlone), [], `${name}: the angle of the tally stands alone on a line`);
    assert.deepEqual(high, [], `${name}: lines of what is well are higher than ${WELL_PX_MAX} px`);
    assert.equal(wide, 0, `${name} is wider than the screen by ${wide} px`);
    found.push({ name, ...measured });
  }
  return found;
}

/** In the page. */
function measure(max) {
  const seen = (node) => node.checkVisibility() && node.getBoundingClientRect().height > 0;
  const rows = [...document.querySelectorAll('.row, .head')].filter(seen);
  const LINE_PX = 24;
  const lines = (row) => Math.max(0, Math.round(row.querySelector('bdi').getBoundingClientRect().height / LINE_PX) - 1);
  const well = rows.filter((row) => row.querySelector('.state.fine'));
  const { scrollHeight, scrollWidth, clientWidth } = document.documentElement;
  return {
    height: scrollHeight,
    rows: rows.filter((row) => row.matches('.row')).length,
    groups: document.querySelectorAll('.head').length && rows.filter((row) => row.matches('.head')).length,
    // A name that is too long for a line has two.
    high: well.map((row) => Math.ceil(row.getBoundingClientRect().height - lines(row) * LINE_PX)).filter((height) => height > max),
    stops: [...document.querySelectorAll('a[href], input, summary')].filter((node) => seen(node) && node.tabIndex >= 0).length,
    wide: Math.max(0, scrollWidth - clientWidth),
  };
}

/** In the page: the widths of the tally, in px, at which it is higher with its angle than without. */
function widthsWithAngleAlone() {
  const tally = document.querySelector('.tally');
  if (!tally) return [];
  const height = (width) => {
    tally.style.width = `${width}px`;
    return tally.offsetHeight;
  };
  const widths = Array.from({ length: 200 }, (_, at) => 200 + at);
  const heights = widths.map(height);
  const style = document.head.appendChild(document.createElement('style'));
  style.textContent = '.tally::after { content: none !important }';
  const found = widths.filter((width, at) => height(width) !== heights[at]);
  style.remove();
  tally.removeAttribute('style');
  return found;
}

/** On the narrowest screen, with the spacing of WCAG's 1.4.12, nothing leaves the screen, nor does what opens. */
export async function fits(page, { folder, names }) {
  const out = [];
  await page.context().route('http://status.localhost/**', (route) => {
    const file = join(folder, `${new URL(route.request().url()).pathname.slice(1)}.html`);
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    return route.fulfill({ contentType: 'text/html; charset=utf-8', body: readFileSync(file) });
  });
  for (const name of names) {
    // Firefox gives up an address that comes while it is busy.
    const go = () => page.goto(`http://status.localhost/${name}`);
    await go().catch(go);
    await page.addStyleTag({
      content: '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }',
    });
    const found = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      const menu = document.querySelector('.menu');
      if (menu) menu.open = true;
      const box = menu?.querySelector('ul').getBoundingClientRect();
      return { over: scrollWidth - clientWidth, left: Math.floor(box?.left ?? 0), right: Math.ceil((box?.right ?? 0) - clientWidth) };
    });
    if (found.over > 0 || found.left < 0 || found.right > 0) out.push({ name, ...found });
  }
  assert.deepEqual(out, [], 'pages leave the screen');
}

/** How far each page moves by itself when its script arrives later than the rest, as the sum of Chromium's layout shifts. */
export async function moves(page, { folder, names }) {
  const server = createServer(async (request, reply) => {
    const file = join(folder, `${request.url.slice(1)}.html`);
    if (!existsSync(file)) return reply.writeHead(404).end();
    const html = readFileSync(file, 'utf8');
    const script = html.lastIndexOf('<script');
    reply.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).write(html.slice(0, script));
    // Long enough for a browser to show what it has.
    await sleep(500);
    reply.end(html.slice(script));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const found = [];
  for (const name of names) {
    let moved = null;
    for (let tries = 0; moved === null && tries < TRIES_MAX; tries++) {
      await page.goto(`http://127.0.0.1:${server.address().port}/${name}`);
      moved = await page.evaluate(shifts, SEEN_AFTER_MS);
    }
    found.push(moved);
  }
  server.close();
  return found;
}

/** In the page: once what it looks like has been drawn. `null` where a busy machine took so long that it was seen without its script. */
async function shifts(seenAfterMs) {
  let sum = 0;
  const watch = new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value)));
  watch.observe({ type: 'layout-shift', buffered: true });
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 100)));
  const [loaded] = performance.getEntriesByType('navigation');
  return loaded.domInteractive < seenAfterMs ? sum : null;
}

/** A page whose script a browser or an extension holds back is seen nevertheless, a second later. */
export async function isSeenWithoutItsScript(page, { folder, names }) {
  for (const name of names) {
    const html = readFileSync(join(folder, `${name}.html`), 'utf8');
    await page.setContent(html.slice(0, html.lastIndexOf('<script')));
    const isHidden = () => getComputedStyle(document.querySelector('h1')).visibility === 'hidden';
    assert(await page.evaluate(isHidden), `${name} is seen with the times of its own clock`);
    await page.waitForFunction(`!(${isHidden})()`);
  }
}
