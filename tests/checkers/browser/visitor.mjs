// A visitor: what changes is shown without a reload, the keyboard reaches everything, nothing needs a script, and an
// error page leads somewhere.
import assert from 'node:assert/strict';
import { ensureLacks, ensureQuiet, heardOf, untilShown } from './browsers.mjs';

export async function foldsAGroup(page, { url, folded, unfolded }) {
  await page.clock.install();
  await page.goto(url);
  await page.evaluate(() => (window.loadedOnce = true));
  for (const id of [folded, unfolded]) assert(await isOpen(page, id), 'groups begin open');
  await group(page, folded).locator('summary.head').click();
  await ensureFolds(page, folded, unfolded);
}

export async function seesAnIncidentWithinTwelveSeconds(page, { folded, unfolded }) {
  await page.clock.fastForward(12_000);
  await untilShown(page.locator('main'), 'Seen live');
  await untilShown(group(page, unfolded), /outage/i);
  await ensureFolds(page, folded, unfolded);
}

export async function seesAnUpdateWithinTwelveSeconds(page, { folded, unfolded }) {
  const place = () => group(page, unfolded).evaluate((node) => Math.round(node.getBoundingClientRect().top));
  await page.locator('article a').first().focus();
  await group(page, unfolded).evaluate((node) => node.scrollIntoView());
  const before = await place();
  await page.clock.fastForward(12_000);
  await untilShown(page.locator('main'), 'A cable is torn');
  // What is read stays where it is, however much comes above it.
  assert(Math.abs((await place()) - before) <= 2, `the page has scrolled from ${before} to ${await place()}`);
  assert(await page.evaluate(() => document.activeElement.matches('article a')), 'the focus is lost');
  await untilShown(page.locator('#notes div'), 'A cable is torn');
  await ensureFolds(page, folded, unfolded);
}

export async function comesBackToTheTab(page, { url, folded, unfolded }) {
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await untilShown(page.locator('h1'), 'All systems operational');
  assert(await page.evaluate(() => window.loadedOnce), 'the page was loaded again');
  await ensureFolds(page, folded, unfolded);
  // Who comes back finds it as it was left.
  await page.goto(url);
  await ensureFolds(page, folded, unfolded);
  await ensureQuiet(page);
}

export async function reachesAllWithTheKeyboard(page, { url, folds }) {
  await page.addInitScript(() => {
    window.nameOf = (node) =>
      [node.nodeName, node.getAttribute('href') ?? node.name ?? '', node.textContent.trim().slice(0, 40)].join(' ');
  });
  await page.goto(url);
  const wanted = await page.evaluate(interactive);
  assert(wanted.length > 10, `there is little to reach: ${wanted}`);
  const reached = new Set();
  let entered = false;
  // A few more than there are, since the browser's own parts take their turn.
  for (let presses = 0; presses < wanted.length + 5; presses++) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(focused);
    if (!focus) continue;
    assert(focus.visible, `nobody sees that ${focus.name} has the focus`);
    if (focus.folds == folds && !entered) {
      await ensureEnterFolds(page, folds);
      entered = true;
    }
    reached.add(focus.name);
  }
  assert.deepEqual(wanted.filter((name) => !reached.has(name)), [], 'the keyboard does not reach these');
  assert(entered, 'the keyboard does not reach the group');
  await ensureQuiet(page);
}

export async function readsWithoutScripts(page, { url, texts }) {
  await page.goto(url);
  await untilShown(page, ...texts);
  assert.deepEqual(heardOf(page).problems, []);
}

export async function getsThePageWithoutTheRenderer(page, { url }) {
  await page.route('**/*.wasm', (route) => route.abort());
  await page.goto(url);
  await untilShown(page, 'Region 69');
  const { requests } = heardOf(page);
  assert(requests.some((asked) => asked.endsWith('.wasm')), `it was not a skeleton: ${requests}`);
  assert.equal(await page.locator('.placeholder').count(), 0, 'placeholders are left');
}

export async function searchesALargePage(page, { url, group }) {
  await page.goto(url);
  await untilShown(page, 'Region 149');
  await page.locator('[name=q]').fill('Component 1234');
  await page.locator('[name=q]').press('Enter');
  await page.waitForURL(/\/search/);
  await untilShown(page, 'Component 1234');
  await page.goto(url);
  await untilShown(page, 'Region 149');
  await page.locator(`a.head[href$="${group}"]`).click();
  await page.waitForURL(/\/groups\//);
  await untilShown(page, 'Component 79');
  await ensureLacks(page, 'Component 80');
  await ensureQuiet(page);
}

export async function findsTheWayBack(page, { url, nobody, name }) {
  await page.goto(`${url}no/such/page`);
  await untilShown(page, 'Page not found');
  await ensureLacks(page, 'Component 1');
  await page.locator('main a[href="/"]').click();
  await untilShown(page, 'Component 1');
  await page.goto(nobody);
  await untilShown(page, 'Status page not found', new URL(nobody).hostname);
  await ensureLacks(page, name);
}

export async function isToldWhatIs(page, { url, texts }) {
  await page.goto(url);
  await untilShown(page, ...texts);
  await ensureLacks(page, 'Component 1');
}

export async function seesThePageCome(page) {
  await untilShown(page, 'Component 1');
}

const group = (page, id) => page.locator(`[id="${id}"]`);
const isOpen = (page, id) => group(page, id).evaluate((node) => node.open);

/** What a click does, Enter does on what has the focus. */
async function ensureEnterFolds(page, id) {
  for (const open of [false, true]) {
    await page.keyboard.press('Enter');
    assert.equal(await isOpen(page, id), open, `Enter does not ${open ? 'unfold' : 'fold'} the group`);
  }
}

async function ensureFolds(page, folded, unfolded) {
  assert(!(await isOpen(page, folded)), 'what was folded is open');
  assert(await isOpen(page, unfolded), 'what was open is folded');
}

/** In the page: what a visitor can act on, each with a name of its own; what is folded away is not there. */
function interactive() {
  const nodes = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')];
  return nodes.filter((node) => node.checkVisibility() && !node.disabled && node.type != 'hidden').map(nameOf);
}

/** In the page: what has the focus, and whether that can be seen. */
function focused() {
  const node = document.activeElement;
  // While the browser's own parts have the focus, the page remembers an element that looks unfocused.
  if (!document.hasFocus() || !node || node == document.body) return;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
  const box = node.getBoundingClientRect();
  const ring = (outlineStyle != 'none' && parseFloat(outlineWidth) > 0) || boxShadow != 'none';
  const visible = ring && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  return { name: nameOf(node), visible, folds: node.matches('summary.head') && node.parentElement.id };
}
