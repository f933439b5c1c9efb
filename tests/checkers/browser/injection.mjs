// Whether what publishers write executes.
import { untilShown } from './browsers.mjs';

/** What has happened on a page that must have this text, where there is one to look for. */
export async function provoked(page, { url, text }) {
  await page.goto(url);
  if (text) await untilShown(page, text);
  return page.evaluate(provoke);
}

/** In the page: does what a visitor might do, waits until there is nothing left to happen, and tells what has happened. */
async function provoke() {
  const idle = () => new Promise((done) => requestIdleCallback(() => setTimeout(done)));
  const leads = (value) => value.replace(/[\s\0-\x20]/g, '');
  const found = [];
  for (const node of document.querySelectorAll('*')) {
    for (const { name, value } of node.attributes) {
      if (/^on/i.test(name)) found.push(`${node.nodeName} has ${name}`);
      if (/^(javascript|vbscript|data:text)/i.test(leads(value)) && /href|src|action|data/i.test(name))
        found.push(`${node.nodeName} points to ${value.slice(0, 40)}`);
    }
    if (/^(iframe|object|embed|base|form)$/i.test(node.nodeName) && node.outerHTML.includes('pwned'))
      found.push(node.outerHTML.slice(0, 80));
    if (node.httpEquiv && node.outerHTML.includes('pwned')) found.push(node.outerHTML.slice(0, 80));
    if (node.focus && node.hasAttribute('onfocus')) node.focus();
    const target = node.getAttribute('href') ?? node.form?.getAttribute('action') ?? '';
    if (/^javascript:/i.test(leads(target)))
      node.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  }
  for (let tries = 0; tries < 20 && !window.pwned && (tries < 3 || found.length); tries++) {
    await idle();
    if (found.length) await new Promise((done) => setTimeout(done, 50));
  }
  if (window.pwned) found.push('a script ran');
  return found;
}
