// A line on the customer's own site when something is wrong. It asks the page that it was loaded from, draws in a shadow
// root so that no style of the site reaches it, and stays silent whenever anything fails.
(() => {
  const own = SETTINGS;
  const script = document.currentScript;
  if (!script) return;
  const from = new URL(script.src).origin;
  const key = "pharos-closed";
  const box = document.createElement("div");
  const link = box.appendChild(document.createElement("a"));
  const button = document.createElement("button");
  let about;
  const attributes = (element, all) => Object.entries(all).forEach((one) => element.setAttribute(...one));
  attributes(box, { role: "status", "aria-live": "polite", lang: own.lang, dir: own.dir });
  attributes(link, { href: from, target: "_blank", rel: "noopener" });
  attributes(button, { "aria-label": own.close });
  button.textContent = "×";
  button.onclick = () => {
    box.hidden = true;
    try { sessionStorage[key] = about; } catch {}
  };
  const look = async () => {
    try {
      const { incidents, scheduled_maintenances: planned, status } = await (await fetch(from + "/api/v2/summary.json")).json();
      const open = [...incidents, ...planned.filter((one) => one.status != "scheduled")];
      about = open.map((one) => one.id + one.status).join() || status.indicator;
      let closed;
      try { closed = sessionStorage[key]; } catch {}
      box.hidden = closed == about || (about == "none" && !own.always);
      const text = open.length == 1 ? open[0].name : own.words[status.indicator];
      if (!box.hidden && link.textContent != text) {
        link.textContent = text;
        box.append(button);
      }
      box.className = status.indicator;
    } catch {}
  };
  const start = () => {
    const host = document.body.appendChild(document.createElement("div"));
    const root = host.attachShadow({ mode: "closed" });
    const style = new CSSStyleSheet();
    style.replaceSync(own.style);
    root.adoptedStyleSheets = [style];
    box.hidden = true;
    root.append(box);
    look();
    setInterval(() => document.hidden || look(), 60000);
  };
  document.body ? start() : addEventListener("DOMContentLoaded", start);
})();
