// A line on the customer's own site when something is wrong. It asks the page that it was loaded from, draws in a shadow
// root so that no style of the site reaches it, and stays silent whenever anything fails.
(() => {
  const own = SETTINGS, script = document.currentScript;
  if (!script) return;
  let about, closed;
  const from = new URL(script.src).origin,
  ask = script.src.replace(/embed\.js.*/, `embed.json?lang=${own.lang}`),
  make = (tag, all) => Object.assign(document.createElement(tag), all),
  link = make("a", { href: from, target: "_blank" }),
  box = make("div", { role: "status", lang: own.lang, dir: "auto", hidden: true }),
  button = make("button", { ariaLabel: own.close, textContent: "×" }),
  look = async () => {
    try {
      const now = await (await fetch(ask)).json();
      about = now.about;
      try { closed = sessionStorage.pharos; } catch {}
      box.className = now.tone;
      box.hidden = closed == about || (now.calm && !own.always);
      if (!box.hidden && link.textContent != now.text) {
        link.textContent = now.text;
        box.append(link, button);
      }
    } catch {}
  },
  start = () => {
    const root = document.body.appendChild(make("div")).attachShadow({ mode: "closed" }),
    style = new CSSStyleSheet();
    style.replaceSync(own.style);
    root.adoptedStyleSheets = [style];
    root.append(box);
    look();
    setInterval(() => document.hidden || look(), 6e4);
  };
  button.onclick = () => {
    box.hidden = true;
    closed = about;
    try { sessionStorage.pharos = about; } catch {}
  };
  document.body ? start() : addEventListener("DOMContentLoaded", start);
})();
