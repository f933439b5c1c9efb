// Signing in by each way, as a person does it: at the door, in the mailbox, at the provider, in the product. Whoever signs out leaves
// nothing behind that the back button shows.
import assert from 'node:assert/strict';
import { ensureLacks, heardOf, untilShown } from './browsers.mjs';

export async function byPassword(page, { url, password, ...seen }) {
  await door(page, url);
  await submit(page, 'password', 'a wrong password');
  await page.locator('#password[aria-invalid]').waitFor();
  await submit(page, 'password', password);
  await seesTheirs(page, url, seen);
}

export async function asksForMail(page, { url, address }) {
  await door(page, url);
  await submit(page, 'email', address);
  await page.locator('[name=code]').waitFor();
}

export async function typesCode(page, { url, code, ...seen }) {
  await submit(page, 'code', code);
  await seesTheirs(page, url, seen);
}

export async function followsLink(page, { url, link, ...seen }) {
  await page.goto(link);
  await page.locator('form[action^="/.pharos/link"] button').click();
  await seesTheirs(page, url, seen);
}

export async function byProvider(page, { url, ...seen }) {
  await door(page, url);
  await page.locator('a[href^="/.pharos/sign-in/provider"]').click();
  await page.locator('[name=login]').fill('ada');
  await page.locator('[name=password]').fill('anything');
  await page.locator('[type=submit]').click();
  // It asks whether the page may know.
  await page.locator('form[action*="/interaction/"] [type=submit]').click();
  await page.waitForURL((at) => at.host == new URL(url).host);
  // What the provider's own pages lack is not ours.
  heardOf(page).problems.length = 0;
  await seesTheirs(page, url, seen);
}

/** A page of the product sends a form by itself, as it does for whom it knows. */
export async function byToken(page, { url, token, ...seen }) {
  const form = `<form method="post" action="${url}.pharos/token"><input type="hidden" name="token" value="${token}"></form>`;
  const body = `<!doctype html><title>Portal</title>${form}<script>document.forms[0].submit()</script>`;
  await page.route('http://portal.localhost/', (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto('http://portal.localhost/');
  await page.waitForURL((at) => at.host == new URL(url).host);
  await seesTheirs(page, url, seen);
}

/** The cookie as browsers keep it where there is TLS. */
export async function hasTheCookie(page) {
  const cookies = await page.context().cookies();
  const { name, domain, path, secure, httpOnly, sameSite } = cookies.find(({ name }) => name.endsWith('pharos-session'));
  const expected = { name: '__Host-pharos-session', domain: new URL(page.url()).hostname, path: '/' };
  assert.deepEqual(
    { name, domain, path, secure, httpOnly, sameSite },
    { ...expected, secure: true, httpOnly: true, sameSite: 'Lax' },
  );
}

export async function signsOut(page, { url, sees }) {
  await page.goto(`${url}.pharos/session`);
  await page.locator('form[action^="/.pharos/sign-out"] button:not([name])').click();
  await page.locator('form[action^="/.pharos/sign-in"]').first().waitFor();
  const places = [];
  for (let times = 0; times < 2; times++) {
    await page.goBack();
    places.push(page.url());
    await ensureLacks(page, sees);
  }
  assert(places.includes(url), `the way back does not lead to the page: ${places}`);
  await door(page, url);
  await ensureLacks(page, sees);
  const cookies = await page.context().cookies();
  assert(!cookies.some(({ name }) => name.endsWith('pharos-session')), 'the session is still there');
}

async function door(page, url) {
  const reply = await page.goto(url);
  assert.equal(reply.status(), 403);
  await fits(page);
}

async function submit(page, name, text) {
  const form = page.locator('form').filter({ has: page.locator(`[name=${name}]`) });
  await form.locator(`[name=${name}]`).fill(text);
  await form.locator('button').click();
}

async function seesTheirs(page, url, { sees, lacks }) {
  await page.waitForURL(url);
  await untilShown(page, sees);
  await ensureLacks(page, ...lacks);
  await fits(page);
  // That the door is a 403 is told by every browser.
  const problems = heardOf(page).problems.filter((problem) => !/status of 403/.test(problem));
  assert.deepEqual(problems, [], 'the console shows problems');
}

async function fits(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert(wide <= 0, `the page is ${wide} px too wide`);
}
