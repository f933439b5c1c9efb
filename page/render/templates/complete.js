// Puts the page in the place of the skeleton: drawn here where the edge gives its renderer, else as soon as the edge has it.
(async () => {
  const { renderer, keeps } = document.currentScript.dataset;
  let shown;
  const show = (page) => {
    if (shown || !page) return;
    shown = 1;
    document.open();
    document.write(page);
    document.close();
  };
  const get = (url) => fetch(url, { cache: "no-store" }).catch(() => 0);
  const draw = async () => {
    const [module, reply] = await Promise.all([import(renderer), get("/.pharos/snapshot")]);
    await module.default();
    if (reply.ok) show(module.complete(new Uint8Array(await reply.arrayBuffer()), document.documentElement.lang, !!keeps));
  };
  if (renderer) draw().catch(() => 0);
  // Ever more seldom, no two browsers at once, and never sooner than the edge says.
  for (let wait = 300, after = 0; !shown; wait = Math.min(wait * 1.5, 10000)) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(wait, after) * (1 + Math.random() * .25)));
    const reply = shown ? 0 : await get(location.href);
    after = reply ? reply.headers.get("retry-after") * 1000 || 0 : 0;
    if (reply && (reply.status == 403 || reply.status == 404)) return location.reload();
    if (reply && reply.ok && !reply.headers.has("pharos-skeleton")) show(await reply.text());
  }
})();
