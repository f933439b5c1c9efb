// Other ways to use a page: with colours of one's own, with large letters, by the keyboard alone, on paper.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = 'http://status.localhost/';

async function serve(page, folder) {
  await page.context().route(`${ROOT}**`, (route) => {
    const file = join(folder, `${new URL(route.request().url()).pathname.slice(1)}.html`);
    if (!existsSync(file)) return route.fulfill({ status: 404, contentType: 'text/html', body: '<!doctype html><title>404</title>' });
    return route.fulfill({ contentType: 'text/html; charset=utf-8', body: readFileSync(file) });
  });
}

/** Firefox gives up an address that comes while it is busy. */
async function go(page, name) {
  const once = () => page.goto(ROOT + name);
  await once().catch(once);
}

/** In forced colours nothing that the page says depends on a ground or a shadow, which are gone. */
export async function saysAllInForcedColours(page, { folder, names }) {
  await serve(page, folder);
  await page.emulateMedia({ forcedColors: 'active' });
  assert(await page.evaluate(() => matchMedia('(forced-colors: active)').matches));
  const lost = [];
  for (const name of names) {
    await go(page, name);
    const found = await page.evaluate(() => {
      const style = (node) => getComputedStyle(node);
      const ground = style(document.body).backgroundColor;
      const seen = (node) => node.checkVisibility() && node.getBoundingClientRect().height > 0;
      const all = (what) => [...document.querySelectorAll(what)].filter(seen);
      const isEdged = (node) => parseFloat(style(node).borderTopWidth) > 0 && style(node).borderTopColor != ground;
      const isLine = (node) => parseFloat(style(node).borderBottomWidth) > 0 && style(node).borderBottomColor != ground;
      const faults = {
        shapes: all('i').filter((node) => style(node).backgroundColor == ground),
        bars: all('path').filter((node) => style(node).stroke == ground),
        edges: all('.pill, .card, .notice, [type=search], [type=password], [type=email], #code').filter((node) => !isEdged(node)),
        current: all('[aria-current]').filter((node) => !/underline/.test(style(node).textDecorationLine) && style(node).fontWeight < 600),
        days: all('.month td.fine').filter((node) => !isLine(node)),
        badDays: all('.month a').filter((node) => !isEdged(node)),
      };
      const told = Object.entries(faults).filter(([, nodes]) => nodes.length);
      return told.map(([kind, nodes]) => `${kind}: ${nodes[0].outerHTML.slice(0, 120)}`);
    });
    lost.push(...found.map((fault) => `${name}: ${fault}`));
  }
  assert.deepEqual(lost, []);
}

/** At 200 % nothing leaves the screen and nothing is cut off: by the browser's zoom, which is half the width, and by letters twice as large. */
export async function holdsTwiceTheSize(page, { folder, names }) {
  await serve(page, folder);
  const lost = [];
  for (const name of names) {
    for (const [width, size] of [[640, '100%'], [1280, '200%']]) {
      await page.setViewportSize({ width, height: 512 });
      await go(page, name);
      await page.addStyleTag({ content: `:root { font-size: ${size} !important }` });
      const found = await page.evaluate(() => {
        for (const node of document.querySelectorAll('details')) node.open = true;
        const { scrollWidth, clientWidth } = document.documentElement;
        const cut = [...document.querySelectorAll('main *, header *, footer *')].filter((node) => {
          const { overflowX } = getComputedStyle(node);
          return overflowX == 'hidden' && node.scrollWidth > node.clientWidth + 1;
        });
        return { over: scrollWidth - clientWidth, cut: cut.map((node) => node.outerHTML.slice(0, 120)) };
      });
      if (found.over > 0 || found.cut.length) lost.push({ name, width, size, ...found });
    }
  }
  assert.deepEqual(lost, []);
}

/** Whoever has told the browser to show letters of 24 px gets them on every page; a frame has its own somewhat smaller. */
export async function followsTheReadersLetters(page, { folder, names }) {
  await serve(page, folder);
  const small = [];
  for (const name of names) {
    await go(page, name);
    const sizes = await page.evaluate(() => [document.documentElement, document.body].map((node) => getComputedStyle(node).fontSize));
    if (sizes.some((size) => parseFloat(size) < (name == 'embed' ? 21 : 24))) small.push(`${name}: ${sizes}`);
  }
  assert.deepEqual(small, []);
}

/** Each word of these tables stands on one line, and lists end where the card does. */
export async function keepsWordsWhole(page, { folder, names }) {
  await serve(page, folder);
  const broken = [];
  for (const name of names) {
    await go(page, name);
    const found = await page.evaluate(() => {
      const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT), faults = [];
      while (texts.nextNode()) {
        const node = texts.currentNode;
        if (!node.parentNode.closest('table.card, .touched') || !node.parentNode.checkVisibility()) continue;
        for (const { 0: word, index } of node.data.matchAll(/[^ \n]+/g)) {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
          if (lines.size > 1) faults.push(`"${word}" is on ${lines.size} lines`);
        }
      }
      for (const list of document.querySelectorAll('.touched')) {
        const isLeftwards = getComputedStyle(list).direction == 'rtl';
        const [end, last] = [list, list.lastElementChild].map((node) => node.getBoundingClientRect()[isLeftwards ? 'left' : 'right']);
        if (Math.abs(end - last) > 1) faults.push(`a list ends ${end - last} px before its card does`);
      }
      return faults;
    });
    broken.push(...found.map((fault) => `${name}: ${fault}`));
  }
  assert.deepEqual(broken, []);
}

/** The keyboard alone opens each fold, watches a component, searches and goes through the door. */
export async function worksByKeyboardAlone(page, { folder }) {
  await serve(page, folder);
  await go(page, 'thirty');
  await page.locator('body').press('Tab');
  let watched = false;
  for (let presses = 0; presses < 600; presses++) {
    const at = await page.evaluate(() => {
      const node = document.activeElement;
      const isNew = !node.reached;
      node.reached = true;
      return { isNew, isFold: node.matches('summary'), isBox: node.matches('[name=my]'), isBody: node == document.body };
    });
    if (at.isBody || !at.isNew) break;
    if (at.isFold) {
      const isOpen = () => page.evaluate(() => document.activeElement.parentNode.open);
      const before = await isOpen();
      await page.keyboard.press('Enter');
      assert.equal(await isOpen(), !before, 'Enter does not fold');
      if (before) await page.keyboard.press('Enter');
    } else if (at.isBox && !watched) {
      await page.keyboard.press('Space');
      assert(await page.locator('#watched h2').isVisible(), 'the keyboard watches nothing');
      watched = true;
    }
    await page.keyboard.press('Tab');
  }
  assert(watched, 'the keyboard comes to nothing that could be watched');
  const missed = await page.evaluate(() => {
    const folds = [...document.querySelectorAll('summary')].filter((node) => !node.reached);
    return folds.map((node) => node.outerHTML.slice(0, 120));
  });
  assert.deepEqual(missed, [], 'the keyboard does not reach these folds');

  await go(page, 'thirty');
  await until(page, '[name=q]');
  await page.keyboard.type('late');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${ROOT}search?q=late`);

  await go(page, 'door');
  await until(page, '[name=password]');
  await page.keyboard.type('opensesame');
  await until(page, '[name=shared]');
  await page.keyboard.press('Space');
  await until(page, 'main button');
  const sent = page.waitForRequest((request) => request.method() == 'POST');
  await page.keyboard.press('Enter');
  assert.match((await sent).postData(), /password=opensesame&shared=on$/);
}

/** Presses Tab until something has the focus. */
async function until(page, what) {
  for (let presses = 0; presses < 40; presses++) {
    if (await page.evaluate((what) => document.activeElement.matches(what), what)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not come to ${what}`);
}

/** On paper all that is folded is there, but what each component keeps to itself. */
export async function printsWhatIsFolded(page, { folder, names }) {
  await serve(page, folder);
  await page.emulateMedia({ media: 'print' });
  assert(await page.evaluate(() => matchMedia('print').matches));
  for (const name of names) {
    await go(page, name);
    const { folds, missing } = await page.evaluate(() => {
      const seen = (node) => node.checkVisibility({ contentVisibilityAuto: true }) && node.getBoundingClientRect().height > 0;
      const folded = [...document.querySelectorAll('main details:not([open])')];
      const kept = '.headline details, .filter, li:not(.rest) > details';
      const within = folded.filter((node) => !node.matches(kept)).flatMap((node) => [...node.querySelectorAll('.row bdi, .updates > li')]);
      return { folds: within.length, missing: within.filter((node) => !seen(node)).map((node) => node.outerHTML.slice(0, 120)) };
    });
    assert(folds > 0, `${name} has nothing that is folded`);
    assert.deepEqual(missing, [], `${name} is printed without these`);
    const shown = await page.locator('.pages, .menu, [type=search], .skip, #notes, label.feeds').filter({ visible: true }).count();
    assert.equal(shown, 0, `${name} prints what is for a screen`);
  }
}

/** The sheet itself, for a browser that cannot show on a screen how it prints. */
export async function printsWhatIsFoldedOnPaper(page, { folder, names }) {
  await serve(page, folder);
  const letters = (text) => text.normalize('NFKC').replace(/\s/g, '');
  for (const name of names) {
    await go(page, name);
    const folded = await page.evaluate(() => {
      const kept = '.headline details, .filter, li:not(.rest) > details';
      const folds = [...document.querySelectorAll('main details:not([open])')].filter((node) => !node.matches(kept));
      return folds.flatMap((node) => [...node.querySelectorAll('.row bdi')].map((row) => row.textContent));
    });
    const sheet = letters(execFileSync('pdftotext', ['-', '-'], { input: await page.pdf(), encoding: 'utf8' }));
    assert(folded.length > 0, `${name} has nothing that is folded`);
    assert.deepEqual(folded.filter((text) => !sheet.includes(letters(text))), [], `${name} is printed without these`);
  }
}
