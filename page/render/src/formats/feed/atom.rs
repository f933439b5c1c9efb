//! Atom: one entry for each incident, revised in place.

use super::{Feed, entry::Entry, html};
use crate::{
    formats::{line::one_line, xml::Xml},
    times::machine::iso,
};

pub fn atom(feed: &Feed<'_>) -> String {
    let mut xml = Xml::document();
    xml.open(
        "feed",
        &[("xml:lang", "en-US"), ("xmlns", "http://www.w3.org/2005/Atom")],
    );
    xml.leaf("id", &[], &format!("tag:{},2005:{}", feed.naming_host(), feed.path));
    alternate(&feed.front(), &mut xml);
    let own = feed.address(".atom");
    let own = [
        ("rel", "self"),
        ("type", "application/atom+xml"),
        ("href", own.as_str()),
    ];
    xml.empty("link", &own);
    xml.leaf("title", &[], &feed.title);
    xml.leaf("updated", &[], &iso(feed.snapshot.as_of));
    xml.open("author", &[])
        .leaf("name", &[], &one_line(&feed.page().name))
        .close();
    for entry in &feed.entries {
        self::entry(feed, entry, &mut xml);
    }
    xml.finish()
}

fn entry(feed: &Feed<'_>, entry: &Entry<'_>, xml: &mut Xml) {
    xml.open("entry", &[]);
    xml.leaf(
        "id",
        &[],
        &format!("tag:{},2005:Incident/{}", feed.naming_host(), entry.permanent_name()),
    );
    xml.leaf("published", &[], &iso(entry.published()));
    xml.leaf("updated", &[], &iso(feed.date(entry)));
    alternate(&feed.link_to(entry), xml);
    xml.leaf("title", &[], &one_line(entry.name()));
    xml.leaf("content", &[("type", "html")], &html::content(entry));
    xml.close();
}

fn alternate(href: &str, xml: &mut Xml) {
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", href)]);
}
