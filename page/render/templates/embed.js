// Looks each minute for another line; one that cannot be fetched leaves the line that is there.
setInterval(async () => {
  if (document.hidden) return;
  const reply = await fetch(location.href, { cache: "no-cache" }).catch(() => 0);
  if (!reply || !reply.ok) return;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html"),
  now = page.querySelector("h1"),
  old = document.querySelector("h1");
  if (now && now.outerHTML != old.outerHTML) old.replaceWith(now);
}, 60000 + Math.random() * 5000);
