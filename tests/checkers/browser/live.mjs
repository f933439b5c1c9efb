// An open page that looks for news. What it asks for lies in a folder, and the clock is the test's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const URL = 'http://status.localhost/';
/** A moment after the newest thing on the pages, 22 November 2026, 14:32 UTC. */
export const NOW = new Date('2026-11-22T15:00:00Z');
/** In which one look surely falls. */
const LOOK_MS = 11_000;

/** Serves what `site.name` names, and counts. */
async function serve(page, { folder, policy }, name) {
  const site = { name, asked: [], status: 200, headers: {}, offline: false };
  await page.context().route(`${URL}**`, async (route) => {
    const { pathname } = new globalThis.URL(route.request().url());
    site.asked.push(pathname);
    if (site.offline) return route.abort('internetdisconnected');
    const is = pathname == '/embed.json' ? 'json' : 'html';
    await route.fulfill({
      status: site.status,
      headers: { 'content-type': `text/${is}; charset=utf-8`, 'content-security-policy': policy, ...site.headers },
      body: readFileSync(join(folder, `${site.name}.${is}`)),
    });
  });
  await page.clock.install({ time: NOW });
  await page.clock.pauseAt(new Date(NOW.getTime() + 20_000));
  await page.goto(URL);
  await page.evaluate(() => (window.loadedOnce = true));
  return site;
}

/** Until it holds; the page's own clock stands still meanwhile. */
export async function until(what, holds) {
  let found;
  for (let tries = 0; tries < 200; tries++) {
    found = await holds();
    if (found === true) return;
    await new Promise((done) => setTimeout(done, 15));
  }
  assert.fail(`${what}: ${found}`);
}

/** Time goes by, with moments between in which what is asked for comes. */
async function passes(page, ms) {
  for (let passed = 0; passed < ms; passed += 2_000) {
    await page.clock.runFor(2_000);
    await new Promise((done) => setTimeout(done, 5));
  }
}

/** One look within the time. */
export async function look(page, site, name, within = LOOK_MS) {
  if (name) site.name = name;
  const before = site.asked.length;
  // It never asks sooner than that.
  if (within == LOOK_MS) await page.clock.runFor(8_500);
  for (let passed = 0; passed < within && site.asked.length == before; passed += 2_000) await passes(page, 2_000);
  await until('the page asks', () => site.asked.length > before);
}

const shows = (page, text) => until(`the page shows ${text}`, async () => (await page.locator('main').innerText()).includes(text));

/** What extensions and translators have changed stays, and a look without news touches nothing. */
export async function leavesAlone(page, args) {
  const site = await serve(page, args, 'calm');
  await look(page, site);
  await until('the look is over', () => page.evaluate(() => document.documentElement.dataset.seen == 'live'));
  await page.evaluate(() => {
    document.head.prepend(document.createElement('style'));
    document.body.prepend(document.createElement('div'));
    const name = document.querySelector('.row bdi');
    name.innerHTML = '<font>übersetzt</font>';
    document.querySelector('h1 span').innerHTML = '<font>Alles gut</font>';
    window.touched = [];
    const watch = { subtree: true, childList: true, attributes: true, characterData: true };
    new MutationObserver((all) => touched.push(...all.map((one) => one.type + one.target.nodeName))).observe(document, watch);
  });
  await look(page, site);
  await page.clock.runFor(1_000);
  assert.deepEqual(await page.evaluate(() => touched), [], 'a look without news touches the page');
  await look(page, site, 'open');
  await shows(page, 'Webhooks are delayed');
  await shows(page, 'übersetzt');
  assert(await page.evaluate(() => window.loadedOnce), 'the page was loaded again');
  assert(!(await page.locator('main').innerText()).includes('Alles gut'), 'the headline is that of before');
  // An extension may take the icon away.
  await page.evaluate(() => document.querySelector('[rel=icon]').remove());
  await look(page, site, 'calm');
  await until('the title follows', async () => (await page.title()).startsWith('All systems operational'));
}

/** Another style or script comes with the page as it is loaded, once for each. */
export async function loadsAnotherStyleOnce(page, args) {
  const site = await serve(page, args, 'calm');
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--ground').trim());
  assert.notEqual(await ground(), '#123456');
  await look(page, site, 'styled');
  await until('it is loaded again', () => page.evaluate(() => !window.loadedOnce).catch(() => false));
  await page.waitForLoadState();
  assert.equal(await ground(), '#123456', 'the style is the old one');
  await page.evaluate(() => (window.loadedOnce = true));
  // Where each answer has another mark than the page that it was loaded as, it is not loaded for ever.
  await page.evaluate(() => (document.querySelector('#notes').dataset.code = 'another'));
  await look(page, site);
  await passes(page, 4_000);
  assert(await page.evaluate(() => window.loadedOnce), 'it is loaded again and again');
}

/** Focus, selection, typed text and folds stay; what is new is marked and said; what fails opens. */
export async function keepsWhatTheVisitorDoes(page, args) {
  const site = await serve(page, args, 'open');
  await page.evaluate(() => {
    const text = document.querySelector('.updates li .prose').firstChild;
    getSelection().selectAllChildren(text);
    document.querySelector('.earlier summary, article a').focus();
  });
  const state = () => page.evaluate(() => [getSelection().toString(), document.activeElement.outerHTML]);
  const before = await state();
  await look(page, site, 'told');
  await shows(page, 'We found the cause.');
  assert.deepEqual(await state(), before, 'the selection or the focus has moved');
  const marked = await page.locator('[data-new]').allInnerTexts();
  assert(marked.length == 1 && marked[0].includes('We found the cause.'), `marked as new: ${marked}`);
  assert.match(await page.locator('#notes div').textContent(), /^New: .*We found the cause\./s, 'nobody is told');

  await look(page, site, 'large');
  await until('the large page comes', async () => (await page.locator('a.head').count()) > 20);
  await page.locator('[name=q]').fill('typed');
  await page.locator('[name=q]').focus();
  const folds = page.locator('details.group');
  for (const [name, open] of [['large-one', 1], ['large-two', 2]]) {
    await look(page, site, name);
    await until(`${open} groups are open`, async () => (await page.locator('details.group[open]').count()) == open);
  }
  assert.equal(await page.locator('[name=q]').inputValue(), 'typed');
  assert(await page.locator('[name=q]').evaluate((node) => node == document.activeElement), 'the focus is lost');
  await folds.nth(1).locator('summary.head').click();
  assert(!(await folds.nth(1).evaluate((node) => node.open)), 'a group that failed while the page was open cannot be folded');

  // What was folded while all was well opens; what somebody folds while it fails stays so.
  const isOpen = () => folds.evaluateAll((groups) => groups.map((group) => group.open).join());
  await look(page, site, 'folded');
  await until('a page of thirty comes', async () => (await folds.count()) == 3 && (await isOpen()) == 'false,false,false');
  await look(page, site, 'folded-one');
  await until('what fails opens', async () => (await isOpen()) == 'false,true,false');
  await folds.nth(1).locator('summary.head').click();
  await page.clock.runFor(LOOK_MS);
  assert.equal(await isOpen(), 'false,false,false', 'what was folded by hand opens again');
}

/** While nobody looks it asks each minute, for little, and its tab says what is wrong. */
export async function looksSeldomWhileHidden(page, args) {
  const site = await serve(page, args, 'calm');
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { get: () => window.away, configurable: true });
    window.away = true;
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const icon = () => page.locator('[rel=icon]').getAttribute('href');
  const before = await icon();
  site.asked.length = 0;
  await passes(page, 58_000);
  assert.deepEqual(site.asked, [], 'it asks more often than each minute');
  await look(page, site, 'open', 4_000);
  assert.deepEqual(site.asked, ['/embed.json']);
  await until('the title follows', async () => (await page.title()).startsWith('Webhooks are delayed'));
  assert.notEqual(await icon(), before, 'the icon stays green');
  const bytes = readFileSync(join(args.folder, 'open.json')).length;
  assert(bytes < 700, `what it asks for has ${bytes} bytes`);
  await page.evaluate(() => {
    window.away = false;
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await shows(page, 'Webhooks are delayed');
}

/** Offline, or before an edge that fails, nothing is green, and it asks ever more seldom. */
export async function saysThatItCannotAsk(page, args) {
  const site = await serve(page, args, 'calm');
  const note = page.locator('#notes p');
  await look(page, site);
  assert(!(await note.isVisible()), 'it says that it cannot ask though it can');
  // Firefox names the attribute, Chromium says what is in it.
  const checked = () =>
    page.locator('[data-now]').evaluate((node) => {
      const { content } = getComputedStyle(node, '::before');
      return content == 'attr(data-now)' ? JSON.stringify(node.dataset.now) : content;
    });
  await until('that it was checked is told', async () => (await checked()) == '"checked just now"');
  const tally = page.locator('.tally');
  assert(await tally.evaluate((node) => node.getBoundingClientRect().height < 30), 'the line below the headline has no room');
  site.offline = true;
  await look(page, site);
  await look(page, site, undefined, 20_000);
  await until('the notice is there', () => note.isVisible());
  assert.match(await note.innerText(), /Cannot refresh. Last known state of 00:0\d · (just now|\d+ minutes? ago)/);
  await ensureNothingIsGreen(page);
  const last = tally.locator(':has(+ [data-now])');
  assert.equal(await last.evaluate((node) => getComputedStyle(node, '::after').content), 'none', 'a dot separates nothing');
  assert((await page.locator('[rel=icon]').getAttribute('href')).includes('868d95'), 'the icon is not neutral');
  site.asked.length = 0;
  await passes(page, 120_000);
  assert(site.asked.length >= 2 && site.asked.length <= 4, `it asks ${site.asked.length} times in two minutes`);
  site.offline = false;
  await look(page, site, 'open', 63_000);
  await until('the notice is gone', async () => !(await note.isVisible()));
  // Who says when to come back is obeyed.
  Object.assign(site, { status: 503, headers: { 'retry-after': '300' } });
  await look(page, site);
  site.asked.length = 0;
  await passes(page, 290_000);
  assert.deepEqual(site.asked, [], 'it does not wait as long as it is told to');
  Object.assign(site, { status: 200, headers: {}, name: 'delayed' });
  await look(page, site, 'delayed', 30_000);
  await shows(page, 'Last known state');
  await until('the delayed page is neutral', async () => (await page.locator('h1.unknown').count()) == 1);
  assert.match(await page.locator('.course.ago').innerText(), /ago/);
  await ensureNothingIsGreen(page);
}

async function ensureNothingIsGreen(page) {
  const green = await page.evaluate(() => {
    const of = (node, name) => getComputedStyle(node).getPropertyValue(name).trim();
    const neutral = of(document.documentElement, '--edge');
    const well = [...document.querySelectorAll('h1.fine, .state.fine')];
    return well.filter((node) => of(node, '--mark') != neutral).map((node) => node.outerHTML);
  });
  assert.deepEqual(green, [], 'something is green');
}

/** Moments are those of the visitor's clock, with the page's beside them. */
export async function showsTheVisitorsTime(page, args) {
  await serve(page, args, 'full');
  const times = await page.evaluate(() =>
    [...document.querySelectorAll('.updates time, .course time')].map((time) => [time.dateTime, time.textContent, time.title]),
  );
  assert(times.length > 3);
  for (const [iso, text, title] of times) {
    const tokyo = new Date(new Date(iso).getTime() + 9 * 3_600_000).toISOString();
    assert(text.includes(tokyo.slice(11, 16)), `${text} is not ${tokyo}`);
    assert(text.includes('GMT+9') || text.includes('JST'), `${text} has no zone`);
    if (tokyo.slice(0, 10) != iso.slice(0, 10)) assert.match(text, /^\d+ Nov/, 'another day has no date');
    assert.match(title, new RegExp(`^\\d+ Nov.*${iso.slice(11, 16)}.*Europe/Berlin`), 'the page’s time is not told');
  }
}

/** What a visitor watches comes first, in their browser alone, and the page answers for it. */
export async function putsFirstWhatIsWatched(page, args) {
  const site = await serve(page, args, 'open');
  const list = page.locator('#watched'), heading = list.locator('h2');
  assert(!(await list.isVisible()), 'something is watched from the beginning');
  const rows = page.locator('li[id]:has(> details > .row)');
  const isBad = (row) => row.locator('.state').evaluate((state) => !state.matches('.fine'));
  const all = await rows.all(), bad = [];
  for (const row of all) bad.push(await isBad(row));
  const [ill, well] = [all[bad.indexOf(true)], all[bad.indexOf(false)]];
  const [illName, wellName] = [await ill.locator('bdi').first().innerText(), await well.locator('bdi').first().innerText()];
  const tick = async (row) => {
    if (!(await row.locator('details').evaluate((details) => details.open))) await row.locator('summary').click();
    await row.getByLabel('Watch this component').click();
  };
  await tick(well);
  assert.equal(await heading.innerText(), 'The component you watch is operational');
  await tick(ill);
  assert.match(await heading.innerText(), /^Components you watch: \w/);
  const names = () => list.locator('bdi').allInnerTexts();
  assert.deepEqual(await names(), [illName, wellName], 'what is not well does not come first');
  const first = await page.evaluate(() => document.querySelector('main section').id);
  assert.equal(first, 'watched', 'something else comes first');
  assert(await list.evaluate((node) => node.compareDocumentPosition(document.querySelector('.report')) & 4), 'it stands below the incident');

  await look(page, site, 'calm');
  await until('the heading follows', async () => (await heading.innerText()) == 'The 2 components you watch are operational');
  await page.reload();
  assert.equal(await heading.innerText(), 'The 2 components you watch are operational', 'it is forgotten');
  assert.deepEqual((await names()).sort(), [illName, wellName].sort());
  assert.equal(await page.locator('[name=my]:checked').count(), 2);
  await list.getByRole('link', { name: wellName }).click();
  assert.equal(new globalThis.URL(page.url()).hash.slice(1), await well.getAttribute('id'));
  await tick(well);
  await tick(ill);
  assert(!(await list.isVisible()), 'what is not watched any more is there');
  const stored = await page.evaluate(() => Object.keys(localStorage));
  assert.deepEqual(stored, [], 'something is remembered');

  // On a large page a group stands for those of its components that are well.
  await page.evaluate(() => (localStorage['999999999999'] = ''));
  await look(page, site, 'large');
  await until('the large page comes', async () => (await page.locator('a.head').count()) > 20);
  await page.evaluate(() => (localStorage['999999999999'] = document.querySelector('a.head').parentNode.id));
  await look(page, site, 'large-one');
  await until('the group is there', async () => (await heading.innerText()) == 'The component you watch is operational');
  assert.deepEqual(await names(), [await page.locator('a.head bdi').first().innerText()]);
}

/** Who cannot point at a time touches it, and reads what the page's clock shows. */
export async function tellsTheOtherZoneOnTouch(page, args) {
  await serve(page, args, 'full');
  const time = page.locator('.updates time').first();
  const behind = () => time.evaluate((node) => getComputedStyle(node, '::after').content);
  assert.equal(await behind(), 'none');
  await time.tap();
  assert.match(await behind(), /Europe\/Berlin/);
}

/** A page that is to come is asked for ever more seldom, by no two browsers at once, and not before the edge says so. */
export async function asksSeldomForWhatIsToCome(page, args) {
  await page.addInitScript(() => (Math.random = () => window.dice ?? 0));
  const site = await serve(page, args, 'unavailable');
  site.status = 503;
  site.asked.length = 0;
  await passes(page, 120_000);
  assert(site.asked.length > 10 && site.asked.length < 24, `it asks ${site.asked.length} times in two minutes`);
  await page.evaluate(() => (window.dice = 0.99));
  await passes(page, 12_000);
  site.asked.length = 0;
  await passes(page, 48_000);
  assert(site.asked.length <= 4, `no wait differs: it asks ${site.asked.length} times`);
  site.headers = { 'retry-after': '60' };
  await look(page, site, undefined, 14_000);
  site.asked.length = 0;
  await passes(page, 58_000);
  assert.deepEqual(site.asked, [], 'it does not wait as long as it is told to');
  Object.assign(site, { status: 200, headers: {} });
  await look(page, site, 'calm', 20_000);
  await until('the page comes', async () => (await page.title()).startsWith('All systems operational'));
}

/** The list of feeds closes as lists do. */
export async function closesTheMenu(page, args) {
  await serve(page, args, 'calm');
  const menu = page.locator('.menu'), summary = menu.locator('summary');
  const isOpen = () => menu.evaluate((node) => node.open);
  const closes = async (how, close) => {
    await summary.click();
    assert(await isOpen(), 'the list does not open');
    await close();
    assert(!(await isOpen()), `the list does not close on ${how}`);
  };
  await closes('Escape', async () => {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    assert(await summary.evaluate((node) => node == document.activeElement), 'the focus is lost');
  });
  await closes('a click beside it', () => page.locator('h1').click({ position: { x: 1, y: 1 } }));
  await closes('leaving it', async () => {
    for (let presses = 0; presses < 6; presses++) await page.keyboard.press('Tab');
  });
  // Who drags over a name to copy it does not unfold its row.
  const name = page.locator('.row bdi').first(), box = await name.boundingBox();
  await page.mouse.move(box.x + 1, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  assert(!(await name.evaluate((node) => node.closest('details').open)), 'copying a name unfolds its row');
}
