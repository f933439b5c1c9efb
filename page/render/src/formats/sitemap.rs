//! `/sitemap.xml` and `/robots.txt`: what a search engine may know.

use page_model::{Host, Snapshot, Stamp};

use super::{link, xml::Xml};
use crate::times::machine::date;

pub fn sitemap(snapshot: &Snapshot, requested: &Host) -> String {
    let page = &snapshot.page;
    let front = link::front(page, requested);
    let mut xml = Xml::document();
    xml.open("urlset", &[("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9")]);
    for path in ["/", "/history", "/uptime"] {
        url(&format!("{front}{path}"), Some(snapshot.as_of), &mut xml);
    }
    for month in &snapshot.archive_months {
        url(&format!("{front}/history/{month}"), None, &mut xml);
    }
    for incident in &snapshot.incidents {
        let changed = incident.updates.first().map(|update| update.at);
        url(&link::event(page, requested, &incident.id), changed, &mut xml);
    }
    for maintenance in &snapshot.maintenances {
        let changed = maintenance.updates.first().map(|update| update.at);
        url(&link::maintenance(page, requested, &maintenance.id), changed, &mut xml);
    }
    xml.finish()
}

pub fn robots(host: &Host) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: https://{host}/sitemap.xml\n")
}

fn url(address: &str, changed: Option<Stamp>, xml: &mut Xml) {
    xml.open("url", &[]).leaf("loc", &[], address);
    if let Some(changed) = changed {
        xml.leaf("lastmod", &[], &date(changed));
    }
    xml.close();
}
