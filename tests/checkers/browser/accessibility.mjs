// What axe-core finds on pages.
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
