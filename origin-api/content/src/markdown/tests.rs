use std::path::{Path, PathBuf};

use page_model::{ContentHash, prose::words};
use proptest::prelude::*;

use super::*;

#[test]
fn renders_markdown_to_safe_html() {
    for (markdown, html) in [
        ("We are *looking* into it.", "<p>We are <em>looking</em> into it.</p>"),
        (
            "See [the docs](https://docs.example.com/a?b=1).",
            "<p>See <a href=\"https://docs.example.com/a?b=1\" rel=\"nofollow noopener\">the docs</a>.</p>",
        ),
        ("<script>alert(1)</script>", ""),
        (
            "<p onclick=alert(1) style=color:red class=x id=y>hello</p>",
            "<p>hello</p>",
        ),
        ("<iframe src=https://evil.example></iframe>", ""),
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
fn headings_stand_below_those_of_the_page_without_a_gap() {
    for (markdown, html) in [
        ("# Title", "<h3>Title</h3>"),
        (
            "# Summary\n## Root cause\nA disk.",
            "<h3>Summary</h3>\n<h4>Root cause</h4>\n<p>A disk.</p>",
        ),
        ("Summary\n===\n\nCause\n---", "<h3>Summary</h3>\n<h4>Cause</h4>"),
        (
            "## Impact\n#### Detail\n## Next",
            "<h3>Impact</h3>\n<h4>Detail</h4>\n<h3>Next</h3>",
        ),
        ("### a\n# b\n## c", "<h3>a</h3>\n<h3>b</h3>\n<h4>c</h4>"),
        (
            "# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6",
            "<h3>1</h3>\n<h4>2</h4>\n<h5>3</h5>\n<h6>4</h6>\n<h6>5</h6>\n<h6>6</h6>",
        ),
        (
            "<h1>Written as HTML</h1>\n<h2 id=x>Cause</h2>",
            "<h3>Written as HTML</h3>\n<h4>Cause</h4>",
        ),
        ("> # Quoted", "<blockquote>\n<h3>Quoted</h3>\n</blockquote>"),
    ] {
        assert_eq!(html_of(markdown), html, "{markdown}");
    }
}

#[test]
fn broken_lines_stay_broken() {
    for (markdown, html) in [
        ("us-east\nus-west", "<p>us-east<br>\nus-west</p>"),
        ("us-east  \nus-west\\\neu", "<p>us-east<br>\nus-west<br>\neu</p>"),
        ("One.<br />\nTwo.", "<p>One.<br>\nTwo.</p>"),
        ("- a\n  b", "<ul>\n<li>a<br>\nb</li>\n</ul>"),
        ("```\na\nb\n```", "<pre><code>a\nb\n</code></pre>"),
    ] {
        assert_eq!(html_of(markdown), html, "{markdown}");
    }
}

#[test]
fn a_bare_address_is_a_link() {
    let link = |href: &str, text: &str| format!("<a href=\"{href}\" rel=\"nofollow noopener\">{text}</a>");
    let same = |href: &str| link(href, href);
    for (markdown, html) in [
        (
            "See https://a.example/b.",
            format!("<p>See {}.</p>", same("https://a.example/b")),
        ),
        (
            "(https://a.example/b_(c))!",
            format!("<p>({})!</p>", same("https://a.example/b_(c)")),
        ),
        (
            "https://a.example/?a=1&b=2, or",
            format!("<p>{}, or</p>", same("https://a.example/?a=1&amp;b=2")),
        ),
        (
            "https://a.example/a_b_c*",
            format!("<p>{}*</p>", same("https://a.example/a_b_c")),
        ),
        (
            "**https://a.example**",
            format!("<p><strong>{}</strong></p>", same("https://a.example")),
        ),
        (
            "www.a.example/b",
            format!("<p>{}</p>", link("http://www.a.example/b", "www.a.example/b")),
        ),
        (
            "ask help@a.example.",
            format!("<p>ask {}.</p>", link("mailto:help@a.example", "help@a.example")),
        ),
        (
            "<p>https://a.example</p>",
            format!("<p>{}</p>", same("https://a.example")),
        ),
        (
            "詳細はhttps://a.example/bをご覧ください。",
            format!("<p>詳細は{}をご覧ください。</p>", same("https://a.example/b")),
        ),
        (
            "„https://a.example/b“…",
            format!("<p>„{}“…</p>", same("https://a.example/b")),
        ),
        (
            "https://de.example/Köln",
            format!("<p>{}</p>", same("https://de.example/Köln")),
        ),
        (
            "<https://a.example/b>",
            format!("<p>{}</p>", same("https://a.example/b")),
        ),
        (
            "[https://b.example](https://a.example)",
            format!("<p>{}</p>", link("https://a.example", "https://b.example")),
        ),
        (
            "`https://a.example`",
            "<p><code>https://a.example</code></p>".to_owned(),
        ),
        (
            "    https://a.example",
            "<pre><code>https://a.example</code></pre>".to_owned(),
        ),
        (
            "config.rs, a.example, 1.2.3.4 and http://",
            "<p>config.rs, a.example, 1.2.3.4 and http://</p>".to_owned(),
        ),
        (
            "javascript://a.example/%0Aalert(1)",
            "<p>javascript://a.example/%0Aalert(1)</p>".to_owned(),
        ),
        (
            "https://a.example/\"onclick=x",
            format!("<p>{}\"onclick=x</p>", same("https://a.example/")),
        ),
    ] {
        assert_eq!(html_of(markdown), html, "{markdown}");
    }
}

#[test]
fn nothing_is_lost_with_what_no_page_shows() {
    let link = |href: &str, text: &str| format!("<a href=\"{href}\" rel=\"nofollow noopener\">{text}</a>");
    for (markdown, html) in [
        ("[x](javascript:alert(1)) y", "<p>x y</p>".to_owned()),
        ("[*x*](/relative)", "<p><em>x</em></p>".to_owned()),
        (
            "![the queue](https://a.example/q.png)",
            format!("<p>{}</p>", link("https://a.example/q.png", "the queue")),
        ),
        (
            "![](https://a.example/q.png)",
            format!("<p>{}</p>", link("https://a.example/q.png", "https://a.example/q.png")),
        ),
        (
            "[![build](https://a.example/q.png)](https://a.example)",
            format!("<p>{}</p>", link("https://a.example", "build")),
        ),
        ("![](q.png)", "<p>q.png</p>".to_owned()),
    ] {
        assert_eq!(html_of(markdown), html, "{markdown}");
    }
}

#[test]
fn footnotes_stand_below_the_text() {
    for (markdown, html) in [
        (
            "Down[^why] again[^2].\n\n[^2]: As in May.\n\n[^why]: A *disk*.\n    And a fan.",
            "<p>Down<sup>[1]</sup> again<sup>[2]</sup>.</p>\n<p><sup>[1]</sup> A <em>disk</em>.<br>\nAnd a fan.</p>\n\
             <p><sup>[2]</sup> As in May.</p>",
        ),
        (
            "A[^x].\n\n[^x]:\n    - one",
            "<p>A<sup>[1]</sup>.</p>\n<p><sup>[1]</sup> </p>\n<ul>\n<li>one</li>\n</ul>",
        ),
        ("A.\n\n[^unnamed]: A note.", "<p>A.</p>\n<p><sup>[1]</sup> A note.</p>"),
        (
            "A[^1].\n\n[^1]: Note",
            "<p>A<sup>[1]</sup>.</p>\n<p><sup>[1]</sup> Note</p>",
        ),
        ("No note[^1]", "<p>No note[^1]</p>"),
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
        "# a\n".repeat(6_000),
        "[^a]".repeat(6_000) + "\n\n[^a]: b",
        "https://a.b ".repeat(2_000),
    ] {
        words(&html_of(&markdown));
    }
}

/// What publishers write, as it becomes: the HTML, and the words of it.
#[test]
fn texts_of_publishers() {
    insta::glob!("cases/*.md", |path| {
        let html = html_of(&read(path));
        insta::assert_snapshot!(format!("{html}\n\n--- words ---\n{}", words(&html)));
    });
}

/// HTML that is stored was made by some rules. Where the second number changes, other HTML comes out: raise `RULES`, so that
/// what is stored is made anew.
#[test]
fn rules_are_counted() {
    let all: Vec<String> = cases().iter().map(|path| html_of(&read(path))).collect();
    let hash = ContentHash::of(all.join("\n").as_bytes());
    assert_eq!((RULES, hash.short().as_str()), (2, "a664e1e79d3c43ec"));
}

fn cases() -> Vec<PathBuf> {
    let files = std::fs::read_dir("src/markdown/cases").expect("a folder");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    paths
}

#[expect(clippy::disallowed_methods, reason = "reads the cases")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a case")
}

/// Texts of what has a meaning in Markdown or HTML, and of anything.
fn markdown() -> impl Strategy<Value = String> {
    let marks = "(#|##|\\*|_|~~|`|```|>|- |1\\. |\\||---|===|\\[|\\]|\\(|\\)|!|\\^|:|<|</|/>|b|h1|a |href=|\"|&|&lt;|https://a\\.b|www\\.c\\.d|e@f\\.g|\\\\|x| |\n|\n\n|    |é|\u{202e}){0,60}";
    prop_oneof![4 => marks, 1 => any::<String>()]
}

proptest! {
    /// What travels is what the sanitiser would write again.
    #[test]
    fn html_is_sanitised_and_well_formed(markdown in markdown()) {
        let html = html_of(&markdown);
        let again = SANITISER.clean(&html).to_string();
        prop_assert_eq!(again.trim(), &html);
        prop_assert!(!html.contains("<a>") && !html.contains("<a rel"), "{}", html);
    }

    /// Where a publisher writes no `<` and no entity, none is in the words: they have no tags.
    #[test]
    fn words_have_no_tags(markdown in markdown()) {
        let markdown = markdown.replace(['<', '&'], "");
        let words = words(&html_of(&markdown));
        prop_assert!(!words.contains('<'), "{}", words);
        prop_assert!(!words.contains("&gt;") && !words.contains("&amp;"), "{}", words);
    }

    #[test]
    fn letters_stay_in_their_order(lines in prop::collection::vec("[a-z]{1,8}( [a-z]{1,8}){0,3}", 1..5)) {
        let text = lines.join("\n");
        prop_assert_eq!(words(&html_of(&text)), text);
    }
}
