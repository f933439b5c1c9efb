// What axe-core finds on pages.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';

export async function violations(page, { urls }) {
  const found = [];
  for (const url of urls) {
    await page.goto(url);
    await page.evaluate(axe.source);
    for (const violation of await page.evaluate(runAxe)) found.push({ url, ...violation });
  }
  return found;
}

/** In the page. */
async function runAxe() {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await axe.run(document, { runOnly });
  return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }));
}

/** The same of pages in a folder, by day or by night as the tab is. */
export async function violationsOfStates(page, { folder, names }) {
  await page.context().route('http://status.localhost/**', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const file = join(folder, `${name}.html`);
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    return route.fulfill({ headers, body: readFileSync(file) });
  });
  return violations(page, { urls: names.map((name) => `http://status.localhost/${name}`) });
}
