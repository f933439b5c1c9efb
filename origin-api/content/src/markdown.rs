//! From Markdown to the HTML that every reader of a page will see: the one place that does it.
//!
//! CommonMark with tables, strikethrough and footnotes, and what those expect who write into a box: a line break is one, a
//! bare address is a link. Headings travel from `<h3>` on (`page_model::prose`).

mod arrange;
mod source;
mod tags;

use std::{collections::HashSet, sync::LazyLock};

use tags::{TAGS, TOP_HEADINGS};

/// Counts the rules of this module. Texts whose HTML was made by earlier ones are rendered anew when an origin starts, so
/// whoever changes what comes out raises it; the test `rules_are_counted` says when.
pub const RULES: i64 = 2;

/// Sanitised as the last step, so that nothing that the parser lets through reaches a page.
pub fn html_of(markdown: &str) -> String {
    if markdown.is_empty() {
        return String::new();
    }
    let clean = ANY_HEADING.clean(&source::html(markdown)).to_string();
    SANITISER
        .clean(&arrange::arranged(&clean))
        .to_string()
        .trim()
        .to_owned()
}

/// Text and links; nothing that loads from another host, and nothing that imitates the page itself.
static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| sanitiser(TAGS.iter().copied().collect()));

/// The same, before headings have their place below the page's own.
static ANY_HEADING: LazyLock<ammonia::Builder<'static>> =
    LazyLock::new(|| sanitiser(TAGS.iter().copied().chain(TOP_HEADINGS.iter().copied()).collect()));

fn sanitiser(tags: HashSet<&'static str>) -> ammonia::Builder<'static> {
    let mut builder = ammonia::Builder::default();
    builder
        .tags(tags)
        .tag_attributes([("a", ["href"].into()), ("ol", ["start"].into())].into())
        .generic_attributes(["title"].into())
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow noopener"));
    builder
}

#[cfg(test)]
mod tests;
