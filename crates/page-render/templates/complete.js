// Asks for the page again until it is there, sooner at first, and puts it in the place of this one.
(async () => {
  for (let wait = 300; ; wait = Math.min(wait * 1.5, 2000)) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const reply = await fetch(location.href, { cache: "no-store" }).catch(() => 0);
    if (!reply || !reply.ok || reply.headers.has("pharos-skeleton")) continue;
    const page = await reply.text();
    document.open();
    document.write(page);
    document.close();
    return;
  }
})();
