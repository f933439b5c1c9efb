// What an open page does by itself: it looks for news, shows moments as the visitor's clock does, and puts first what the visitor
// watches. Nothing that the page says needs it.
(() => {
  const doc = document, seen = doc.documentElement.dataset, byId = (id) => doc.getElementById(id);
  const all = (what, node = doc) => [...node.querySelectorAll(what)], pick = (what, node) => all(what, node)[0];
  const notes = byId("notes"), texts = notes.dataset, parts = (node) => all("body>header,main,body>footer", node);
  const kids = (node) => [...node.childNodes], icon = pick("[rel=icon]") || {};
  // What is as it should be is not touched.
  const set = (node, key, value) => node[key] != value && (node[key] = value);
  let store = {}, fresh, last, timer, tries = 0, until = 0, since = new Date(), tab = icon.href;

  // The page as it was sent, each node with the one that shows it. News is compared with this, so that what others have
  // changed in the page is left alone.
  const link = (sent, shown, inner = kids(shown)) => {
    sent.live = shown;
    kids(sent).map((child, at) => link(child, inner[at]));
    return sent;
  };
  let pages = parts().map((part) => link(part.cloneNode(true), part));
  const say = (words, told) => {
    const node = words.live, home = words.parentNode;
    set(node, "data", told);
    // Translators put nodes of their own in the place of ours.
    if (node.parentNode != home.live) home.live.replaceChildren(...kids(home).map((child) => child.live));
  };
  // Nodes are known by their id, or by what they are; of several alike the first is the first.
  const known = (node) => node.nodeName + (node.id || node.attributes?.[0]?.value.split(" ")[0]);
  // What showed `old` shows `now`, which is the page as it was sent from then on.
  const patch = (old, now) => {
    const place = (now.live = old.live), found = {};
    for (const { name: key } of [...(old.attributes || []), ...(now.attributes || [])]) {
      const value = now.getAttribute(key);
      if (key != "open" && value != old.getAttribute(key))
        value == null ? place.removeAttribute(key) : place.setAttribute(key, value);
    }
    kids(old).map((node) => (found[known(node)] ||= []).push(node));
    const next = kids(now).map((node) => [node, found[known(node)]?.shift()]);
    Object.values(found).flat().map((node) => {
      node.live.remove();
      node.remove();
    });
    let at = old.firstChild;
    for (const [now, node] of next) {
      if (node) patch(node, now);
      else {
        link(now, now.cloneNode(true));
        if (now.matches?.(":not(details)>.updates>li,.report")) fresh.push(now);
      }
      if (node === at) at = at.nextSibling;
      else {
        place.insertBefore(now.live, at?.live.parentNode == place ? at.live : null);
        node?.remove();
      }
    }
    next.map(([now, node]) => node?.data != now.data && say(now, now.data));
  };

  const clock = (at, how) => at.toLocaleString(texts.lang, { hour: "2-digit", minute: "2-digit", ...how });
  const ago = (at, minutes = (new Date() - at) / 6e4) =>
    minutes > 2880 ? "" : " · " + (minutes < 1 ? texts.just : new Intl.RelativeTimeFormat(texts.lang).format(-(minutes < 60 ? minutes : minutes / 60) | 0, minutes < 60 ? "minute" : "hour"));
  const stateOf = (node) => pick(".state", node), isFine = (node) => +stateOf(node).matches(".fine");
  // The classes of states come in the order of the alphabet, the worst first.
  const rank = (row) => isFine(row) + stateOf(row).className;
  // What the visitor watches, the worst first. Of a component that a large page leaves out, its group is there.
  const watch = () => {
    all("[name=my]").map((box) => (box.checked = box.closest("li").id in store));
    const list = byId("watched") || {};
    const rows = Object.entries(store).flatMap(([id, group]) => byId(group) && (byId(id) || byId(group)) || []);
    const worst = rows.sort((one, other) => rank(one) > rank(other) || -1)[0];
    const said = worst
      ? "<h2>" + (isFine(worst) ? (rows[1] ? texts.all.replace("#", rows.length) : texts.one) : texts.some + stateOf(worst).textContent) + "</h2><ul class='card list'>" +
        [...new Set(rows)].map((row) => "<li><a href=#" + row.id + ">" + pick("bdi", row).outerHTML + "</a>" + stateOf(row).outerHTML).join("")
      : "";
    if (list.live != said) list.innerHTML = list.live = said;
  };
  // What depends on the visitor: their clock, and what they folded.
  const dress = () => {
    pages.flatMap((page) => all("time[datetime*=T]", page)).map((time) => {
      const iso = time.dateTime, at = new Date(iso), words = time.firstChild;
      let told = words.data;
      // On the visitor's clock it is another hour than on the page's.
      if (new Date(iso.slice(0, 19)) - at) {
        const date = { day: "numeric", month: "short", ...(/\d{4}/.test(told) && { year: "numeric" }) };
        set(time.live, "title", clock(at, { ...date, timeZone: texts.zone }) + " " + texts.zone);
        told = clock(at, { ...((!/^\W*\d+:/.test(told) || at.getDate() != iso.slice(8, 10)) && date), ...(/UTC/.test(told) && { timeZoneName: "short" }) });
      }
      say(words, time.closest(".ago") ? told + ago(at) : told);
    });
    // A group opens when it fails; what somebody folds or unfolds by hand stays so.
    all("details.group").map((group) => {
      const fine = isFine(group), hand = store[group.id];
      if (group.well != fine) group.open = hand == "+" || hand != fine && (group.open || group.well > fine);
      group.well = fine;
    });
    watch();
  };

  const reload = () => location.reload();
  const state = (how) => {
    set(seen, "seen", how);
    if (how > "live") pick("b", notes).innerText = clock(since) + ago(since);
    set(icon, "href", how > "live" ? tab.replace(/%23\w+/, "%23868d95") : tab);
  };
  const show = (html) => {
    if (html == last) return;
    last = html;
    const page = new DOMParser().parseFromString(html, "text/html"), code = pick("#notes", page).dataset.code;
    // Another style or script has another policy: each version is loaded, once.
    if (code != texts.code && code != store.code) {
      store.code = code;
      return reload();
    }
    const focus = doc.activeElement, near = focus.closest("[id]")?.id;
    fresh = [];
    pages.map((old, at) => patch(old, parts(page)[at]));
    pages = parts(page);
    watch();
    (focus.isConnected ? focus : pick("summary,a", byId(near) || notes))?.focus({ preventScroll: true });
    tab = pick("[rel=icon]", page).href;
    doc.title = page.title;
    if (fresh[0]) {
      all("[data-new]").map((node) => delete node.dataset.new);
      fresh.map((node) => (node.live.dataset.new = texts.news));
      pick("div", notes).innerText = texts.news + " " + fresh[0].textContent;
    }
  };
  const again = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(pause, until - new Date()));
  };
  const look = async () => {
    if (new Date() < until) return;
    until = Infinity;
    const brief = doc.hidden && texts.brief;
    let later = 0;
    try {
      const reply = await fetch(brief || location, { cache: "no-cache", signal: AbortSignal.timeout?.(2e4) });
      const after = reply.headers.get("retry-after");
      later = +new Date(after > 0 ? +new Date() + after * 1e3 : after);
      // Who is let in no longer does not keep what they saw.
      if (/40[34]|410/.test(reply.status) && !brief) return reload();
      if (!reply.ok) throw 0;
      if (brief) ({ icon: tab = tab, text: doc.title } = await reply.json());
      else reply.headers.has("pharos-skeleton") || show(await reply.text());
      since = new Date();
      tries = 0;
      state("live");
    } catch {
      if (tries++) state("stale");
    }
    until = later;
    again((doc.hidden ? 6e4 : Math.min(6e4, 9e3 * 2 ** tries)) + Math.random() * 2e3);
    dress();
  };

  // Where a browser forbids to remember, all is forgotten with the page.
  try { store = localStorage; } catch {}
  // What has the focus when a key is let go may be another than when it was pressed.
  doc.onclick = doc.onkeyup = (event) => {
    const node = event.target, menu = pick(".menu[open]"), within = menu?.contains(node), chosen = getSelection();
    const summary = node.closest("summary"), group = summary?.parentNode, row = node.closest("li")?.id;
    if (menu && (event.key == "Escape" || !within)) {
      menu.open = false;
      if (within) pick("summary", menu).focus();
    }
    if (node.name == "my") {
      if (node.checked) store[row] = node.closest(".group").id || row;
      else delete store[row];
      watch();
    }
    // Who marks a name to copy it does not want to unfold it.
    if (summary && event.detail && "" + chosen && chosen.containsNode(summary, true)) event.preventDefault();
    else if (!event.key && group?.matches(".group")) store[group.id] = group.open ? isFine(group) : "+";
  };
  doc.onvisibilitychange = () => (doc.hidden ? again(6e4) : look());
  onoffline = () => state("stale");
  ononline = look;
  seen.seen = "";
  again(1e4);
  dress();
})();
