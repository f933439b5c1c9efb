// The served page: no problem, no other host, and the skeleton completes itself.
import assert from 'node:assert/strict';
import { ensureQuiet, heardOf, untilShown } from './browsers.mjs';

export async function shows(page, { url, texts }) {
  await page.goto(url);
  await untilShown(page, ...texts);
  await ensureQuiet(page);
}

export async function skeletonCompletesItself(page, { url, lastGroup }) {
  await page.goto(url);
  await untilShown(page, 'Region 149');
  assert(heardOf(page).requests.length > 1, 'a page of 1,500 components came without a skeleton');
  await page.locator('details.rest > summary').click();
  await page.locator(`a.head[href$="${lastGroup}"]`).click();
  await untilShown(page, 'Component 1499');
  await ensureQuiet(page);
}

export async function rendererDrawsTheSame(page, { url, languages }) {
  const asked = page.waitForRequest(/\/complete\.js$/);
  await page.goto(`${url}?lang=${languages[0]}`);
  const renderer = (await asked).url();
  for (const language of languages) {
    const { drawn, served } = await page.evaluate(drawAndFetch, { renderer, language });
    assert(drawn === served, `in ${language} ${firstDifference(drawn, served)}`);
  }
  await ensureQuiet(page);
}

function firstDifference(drawn, served) {
  const [ours, theirs] = [drawn, served].map((page) => page.split('\n'));
  const at = ours.findIndex((line, number) => line !== theirs[number]);
  return `the browser draws ${ours[at]} where the edge draws ${theirs[at]}`;
}

/** In the page: what its renderer draws, and what the edge serves once it has drawn it. */
async function drawAndFetch({ renderer, language }) {
  const module = await import(renderer);
  await module.default();
  const snapshot = await (await fetch('/.pharos/snapshot')).arrayBuffer();
  const drawn = module.complete(new Uint8Array(snapshot), language, true);
  for (let tries = 0; tries < 600; tries++) {
    const reply = await fetch(`/?lang=${language}`, { cache: 'no-store' });
    const served = await reply.text();
    if (!reply.headers.has('pharos-skeleton')) return { drawn, served };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the edge stays with the skeleton');
}

/** What the other steps rely on: a problem is heard and a request to another host is seen. */
export async function problemsAreHeard(page) {
  const elsewhere = 'http://elsewhere.example/a.png';
  await page.goto(`data:text/html,<p>Hello</p><img src='${elsewhere}'><script>no.such.thing</script>`);
  await untilShown(page, 'Hello');
  const { problems, requests } = heardOf(page);
  assert(problems.some((problem) => problem.includes('no is not defined')), problems.join('\n'));
  assert(requests.includes(elsewhere), requests.join('\n'));
  await assert.rejects(ensureQuiet(page), /the console shows problems/);
  problems.length = 0;
  await assert.rejects(ensureQuiet(page), /the page asks other hosts/);
}
