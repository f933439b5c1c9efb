//! The tags of HTML that publishers may write, and Markdown becomes.

/// What a text may be made of.
pub const TAGS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];
/// Headings that become some of those.
pub const TOP_HEADINGS: &[&str] = &["h1", "h2"];
