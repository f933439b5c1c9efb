(() => {
const localise = (root) => root.querySelectorAll("time[datetime*=T]").forEach((time) => {
time.title = new Date(time.dateTime).toLocaleString([], { dateStyle: "full", timeStyle: "short" });
});
// Changes only what differs, so that focus, selection and what is unfolded stay.
const morph = (old, now) => {
if (old.isEqualNode(now)) return;
if (old.nodeType != 1) return old.replaceWith(now);
for (const { name, value } of now.attributes) if (name != "open") old.setAttribute(name, value);
for (const { name } of [...old.attributes]) if (name != "open" && !now.hasAttribute(name)) old.removeAttribute(name);
let at = old.firstChild;
for (const next of [...now.childNodes]) {
let same = at && !at.id && !next.id && at.nodeName == next.nodeName ? at : 0;
if (next.id) same = [...old.children].find((child) => child.id == next.id);
if (!same) old.insertBefore(next, at);
else {
if (same == at) at = at.nextSibling;
else old.insertBefore(same, at);
morph(same, next);
}
}
while (at) {
const next = at.nextSibling;
at.remove();
at = next;
}
};
const pick = (page, what) => page.querySelector(what);
let seen;
const refresh = async () => {
if (document.hidden) return;
const reply = await fetch(location.pathname, { cache: "no-cache" }).catch(() => 0);
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
setInterval(refresh, 30000);
document.addEventListener("visibilitychange", refresh);
})();
