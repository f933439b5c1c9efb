//! What becomes of sanitised HTML before it travels: headings in their place, bare addresses as links, no link that leads
//! nowhere. Here and not at the parser, since publishers write HTML in their Markdown too.

use linkify::{LinkFinder, LinkKind};
use page_model::prose::{HEADING_LEVEL, HEADING_LEVEL_MAX, Piece, decoded, pieces};
use url::Url;

pub fn arranged(html: &str) -> String {
    let mut arranged = Arranged {
        out: String::with_capacity(html.len() + html.len() / 4),
        ..Arranged::default()
    };
    for piece in pieces(html) {
        arranged.take(piece);
    }
    arranged.out
}

#[derive(Default)]
struct Arranged {
    out: String,
    /// The levels of the headings above this place, as they were written.
    above: Vec<u8>,
    /// The levels of those that are open, as they become.
    headings: Vec<u8>,
    /// For each link that is open, whether it leads anywhere.
    links: Vec<bool>,
    code: usize,
}

impl Arranged {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Text(text) if self.links.is_empty() && self.code == 0 => self.with_links(text),
            Piece::Open { .. } if piece.heading_level().is_some() => self.heading(&piece),
            Piece::Close { .. } if piece.heading_level().is_some() => {
                let level = self.headings.pop().unwrap_or(HEADING_LEVEL);
                piece.write_heading(level, &mut self.out);
            }
            Piece::Open { name: "a", .. } => {
                let leads = piece.attribute("href").is_some();
                self.links.push(leads);
                self.out.push_str(if leads { piece.source() } else { "" });
            }
            Piece::Close { name: "a", .. } => {
                let led = self.links.pop().unwrap_or(false);
                self.out.push_str(if led { piece.source() } else { "" });
            }
            _ => {
                match piece {
                    Piece::Open {
                        name: "code" | "pre", ..
                    } => self.code += 1,
                    Piece::Close {
                        name: "code" | "pre", ..
                    } => self.code = self.code.saturating_sub(1),
                    _ => {}
                }
                self.out.push_str(piece.source());
            }
        }
    }

    /// The first is of the page's level and each one below another is the next, whatever numbers the publisher chose: who
    /// goes from heading to heading finds no gap.
    fn heading(&mut self, piece: &Piece<'_>) {
        let written = piece.heading_level().unwrap_or(HEADING_LEVEL_MAX);
        while self.above.last().is_some_and(|above| *above >= written) {
            self.above.pop();
        }
        let below = u8::try_from(self.above.len()).unwrap_or(HEADING_LEVEL_MAX);
        let level = HEADING_LEVEL.saturating_add(below).min(HEADING_LEVEL_MAX);
        self.above.push(written);
        self.headings.push(level);
        piece.write_heading(level, &mut self.out);
    }

    fn with_links(&mut self, source: &str) {
        if !source.contains([':', '@', '.']) {
            return self.out.push_str(source);
        }
        let text = decoded(source);
        let mut finder = LinkFinder::new();
        finder.url_must_have_scheme(false);
        let mut written = 0;
        for link in finder.links(&text) {
            let shown = link.as_str();
            let shown = match link.kind() {
                LinkKind::Url => without_sentence(shown),
                _ => shown,
            };
            let Some(address) = address(shown, link.kind()) else {
                continue;
            };
            escape(&text[written..link.start()], &mut self.out);
            self.out.push_str("<a href=\"");
            escape(&address, &mut self.out);
            self.out.push_str("\">");
            escape(shown, &mut self.out);
            self.out.push_str("</a>");
            written = link.start() + shown.len();
        }
        match written {
            0 => self.out.push_str(source),
            written => escape(&text[written..], &mut self.out),
        }
    }
}

/// Where a bare address leads; `None` for what only looks like one, such as `config.rs`.
fn address(shown: &str, kind: &LinkKind) -> Option<String> {
    if *kind == LinkKind::Email {
        return Some(format!("mailto:{shown}"));
    }
    let begins = |with: &str| {
        shown
            .get(..with.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(with))
    };
    let address = match (begins("https://") || begins("http://"), begins("www.")) {
        (true, _) => shown.to_owned(),
        (false, true) => format!("http://{shown}"),
        (false, false) => return None,
    };
    Url::parse(&address).is_ok_and(|url| url.has_host()).then_some(address)
}

/// The address up to where the sentence goes on: at typographic marks, and at scripts that put no space between words.
fn without_sentence(shown: &str) -> &str {
    let end = shown.find(goes_on).unwrap_or(shown.len());
    match end == shown.len() {
        true => shown,
        false => shown[..end].trim_end_matches(['.', ',', ':', ';', '!', '?', '*', '\'', '"', '(', '[']),
    }
}

fn goes_on(c: char) -> bool {
    matches!(c,
        '\u{ab}' | '\u{bb}' | '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{2000}'..='\u{206f}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}')
        || c.is_whitespace()
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}
