//! A page as html5ever reads it for a visitor without scripts: what it has to mend, and what is left without tags.
#![allow(dead_code, reason = "each test uses its part")]

use html5ever::{ParseOpts, parse_document, tendril::TendrilSink, tree_builder::TreeBuilderOpts};
use scraper::{Html, HtmlTreeSink, Node};

pub fn mistakes(page: &str) -> Vec<String> {
    parse(page).errors.into_iter().map(String::from).collect()
}

/// What of a page is read: one line for each piece of text.
pub fn text(page: &str) -> String {
    let html = parse(page);
    let texts = html.tree.root().descendants().filter_map(|node| {
        let parent = node.parent()?;
        let is_read =
            !matches!(parent.value(), Node::Element(element) if ["style", "script"].contains(&element.name()));
        node.value().as_text().filter(|_| is_read)
    });
    let lines = texts.flat_map(|text| text.lines()).map(str::trim);
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The same on one line.
pub fn words(page: &str) -> String {
    text(page).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands between the first of one text and the next of another.
pub fn between<'a>(page: &'a str, open: &str, close: &str) -> &'a str {
    assert!(page.contains(open), "{open} in {page}");
    let (_, rest) = page.split_once(open).expect("it begins");
    rest.split_once(close).expect("it ends").0
}

fn parse(page: &str) -> Html {
    let opts = ParseOpts {
        tree_builder: TreeBuilderOpts {
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        },
        ..ParseOpts::default()
    };
    parse_document(HtmlTreeSink::new(Html::new_document()), opts).one(page)
}
