//! The words of a text, for whoever shows no markup: a calendar, a terminal, a preview.

use super::pieces::{Piece, decoded, pieces};

/// What stands in the HTML as plain text: a line break between blocks and an empty line between paragraphs, `- ` and `1. `
/// before the items of lists, `> ` before quotations, and the address behind a link whose text is another.
pub fn words(html: &str) -> String {
    let mut words = Words::default();
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => words.text(&decoded(text)),
            Piece::Open { name, .. } => words.open(name, &piece),
            Piece::Close { name, .. } => words.close(name),
        }
    }
    words.out.truncate(words.out.trim_end().len());
    words.out
}

#[derive(Default)]
struct Words {
    out: String,
    /// Line feeds that are due before the next text: two leave a line empty.
    breaks: usize,
    /// Whether a space is due before the next text.
    space: bool,
    inside: Vec<Container>,
    /// Addresses of the links that are open, and where their texts begin.
    links: Vec<(Option<String>, usize)>,
    preformatted: usize,
    cells: usize,
}

enum Container {
    Quotation,
    /// With the number of the next item, where it has one.
    List(Option<u64>),
    Item {
        marker: String,
        is_written: bool,
    },
}

impl Words {
    fn open(&mut self, name: &str, tag: &Piece<'_>) {
        match name {
            "br" => self.breaks += usize::from(self.breaks < PARAGRAPH),
            "hr" => {
                self.begin(PARAGRAPH);
                self.word("---");
                self.begin(PARAGRAPH);
            }
            "ul" | "ol" => {
                self.begin(self.block());
                let first = tag.attribute("start").and_then(|number| number.parse().ok());
                self.inside
                    .push(Container::List((name == "ol").then_some(first.unwrap_or(1))));
            }
            "li" => {
                self.begin(LINE);
                let marker = self.marker();
                self.inside.push(Container::Item {
                    marker,
                    is_written: false,
                });
            }
            "blockquote" => {
                self.begin(PARAGRAPH);
                self.inside.push(Container::Quotation);
            }
            "tr" => {
                self.begin(LINE);
                self.cells = 0;
            }
            "td" | "th" => {
                if self.cells > 0 {
                    self.text(" | ");
                }
                self.cells += 1;
            }
            "pre" => {
                self.begin(PARAGRAPH);
                self.preformatted += 1;
            }
            "a" => self.links.push((tag.attribute("href"), self.out.len())),
            name if is_paragraph(name) => self.begin(PARAGRAPH),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "ul" | "ol" => {
                self.leave(|container| matches!(container, Container::List(_)));
                self.end(self.block());
            }
            "li" => {
                self.leave(|container| matches!(container, Container::Item { .. }));
                self.end(LINE);
            }
            "blockquote" => {
                self.leave(|container| matches!(container, Container::Quotation));
                self.end(PARAGRAPH);
            }
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.end(PARAGRAPH);
            }
            "a" => self.end_link(),
            name if is_paragraph(name) => self.end(PARAGRAPH),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.preformatted > 0 {
            return self.lines(text);
        }
        let mut words = text.split(is_space).peekable();
        while let Some(word) = words.next() {
            if !word.is_empty() {
                self.word(word);
            }
            self.space |= words.peek().is_some();
        }
    }

    fn lines(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            self.breaks += usize::from(number > 0);
            if !line.trim().is_empty() {
                self.word(line.trim_end());
            }
        }
    }

    fn word(&mut self, word: &str) {
        if self.out.is_empty() || self.breaks > 0 {
            let breaks = if self.out.is_empty() { 0 } else { self.breaks };
            self.out.extend(std::iter::repeat_n('\n', breaks));
            self.line_begins();
        } else if self.space && !self.out.ends_with(is_space) {
            self.out.push(' ');
        }
        self.out.push_str(word);
        (self.breaks, self.space) = (0, false);
    }

    /// What stands before a line: for each quotation its mark, for each item its marker or as much room.
    fn line_begins(&mut self) {
        let outer = self.inside.len().saturating_sub(CONTAINERS_MAX);
        for container in &mut self.inside[outer..] {
            match container {
                Container::Quotation => self.out.push_str("> "),
                Container::List(_) => {}
                Container::Item { marker, is_written } => {
                    match std::mem::replace(is_written, true) {
                        false => self.out.push_str(marker),
                        true => self.out.extend(std::iter::repeat_n(' ', marker.len())),
                    };
                }
            }
        }
    }

    /// A block begins: the first one of an item stands in the item's own line.
    fn begin(&mut self, breaks: usize) {
        let has_marker = matches!(self.inside.last(), Some(Container::Item { is_written: false, .. }));
        if !has_marker {
            self.end(breaks);
        }
    }

    fn end(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
        self.space = false;
    }

    /// How far a list stands from what is around it.
    fn block(&self) -> usize {
        let is_nested = matches!(self.inside.last(), Some(Container::Item { .. }));
        if is_nested { LINE } else { PARAGRAPH }
    }

    fn marker(&mut self) -> String {
        match self.inside.last_mut() {
            Some(Container::List(Some(number))) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                marker
            }
            _ => "- ".to_owned(),
        }
    }

    fn leave(&mut self, is_left: fn(&Container) -> bool) {
        if self.inside.last().is_some_and(is_left) {
            self.inside.pop();
        }
    }

    fn end_link(&mut self) {
        let Some((Some(address), start)) = self.links.pop() else {
            return;
        };
        let text = self.out.get(start..).unwrap_or_default().trim();
        if text.is_empty() {
            self.word(&address);
        } else if !says(text, &address) {
            self.space = true;
            self.word(&format!("({address})"));
        }
    }
}

/// Whether a text is the address itself, as people write it.
fn says(text: &str, address: &str) -> bool {
    let address = address.trim_end_matches('/');
    let text = text.trim_end_matches('/');
    let schemes = ["", "mailto:", "tel:", "https://", "http://"];
    schemes.iter().any(|scheme| address.strip_prefix(scheme) == Some(text))
}

/// What HTML collapses; a space that does not break is a letter.
fn is_space(c: char) -> bool {
    c.is_ascii_whitespace()
}

fn is_paragraph(name: &str) -> bool {
    matches!(name, "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "div")
}

const LINE: usize = 1;
const PARAGRAPH: usize = 2;
/// Lists in lists, as far as a line shows it.
const CONTAINERS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blocks_become_lines() {
        for (html, plain) in [
            ("", ""),
            (
                "<p>One\n two.</p>\n<p>Three<br>\nfour &amp; <b>five</b></p>",
                "One two.\n\nThree\nfour & five",
            ),
            ("<h3>Root cause</h3>\n<p>A disk.</p>", "Root cause\n\nA disk."),
            (
                "<p>Now:</p>\n<ul>\n<li>a</li>\n<li>b\n<ol start=\"3\">\n<li>c</li>\n<li>d</li>\n</ol>\n</li>\n</ul>\n<p>end</p>",
                "Now:\n\n- a\n- b\n  3. c\n  4. d\n\nend",
            ),
            (
                "<ul>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n<li>\n<p>c</p>\n</li>\n</ul>",
                "- a\n\n  b\n\n- c",
            ),
            (
                "<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>\n<p>c</p>",
                "> a\n\n> b\n\nc",
            ),
            (
                "<pre><code>let a;\n  b &lt; c\n\nd\n</code></pre>\n<p>e</p>",
                "let a;\n  b < c\n\nd\n\ne",
            ),
            (
                "<table><thead><tr><th>Region</th><th>State</th></tr></thead><tbody>\n<tr><td>eu</td><td>up</td></tr>\n</tbody></table>",
                "Region | State\neu | up",
            ),
            ("<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"),
            ("&lt;b&gt; stays", "<b> stays"),
        ] {
            assert_eq!(words(html), plain, "{html}");
        }
    }

    #[test]
    fn a_link_says_where_it_leads() {
        for (html, plain) in [
            (
                "See <a href=\"https://a.example/?x=1&amp;y\">the <b>docs</b></a>.",
                "See the docs (https://a.example/?x=1&y).",
            ),
            (
                "<a href=\"https://a.example/\">https://a.example</a>",
                "https://a.example",
            ),
            ("<a href=\"http://www.a.example\">www.a.example</a>", "www.a.example"),
            ("<a href=\"mailto:a@b.example\">a@b.example</a>", "a@b.example"),
            ("<a href=\"https://a.example\"></a>", "https://a.example"),
            ("<a>x</a></a>", "x"),
        ] {
            assert_eq!(words(html), plain, "{html}");
        }
    }

    proptest! {
        /// Whatever a region was sent.
        #[test]
        fn broken_html_has_words_too(html in "(<|</|>|li|ul|ol|a|p|pre|td|br|blockquote| href=\"|\"|&|x|\n| |é){0,60}") {
            let plain = words(&html);
            prop_assert_eq!(plain.trim_end(), &plain);
        }

        #[test]
        fn text_without_tags_keeps_its_words(text in "[a-zé ]{0,40}") {
            let kept: Vec<&str> = text.split_whitespace().collect();
            prop_assert_eq!(words(&text), kept.join(" "));
        }
    }
}
