// What axe-core finds on pages.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';

export async function violations(page, { urls }) {
  const found = [];
  for (const url of urls) {
    await page.goto(url);
    found.push(...(await violationsHere(page)));
  }
  return found;
}

async function violationsHere(page) {
  await page.evaluate(axe.source);
  return (await page.evaluate(runAxe)).map((violation) => ({ url: page.url(), ...violation }));
}

/** In the page. */
async function runAxe() {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await axe.run(document, { runOnly });
  return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }));
}

/** The same of pages in a folder, by day or by night as the tab is. */
export async function violationsOfStates(page, { folder, names }) {
  await serve(page, folder);
  const found = await violations(page, { urls: names.map((name) => ROOT + name) });
  // What a page becomes while it is open: its components are watched, and it cannot ask any more.
  for (const name of names.filter((name) => OPEN.test(name))) {
    await page.goto(ROOT + name);
    await page.evaluate(() => {
      for (const row of document.querySelectorAll('.row')) row.parentNode.open = true;
      for (const box of [...document.querySelectorAll('[name=my]')].slice(0, 3)) box.click();
      document.documentElement.dataset.seen = 'stale';
      document.querySelector('#notes b').textContent = '14:32';
    });
    found.push(...(await violationsHere(page)));
    await page.evaluate(() => localStorage.clear());
  }
  return found;
}

const ROOT = 'http://status.localhost/';
const OPEN = /^(incident|index(-\w+)?)$/;

async function serve(page, folder) {
  await page.context().route(`${ROOT}**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const file = join(folder, `${name}.html`);
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    return route.fulfill({ headers, body: readFileSync(file) });
  });
}
