// What stands on other sites: the banner and the frame. And pages where there is little room, or a sheet of paper.
import assert from 'node:assert/strict';
import ogs from 'open-graph-scraper';

/** Any page of another host is somebody's site, once its own policy is out of the way. */
export async function banner(page, { site, url, text }) {
  // Nobody looks into a closed shadow root, so this one is open.
  await page.addInitScript(() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function () {
      return attach.call(this, { mode: 'open' });
    };
  });
  await page.clock.install();
  await page.goto(site);
  const asked = [];
  page.on('request', (request) => request.url().includes('embed.json') && asked.push(request.url()));
  for (let times = 0; times < 2; times++) await page.addScriptTag({ url: `${url}embed.js` });
  const link = page.getByRole('link', { name: text });
  await link.waitFor();
  assert.equal(await link.count(), 1, 'included twice it stands once');
  assert.equal(asked.length, 1);
  assert.equal(await link.evaluate((node) => node.href), url);
  const box = page.locator('div', { has: link }).last();
  assert.equal((await box.textContent()).trim(), `${text}×`);

  await page.emulateMedia({ media: 'print' });
  assert(!(await box.isVisible()), 'it is printed');
  await page.emulateMedia({ media: 'screen', forcedColors: 'active' });
  const edge = await box.evaluate((node) => getComputedStyle(node).borderTopColor);
  assert(!/^rgba.*, 0\)$/.test(edge), `in forced colours the edge is ${edge}`);
  await page.emulateMedia({ forcedColors: 'none' });
  await page.setViewportSize({ width: 320, height: 600 });
  const { x, width } = await box.boundingBox();
  assert(x >= 0 && x + width <= 320, `on 320 px it lies from ${x} to ${x + width}`);

  await page.evaluate(() => document.body.replaceWith(document.createElement('body')));
  assert(await link.isVisible(), 'it is gone with the body');
  await page.addScriptTag({ url: `${url}embed.js` });
  assert.equal(await link.count(), 1, 'what exchanges the body runs its scripts again');

  await looksAgain(page, asked, 67_000);
  const busy = { status: 503, headers: { 'retry-after': '900', ...OPEN }, body: '{}' };
  await page.route('**/embed.json*', (route) => route.fulfill(busy));
  await looksAgain(page, asked, 67_000);
  const before = asked.length;
  await page.clock.runFor(800_000);
  assert.equal(asked.length, before, 'it asks earlier than it was told to');
  assert(await link.isVisible(), 'an error takes it away');
  await page.unroute('**/embed.json*');
  await looksAgain(page, asked, 107_000);

  await box.getByRole('button').click();
  await link.waitFor({ state: 'hidden' });
}

async function looksAgain(page, asked, ms) {
  const reply = page.waitForResponse(/embed\.json/);
  await page.clock.runFor(ms);
  await (await reply).finished();
  // What the reply brings is done in the next turns.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done())));
  assert(asked.length > 1);
}

/** Each page in each language has room on 320 px, also with the widest spacing that readers may set (WCAG 1.4.12). */
export async function fitsANarrowScreen(page, { urls, languages }) {
  const wide = [];
  for (const url of urls) {
    for (const language of languages) {
      await page.goto(`${url}${url.includes('?') ? '&' : '?'}lang=${language}`);
      for (const spacing of ['', SPACING]) {
        if (spacing) await page.addStyleTag({ content: spacing });
        const [across, from] = await page.evaluate(() => {
          for (const node of document.querySelectorAll('details')) node.open = true;
          const boxes = [...document.querySelectorAll('body *')].filter((node) => !node.closest('.visually-hidden, .skip'));
          const left = Math.min(...boxes.filter((node) => node.checkVisibility()).map((node) => node.getBoundingClientRect().left));
          return [document.documentElement.scrollWidth, left];
        });
        if (across > 320 || from < -0.5) wide.push(`${page.url()}${spacing && ' spaced'}: from ${from} to ${across} px`);
      }
    }
  }
  assert.deepEqual(wide, []);
}

/** A printed sheet says where and of when it is. */
export async function printsWhereItIs(page, { urls, host }) {
  await page.emulateMedia({ media: 'print' });
  for (const url of urls) {
    await page.goto(url);
    const sheet = page.locator('.sheet');
    assert(await sheet.isVisible(), `${url} prints no address`);
    assert.match(await sheet.textContent(), new RegExp(`https://${host}/\\w+.* · .*\\d{4}`, 's'), url);
  }
}

/** The site says whether its ground is light or dark; else the visitor's screen does. */
export async function frameFollowsTheSite(page, { url }) {
  for (const [theme, screen, dark] of [
    ['', 'dark', true],
    ['', 'light', false],
    ['?theme=light', 'dark', false],
    ['?theme=dark', 'light', true],
  ]) {
    await page.emulateMedia({ colorScheme: screen });
    await page.goto(`${url}embed${theme}`);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [red] = ground.match(/\d+/).map(Number);
    assert.equal(red < 128, dark, `${theme || 'no theme'} on a ${screen} screen: ${ground}`);
  }
}

/** What a chat makes of a link, and the picture that it shows. */
export async function unfurls(page, { url, own, title, description }) {
  const reply = await page.goto(url);
  const { result } = await ogs({ html: await reply.text() });
  assert.equal(result.ogTitle, title);
  assert.equal(result.ogDescription, description);
  assert.equal(result.twitterCard, 'summary_large_image');
  const [image] = result.ogImage;
  assert.deepEqual([image.type, image.width, image.height], ['image/png', '1200', '630']);
  const { pathname, search } = new URL(image.url);
  const picture = await page.goto(own.replace(/\/$/, '') + pathname + search);
  assert.equal(picture.headers()['content-type'], 'image/png');
  const bytes = await picture.body();
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [1200, 630]);
  return bytes.length;
}

/** What an edge says with every reply that other sites may read. */
const OPEN = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' };
const SPACING = `* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
  p { margin-bottom: 2em !important }`;
