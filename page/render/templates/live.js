(() => {
  const pick = (page, what) => page.querySelector(what);
  const localise = (page) => {
    for (const time of page.querySelectorAll("time[datetime*=T]"))
      time.title = new Date(time.dateTime).toLocaleString([], { dateStyle: "full", timeStyle: "short" });
  };
  const drop = (node) => {
    const next = node.nextSibling;
    node.remove();
    return next;
  };
  // Changes only what differs, so that focus, selection and what is unfolded stay. Nodes with an id are known by it.
  const morph = (old, now) => {
    if (old.isEqualNode(now)) return;
    if (old.nodeType != 1) return old.replaceWith(now);
    for (const { name, value } of now.attributes) if (name != "open") old.setAttribute(name, value);
    for (const { name } of [...old.attributes]) if (name != "open" && !now.hasAttribute(name)) old.removeAttribute(name);
    const known = (id, nodes) => [...nodes].find((node) => node.id == id);
    let at = old.firstChild;
    for (const next of [...now.childNodes]) {
      while (at && (at.id ? !known(at.id, now.children) : at.nodeType == 3 && next.nodeType == 1)) at = drop(at);
      const same = next.id ? known(next.id, old.children) : at && !at.id && at.nodeName == next.nodeName && at;
      if (same == at && at) at = at.nextSibling;
      else old.insertBefore(same || next, at);
      if (same) morph(same, next);
    }
    while (at) at = drop(at);
  };
  let seen;
  const refresh = async () => {
    if (document.hidden) return;
    const reply = await fetch(location.pathname + location.search, { cache: "no-cache" }).catch(() => 0);
    // Who is let in no longer does not keep what they saw.
    if (reply && (reply.status == 403 || reply.status == 404)) return location.reload();
    if (!reply || !reply.ok || reply.headers.has("pharos-skeleton")) return;
    const tag = reply.headers.get("etag");
    if (tag && tag == seen) return;
    seen = tag;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (pick(page, "style").textContent != pick(document, "style").textContent) return location.reload();
    localise(page);
    morph(pick(document, "main"), pick(page, "main"));
    pick(document, "[rel=icon]").href = pick(page, "[rel=icon]").href;
    document.title = page.title;
  };
  localise(document);
  // What somebody folds or unfolds by hand stays so. A browser may forbid to remember.
  try {
    const folds = localStorage;
    for (const group of document.querySelectorAll(".group[id]")) {
      if (group.id in folds) group.open = +folds[group.id];
      pick(group, "summary").onclick = () => (folds[group.id] = +!group.open);
    }
  } catch {}
  setInterval(refresh, 30000);
  document.addEventListener("visibilitychange", refresh);
})();
