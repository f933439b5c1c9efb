// Debian's Chromium and Firefox, without a window and cut off from every other machine.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, firefox } from 'playwright-core';

const launch = {
  chromium: () => chromium.launch({ executablePath: installed('chromium'), proxy }),
  // Of somebody who has told it to show larger letters.
  'chromium-large': () => chromium.launch({ executablePath: installed('chromium'), proxy, args: ['--blink-settings=defaultFontSize=24'] }),
  firefox: () => firefox.launch({ channel: 'moz-firefox', executablePath: installed('firefox-esr'), proxy }),
};
// Nobody listens there, and whoever asks a proxy looks up no name.
const proxy = { server: 'http://127.0.0.1:9', bypass: 'localhost, .localhost, 127.0.0.1' };
const launched = {};
const heard = new WeakMap();

/** A page in a context of its own; the browser is started once. */
export async function open(name, options) {
  launched[name] ??= launch[name]();
  const context = await (await launched[name]).newContext(options);
  context.setDefaultTimeout(WAIT_MAX_MS);
  const page = await context.newPage();
  const problems = [];
  const requests = [];
  heard.set(page, { problems, requests });
  page.on('console', (said) => {
    if (['error', 'warning', 'assert'].includes(said.type())) problems.push(said.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  return page;
}

export async function closeAll() {
  for (const browser of Object.values(launched)) await (await browser).close();
}

/** Every problem that the console has shown, and every address that was asked for. */
export const heardOf = (page) => heard.get(page);

/** The page has no problem and asks no other host. */
export async function ensureQuiet(page) {
  // What a script does late is heard too: nothing is left to do, twice. A page where nothing
  // is drawn may wait for its idle time without end.
  for (let times = 0; times < 2; times++) {
    await page.evaluate(() => new Promise((done) => requestIdleCallback(() => setTimeout(done), { timeout: 1_000 })));
  }
  const { problems, requests } = heardOf(page);
  assert.deepEqual(problems, [], 'the console shows problems');
  const { host } = new URL(page.url());
  const elsewhere = requests.filter((url) => !url.startsWith('data:') && new URL(url).host != host);
  assert.deepEqual(elsewhere, [], 'the page asks other hosts');
}

/** Waits until the page has these texts, also in a closed group. */
export async function untilShown(page, ...texts) {
  for (const text of texts) await page.getByText(text).first().waitFor({ state: 'attached' });
}

export async function ensureLacks(page, ...texts) {
  for (const text of texts) assert.equal(await page.getByText(text).count(), 0, `${text} is on the page`);
}

function installed(program) {
  const files = process.env.PATH.split(delimiter).map((folder) => join(folder, program));
  const found = files.find(existsSync);
  if (!found) throw new Error(`${program} is not installed: run \`apt-get install ${program}\``);
  return found;
}

const WAIT_MAX_MS = 60_000;
