// What an open page does by itself: it looks for news, and shows moments as the visitor's clock does. Nothing that the page
// says needs it.
(() => {
  const doc = document, root = doc.documentElement;
  const pick = (what, node = doc) => node.querySelector(what), all = (what, node = doc) => [...node.querySelectorAll(what)];
  const notes = pick("#notes"), texts = notes.dataset, parts = ["body>header", "main", "body>footer"];
  const kids = (node) => [...node.childNodes], icon = pick("[rel=icon]") || {};
  // Where a browser forbids to remember, all is forgotten with the page.
  let store = {}, fresh, last, timer, tries = 0, until = 0, since = Date.now(), tab = icon.href;
  try { store = localStorage; } catch {}

  // The page as it was sent, each node with the one that shows it. News is compared with this, so that what others have
  // changed in the page is left alone.
  const link = (sent, shown) => {
    sent.live = shown;
    kids(sent).map((child, at) => link(child, shown.childNodes[at]));
    return sent;
  };
  const pages = parts.map((part) => link(pick(part).cloneNode(true), pick(part)));
  const say = (words, told) => {
    const node = words.live, home = words.parentNode;
    if (node.data != told) node.data = told;
    // Translators put nodes of their own in the place of ours.
    if (node.parentNode != home.live) home.live.replaceChildren(...kids(home).map((child) => child.live));
  };
  // Nodes are known by their id, or by what they are; of several alike the first is the first.
  const known = (node) => node.nodeName + (node.id || node.outerHTML?.split(/[ >]/, 2)[1]);
  const patch = (old, now) => {
    if (old.isEqualNode(now)) return;
    const place = old.live, found = {};
    if (!old.attributes) return say(old, (old.data = now.data));
    for (const key of [...old.getAttributeNames(), ...now.getAttributeNames()]) {
      const value = now.getAttribute(key);
      if (value != old.getAttribute(key))
        for (const node of key == "open" ? [old] : [old, place])
          value == null ? node.removeAttribute(key) : node.setAttribute(key, value);
    }
    for (const node of kids(old)) (found[known(node)] ||= []).push(node);
    const next = kids(now).map((node) => [node, found[known(node)]?.shift()]);
    for (const node of Object.values(found).flat()) {
      node.live.remove();
      node.remove();
    }
    let at = old.firstChild;
    for (let [now, node] of next) {
      if (node) patch(node, now);
      else {
        node = link(now, doc.importNode(now, true));
        if (node.matches?.(":not(details)>.updates>li,.report")) fresh.push(node);
      }
      if (node == at) at = at.nextSibling;
      else {
        place.insertBefore(node.live, at?.live.parentNode == place ? at.live : null);
        old.insertBefore(node, at);
      }
    }
  };

  const clock = (at, how) => at.toLocaleString(texts.lang, { hour: "2-digit", minute: "2-digit", ...how });
  const ago = (at) => {
    const minutes = Math.max(0, (Date.now() - at) / 6e4), said = new Intl.RelativeTimeFormat(texts.lang);
    const [count, unit] = minutes < 60 ? [minutes, "minute"] : [minutes / 60, "hour"];
    return minutes < 2880 ? " · " + said.format(-(count | 0), unit) : "";
  };
  const isFine = (group) => +pick(".state", group).matches(".fine");
  // What depends on the visitor: their clock, and what they folded.
  const dress = () => {
    for (const time of pages.flatMap((page) => all("time[datetime*=T]", page))) {
      const iso = time.dateTime, at = new Date(iso), away = at.getTimezoneOffset() * 6e4, words = time.firstChild;
      let told = words.data;
      if (texts.zone && Date.parse(iso.slice(0, 19) + "Z") - at + away) {
        const date = { day: "numeric", month: "short", year: /\d{4}/.test(told) ? "numeric" : undefined };
        const dated = !/^\W*\d+:/.test(told) || new Date(at - away).toISOString().slice(0, 10) != iso.slice(0, 10);
        const theirs = clock(at, { ...date, timeZone: texts.zone }) + " " + texts.zone;
        if (time.live.title != theirs) time.live.title = theirs;
        told = clock(at, { ...(dated && date), ...(/UTC/.test(told) && { timeZoneName: "short" }) });
      }
      say(words, time.closest(".ago") ? told + ago(at) : told);
    }
    // A group opens when it fails; what somebody folds or unfolds by hand stays so.
    for (const group of all("details.group")) {
      const fine = isFine(group), hand = store[group.id];
      if (group.well != fine) group.open = hand == "+" || (hand != fine && (group.open || group.well > fine));
      group.well = fine;
    }
  };

  const state = (seen) => {
    if (root.dataset.seen != seen) root.dataset.seen = seen;
    if (seen > "live") pick("b", notes).textContent = clock(new Date(since)) + ago(since);
    const href = seen > "live" ? tab.replace(/%23\w+/, "%23868d95") : tab;
    if (icon.href != href) icon.href = href;
  };
  const show = (html) => {
    if (html == last) return;
    last = html;
    const page = new DOMParser().parseFromString(html, "text/html"), code = pick("#notes", page).dataset.code;
    // Another style or script has another policy: each version is loaded, once.
    if (code != texts.code && code != store.code) {
      store.code = code;
      return location.reload();
    }
    const focus = doc.activeElement, near = focus.closest("[id]")?.id;
    fresh = [];
    pages.map((old, at) => patch(old, pick(parts[at], page)));
    if (doc.activeElement != focus)
      (focus.isConnected ? focus : pick("summary,a", doc.getElementById(near) || notes))?.focus({ preventScroll: true });
    tab = pick("[rel=icon]", page).href;
    doc.title = page.title;
    if (!fresh[0]) return;
    for (const node of all("[data-new]")) delete node.dataset.new;
    for (const node of fresh) node.live.dataset.new = texts.new;
    pick("div", notes).textContent = texts.new + " " + fresh[0].textContent;
  };
  const again = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(pause, until - Date.now()));
  };
  const look = async () => {
    if (Date.now() < until) return;
    until = Infinity;
    const brief = doc.hidden && texts.brief;
    let later = 0;
    try {
      const reply = await fetch(brief || location, { cache: "no-cache", signal: AbortSignal.timeout?.(2e4) });
      const after = reply.headers.get("retry-after");
      later = +new Date(after > 0 ? Date.now() + after * 1e3 : after);
      // Who is let in no longer does not keep what they saw.
      if (/403|404|410/.test(reply.status) && !brief) return location.reload();
      if (!reply.ok) throw 0;
      if (brief) {
        const said = await reply.json();
        tab = said.icon || tab;
        doc.title = said.text;
      } else if (!reply.headers.has("pharos-skeleton")) show(await reply.text());
      since = Date.now();
      tries = 0;
      state("live");
    } catch {
      if (tries++) state("stale");
    }
    until = later;
    again((doc.hidden ? 6e4 : Math.min(6e4, 9e3 * 2 ** tries)) + Math.random() * 2e3);
    dress();
  };

  for (const type of ["click", "focusin", "keydown"])
    doc.addEventListener(type, (event) => {
      const node = event.target, menu = pick(".menu[open]"), chosen = getSelection();
      const summary = node.closest("summary"), group = summary?.parentNode;
      if (menu && (event.key ? event.key == "Escape" : !menu.contains(node))) {
        menu.open = false;
        if (event.key) pick("summary", menu).focus();
      }
      // Who marks a name to copy it does not want to unfold it.
      if (type != "click") return;
      if (summary && event.detail && !chosen.isCollapsed && chosen.containsNode(summary, true)) event.preventDefault();
      else if (group?.matches(".group")) store[group.id] = group.open ? isFine(group) : "+";
    });
  doc.onvisibilitychange = () => (doc.hidden ? again(6e4) : look());
  onoffline = () => state("stale");
  ononline = look;
  root.dataset.seen = "";
  again(1e4);
  dress();
})();
