// An open page that goes through many random changes, each compared with the page as it is loaded.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { NOW, look, until } from './live.mjs';

export async function follows(page, { folder, changes, policy }) {
  const site = { name: '0', asked: [] };
  const server = await serveFolder({ folder, policy }, site);
  const url = `http://status.localhost:${server.address().port}/`;
  const timezoneId = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  // Their clock stands still, so that they look for nothing themselves, and nobody sees them.
  const viewport = { width: 320, height: 16 };
  await page.setViewportSize(viewport);
  const fresh = await (await page.context().browser().newContext({ timezoneId, viewport })).newPage();
  const tabs = [page, fresh];
  for (const tab of tabs) {
    await tab.clock.install({ time: NOW });
    await tab.clock.pauseAt(new Date(NOW.getTime() + 20_000));
    await tab.goto(url);
    await tab.evaluate(watchSome);
  }
  await page.reload();
  await page.evaluate(() => (window.loadedOnce = true));
  for (let number = 1; number <= changes; number++) {
    const types = await page.evaluate(typeInto, `typed ${number}`);
    site.name = String(number);
    const [, wanted] = await Promise.all([look(page, site), load(fresh, `${url}?`, number % 10 == 0)]);
    await until(`change ${number}`, async () => {
      if ((await page.evaluate(said)) == wanted) return true;
      const [got, loaded] = await Promise.all(tabs.map((tab) => tab.evaluate(said, true)));
      return got == loaded || `differs from the page as it is loaded: ${firstDifference(got, loaded)}`;
    });
    if (types) assert.deepEqual(await page.evaluate(typed, `typed ${number}`), [`typed ${number}`, true], 'what is typed is lost, or the focus');
  }
  assert(await page.evaluate(() => window.loadedOnce), 'the page was loaded again');
  await fresh.context().close();
  server.closeAllConnections();
  server.close();
}

/** In the page: whether there is a field for it. */
function typeInto(text) {
  const field = document.querySelector('[name=q]');
  if (!field) return false;
  field.value = text;
  field.focus();
  return true;
}

/** In the page: what stands in the field, and whether it has the focus. Where the field has gone, both are as they should be. */
function typed(text) {
  const field = document.querySelector('[name=q]');
  return field ? [field.value, field == document.activeElement] : [text, true];
}

/** What the page says that is loaded anew, asked for apart from what the open one asks: by the address, or in a moment. */
async function load(fresh, url, byAddress) {
  if (byAddress) await fresh.goto(url, { waitUntil: 'domcontentloaded' });
  else {
    await fresh.evaluate(async (url) => {
      const html = await (await fetch(url)).text();
      document.open();
      // Drawing it would be most of the work.
      const undrawn = new CSSStyleSheet();
      undrawn.replaceSync(':root { display: none }');
      document.adoptedStyleSheets = [undrawn];
      document.write(html);
      document.close();
    }, url);
  }
  return fresh.evaluate(said);
}

/** Pages come as they do from an edge, past the protocol by which the browser is driven. */
async function serveFolder({ folder, policy }, site) {
  const server = createServer((request, response) => {
    if (request.url == '/') site.asked.push(request.url);
    const file = join(folder, `${site.name}.html`);
    // The folder may be gone while a page still asks.
    response.writeHead(existsSync(file) ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
    response.end(existsSync(file) ? readFileSync(file) : '');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

/** In the page: two components of it are watched, and one that only its group stands for. */
function watchSome() {
  const boxes = [...document.querySelectorAll('[name=my]')];
  for (const box of [boxes[0], boxes.at(-1)]) if (box) localStorage[box.closest('li').id] = box.closest('.group').id || box.closest('li').id;
  const group = document.querySelector('a.head');
  if (group) localStorage['999999999999'] = group.parentNode.id;
}

function firstDifference(got, wanted) {
  let at = 0;
  while (got[at] == wanted[at]) at++;
  return `${got.slice(Math.max(0, at - 80), at + 160)} where it should be ${wanted.slice(Math.max(0, at - 80), at + 160)}`;
}

/** In the page: all that it says, but for what a visitor has unfolded and what is marked as new; a sum of it unless it is wanted whole. */
function said(whole) {
  const parts = [...document.querySelectorAll('header, main, footer')].map((part) => part.cloneNode(true));
  for (const node of parts.flatMap((part) => [...part.querySelectorAll('details, [data-new]')])) {
    node.removeAttribute('open');
    node.removeAttribute('data-new');
  }
  // One of the two was drawn some seconds before the other.
  const html = parts.map((part) => part.outerHTML.replace(/ · (just now|\d+ (minute|hour)s? ago)/g, '')).join('\n');
  const ticked = [...document.querySelectorAll('[name=my]:checked')].map((box) => box.closest('li').id);
  const text = [document.title, document.querySelector('[rel=icon]').href, ticked, html].join('\n');
  if (whole) return text;
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) | 0;
  return `${text.length} ${sum}`;
}
