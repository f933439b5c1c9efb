// Looks each minute for another line; one that cannot be fetched leaves the line that is there.
const look = async () => {
  let wait = 60000;
  try {
    const reply = await fetch(location.href, { cache: "no-cache" });
    if (!reply.ok) wait = Math.max(1000 * reply.headers.get("retry-after"), 300000);
    else {
      const page = new DOMParser().parseFromString(await reply.text(), "text/html"),
      now = page.querySelector("h1"),
      old = document.querySelector("h1");
      if (now && now.outerHTML != old.outerHTML) old.replaceWith(now);
    }
  } catch {}
  setTimeout(look, wait + Math.random() * 6000);
};
setTimeout(look, 60000 + Math.random() * 6000);
