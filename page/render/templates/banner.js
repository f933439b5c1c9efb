// A line on the customer's own site when something is wrong. It asks the page that it was loaded from, draws in a shadow
// root so that no style of the site reaches it, and stays silent whenever anything fails.
(() => {
  const own = SETTINGS, script = document.currentScript;
  if (!script) return;
  let about, closed;
  const from = new URL(script.src).origin,
  ask = script.src.replace(/embed\.js.*/, `embed.json?lang=${own.lang}`),
  make = (tag, all) => Object.assign(document.createElement(tag), all),
  // Beside the body: whoever exchanges that keeps the banner.
  root = document.documentElement,
  host = make("div", { id: ask }),
  link = make("a", { href: from, target: "_blank" }),
  box = make("div", { role: "status", lang: own.lang, dir: "auto", hidden: true }),
  button = make("button", { ariaLabel: own.close, textContent: "×" }),
  style = new CSSStyleSheet(),
  look = async () => {
    let wait = 6e4;
    try {
      const reply = await fetch(ask);
      if (!reply.ok) {
        wait = Math.max(1e3 * reply.headers.get("retry-after"), 3e5);
        throw 0;
      }
      const now = await reply.json();
      about = now.about;
      try { closed = sessionStorage.pharos; } catch {}
      box.className = now.tone;
      box.hidden = closed == about || (now.calm && !own.always);
      if (!box.hidden && link.textContent != now.text) {
        link.textContent = now.text;
        box.append(link, button);
      }
      root.append(host);
    } catch {}
    setTimeout(look, wait + Math.random() * 6e3);
  };
  if (document.getElementById(host.id)) return;
  style.replaceSync(own.style);
  const shadow = host.attachShadow({ mode: "closed" });
  shadow.adoptedStyleSheets = [style];
  shadow.append(box);
  root.append(host);
  button.onclick = () => {
    box.hidden = true;
    closed = about;
    try { sessionStorage.pharos = about; } catch {}
  };
  look();
})();
