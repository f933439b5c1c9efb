// The index of a status page, drawn by a template literal from the document that describes it.

/** `frame` has the texts of the style sheet and the script, which are the same on every page. */
export function draw(document, frame) {
  const { page, headline, incidents, groups, past } = document;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(page.name)} Status</title>
<link rel="alternate" type="application/rss+xml" href="/history.rss">
<link rel="alternate" type="application/atom+xml" href="/history.atom">
<style>${frame.style}</style>
</head>
<body>
<header><a class="brand" href="/">${text(page.name)}</a><nav><a href="/history">History</a></nav></header>
<main>
<div class="headline"><h1 class="${headline.status}">${text(headline.text)}</h1><p>Updated ${time(document.as_of)}</p></div>
${incidents.filter((incident) => !incident.resolved_at).map(incidentCard).join("\n")}
<section aria-labelledby="components">
<h2 class="label" id="components">Components</h2>
${groups.map(group).join("\n")}
</section>
<section aria-labelledby="past">
<h2 class="label" id="past">Past incidents</h2>
${past.map((day) => pastDay(day, incidents)).join("\n")}
</section>
</main>
<footer><a href="${text(page.website ?? "/")}">${text(page.name)}</a><span>${text(page.time_zone)}</span></footer>
<script>${frame.script}</script>
</body>
</html>
`;
}

function incidentCard(incident) {
  return `<article class="card event" id="${incident.id}">
<h2><a href="/incidents/${incident.id}">${text(incident.name)}</a></h2>
<p class="state ${incident.impact}">${words(incident.status)} since ${time(incident.started_at)}</p>
<ul>${incident.components.map(({ id, name }) => `<li><a href="#${id}">${text(name)}</a></li>`).join("")}</ul>
${incident.updates.map(update).join("\n")}
</article>`;
}

function update({ status, at, body_html: body }) {
  return `<section class="update"><h3>${words(status)}</h3><div class="prose">${body}</div><p>${time(at)}</p></section>`;
}

function group({ named, status, components }) {
  const head = named ? `<summary class="head"><h3>${text(named.name)}</h3>${state(status)}</summary>` : "";
  return `<details class="card group" open>${head}
<ul>
${components.map(component).join("\n")}
</ul>
<p class="legend"><span>90 days ago</span><span>Today</span></p>
</details>`;
}

function component({ id, name, status, uptime, description_html: about }) {
  const share = uptime ? `<small>${(uptime.up_millionths / 10_000).toFixed(2)} % uptime</small>` : "";
  return `<li id="${id}"><details>
<summary class="row"><span class="name">${text(name)} ${share}</span>${state(status)}${uptime ? bar(uptime) : ""}</summary>
<div class="prose">${about ?? ""}</div>
<p class="feeds">Updates of this component: <a href="/components/${id}/history.rss">RSS</a></p>
</details></li>`;
}

/** Ninety days as runs of equal ones. */
function bar({ runs }) {
  let left = 0;
  const run = ([days, level]) => {
    left += days;
    return `<path class="${level}" d="M${left - days} 0h${days}v10h-${days}z"/>`;
  };
  return `<svg class="bar" viewBox="0 0 90 10" preserveAspectRatio="none" aria-hidden="true">${runs.map(run).join("")}</svg>`;
}

function pastDay({ date, incidents: ids }, incidents) {
  const told = incidents.filter((incident) => ids.includes(incident.id));
  const events = told.map((incident) => `<p><a href="/incidents/${incident.id}">${text(incident.name)}</a></p>`);
  return `<article class="day"><h3><time datetime="${date}">${date}</time></h3>${events.join("") || "<p>No incidents</p>"}</article>`;
}

function state(status) {
  return `<span class="state ${status}">${words(status)}<i></i></span>`;
}

function time([at]) {
  const iso = new Date(at).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}

function words(name) {
  return String(name).replaceAll("_", " ");
}

function text(text) {
  return String(text).replace(/[&<>"']/g, (character) => ESCAPED[character]);
}

const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
