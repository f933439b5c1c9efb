//! RSS 2.0.

use super::{Feed, entry::Entry, html};
use crate::{
    formats::{line::one_line, xml::Xml},
    times::machine::rfc822,
};

pub fn rss(feed: &Feed<'_>) -> String {
    let mut xml = Xml::document();
    xml.open(
        "rss",
        &[("version", "2.0"), ("xmlns:atom", "http://www.w3.org/2005/Atom")],
    );
    xml.open("channel", &[]);
    xml.leaf("title", &[], &feed.title);
    xml.leaf("link", &[], &feed.front());
    xml.leaf("description", &[], &feed.title);
    let own = feed.address(".rss");
    let own = [("href", own.as_str()), ("rel", "self"), ("type", "application/rss+xml")];
    xml.empty("atom:link", &own);
    xml.leaf("pubDate", &[], &rfc822(feed.snapshot.as_of));
    for entry in &feed.entries {
        item(feed, entry, &mut xml);
    }
    xml.finish()
}

fn item(feed: &Feed<'_>, entry: &Entry<'_>, xml: &mut Xml) {
    let link = feed.link_to(entry);
    xml.open("item", &[]);
    xml.leaf("title", &[], &one_line(entry.name()));
    xml.leaf("description", &[], &html::content(entry));
    xml.leaf("pubDate", &[], &rfc822(feed.date(entry)));
    if let Some((_, to)) = entry.window() {
        xml.leaf("maintenanceEndDate", &[], &rfc822(to));
    }
    xml.leaf("link", &[], &link);
    let name = feed.name_of(entry);
    let attributes = [("isPermaLink", "false")];
    xml.leaf("guid", if name == link { &[] } else { &attributes }, &name);
    xml.close();
}
