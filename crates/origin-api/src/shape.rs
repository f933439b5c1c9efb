//! From Markdown to the HTML that every reader of a page will see.

use std::sync::LazyLock;

use pulldown_cmark::{Options, Parser, html};

/// Sanitised as the last step, so that nothing that the parser lets through reaches a page.
pub fn html_of(markdown: &str) -> String {
    if markdown.is_empty() {
        return String::new();
    }
    let mut raw = String::with_capacity(2 * markdown.len());
    html::push_html(
        &mut raw,
        Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES),
    );
    SANITISER.clean(&raw).to_string().trim_end().to_owned()
}

/// Text and links; nothing that loads from another host, and nothing that dresses up as the page itself.
static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .tags(TAGS.iter().copied().collect())
        .tag_attributes([("a", ["href"].into()), ("ol", ["start"].into())].into())
        .generic_attributes(["title"].into())
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow noopener"));
    builder
});

const TAGS: &[&str] = &[
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_plain_safe_html() {
        for (markdown, html) in [
            ("We are *looking* into it.", "<p>We are <em>looking</em> into it.</p>"),
            (
                "See [the docs](https://docs.example.com/a?b=1).",
                "<p>See <a href=\"https://docs.example.com/a?b=1\" rel=\"nofollow noopener\">the docs</a>.</p>",
            ),
            ("![pixel](https://tracker.example/p.gif)", "<p></p>"),
            ("<script>alert(1)</script>", ""),
            (
                "<p onclick=alert(1) style=color:red class=x id=y>hello</p>",
                "<p>hello</p>",
            ),
            ("[x](javascript:alert(1))", "<p><a rel=\"nofollow noopener\">x</a></p>"),
            ("[x](/relative)", "<p><a rel=\"nofollow noopener\">x</a></p>"),
            ("<iframe src=https://evil.example></iframe>", ""),
            ("# Title", "Title"),
            ("a & b < c", "<p>a &amp; b &lt; c</p>"),
        ] {
            assert_eq!(html_of(markdown), html, "{markdown}");
        }
    }

    #[test]
    fn deep_nesting_ends() {
        for markdown in [
            "> ".repeat(12_000),
            "<b>".repeat(8_000),
            "[".repeat(25_000),
            "* ".repeat(12_000),
        ] {
            html_of(&markdown);
        }
    }
}
