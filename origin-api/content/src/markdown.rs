//! From Markdown to the HTML that every reader of a page will see.

use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, html};

/// Sanitised as the last step, so that nothing that the parser lets through reaches a page.
pub fn html_of(markdown: &str) -> String {
    if markdown.is_empty() {
        return String::new();
    }
    let mut raw = String::with_capacity(2 * markdown.len());
    let events = Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES);
    html::push_html(&mut raw, events.map(tag_as_text));
    SANITISER.clean(&raw).to_string().trim_end().to_owned()
}

/// Publishers write `/repos/<owner>` and mean those words: inside a sentence, a tag that is not allowed is text.
fn tag_as_text(event: Event<'_>) -> Event<'_> {
    match event {
        Event::InlineHtml(tag) if !is_allowed(&tag) => Event::Text(tag),
        other => other,
    }
}

fn is_allowed(tag: &str) -> bool {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    // A comment has no name; the sanitiser drops it.
    end == 0 || TAGS.contains(&name[..end].to_ascii_lowercase().as_str())
}

/// Text and links; nothing that loads from another host, and nothing that imitates the page itself.
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
    fn renders_markdown_to_safe_html() {
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
            ("<0.1% of users (<5)", "<p>&lt;0.1% of users (&lt;5)</p>"),
            (
                "GET /repos/<owner>/<b>name</b> <!-- no --> fails",
                "<p>GET /repos/&lt;owner&gt;/<b>name</b>  fails</p>",
            ),
            (
                "Hello <script>alert(1)</script> <img src=x onerror=alert(1)>",
                "<p>Hello &lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt;</p>",
            ),
        ] {
            assert_eq!(html_of(markdown), html, "{markdown}");
        }
    }

    #[test]
    fn renders_deep_nesting() {
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
