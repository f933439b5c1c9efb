//! What a chat shows of the page when somebody shares its address, as a drawing: the origin makes `/preview.png` of it.

use page_model::{Host, Language, Snapshot};

use super::{
    badge::colour,
    glyphs::width_px,
    line::{one_line, shortened},
    link, texts,
    xml::Xml,
};
use crate::tone::Tone;

const WIDTH: &str = "1200";
const WIDTH_PX: f64 = 1200.0;
const HEIGHT: &str = "630";
const MARGIN_PX: f64 = 80.0;
const HEADLINE_PX: f64 = 72.0;
const HEADLINE_LINES_MAX: usize = 3;
const NAME_COLUMNS_MAX: usize = 48;
const HOST_COLUMNS_MAX: usize = 50;

/// Whoever turns it into pixels knows no direction of text but that of its letters, so it says from which end each line runs.
pub fn preview(snapshot: &Snapshot, requested: &Host, language: Language) -> String {
    let is_right_to_left = language.is_right_to_left();
    let (start, tail) = match is_right_to_left {
        true => ("end", "start"),
        false => ("start", "end"),
    };
    let headline = one_line(&texts::headline(snapshot, language));
    let name = shortened(&one_line(&snapshot.page.name), NAME_COLUMNS_MAX);
    let accent = colour(Tone::from(&snapshot.status));
    let mut xml = Xml::fragment();
    xml.open(
        "svg",
        &[
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("width", WIDTH),
            ("height", HEIGHT),
            ("viewBox", "0 0 1200 630"),
            ("role", "img"),
            ("aria-label", &format!("{name}: {headline}")),
            ("font-family", "Verdana,DejaVu Sans,Geneva,sans-serif"),
        ],
    );
    xml.leaf("title", &[], &format!("{name}: {headline}"));
    let whole = [("width", WIDTH), ("height", HEIGHT)];
    xml.empty("rect", &[whole[0], whole[1], ("fill", "#fff")]);
    xml.empty("rect", &[("width", WIDTH), ("height", "24"), ("fill", accent)]);
    // The text begins where the language does.
    let (x, end) = match is_right_to_left {
        true => (WIDTH_PX - MARGIN_PX, MARGIN_PX),
        false => (MARGIN_PX, WIDTH_PX - MARGIN_PX),
    };
    text(&mut xml, (x, 150.0), 40.0, ("#57606a", start), &name);
    for (number, line) in headline_lines(&headline).iter().enumerate() {
        let y = 270.0 + 90.0 * number as f64;
        text(&mut xml, (x, y), HEADLINE_PX, ("#1f2328", start), line);
    }
    let status = texts::word(snapshot, language);
    text(&mut xml, (x, 560.0), 32.0, (accent, start), status);
    let host = shortened(link::host(&snapshot.page, requested).as_str(), HOST_COLUMNS_MAX);
    text(&mut xml, (end, 560.0), 28.0, ("#57606a", tail), &host);
    xml.finish()
}

fn text(xml: &mut Xml, (x, y): (f64, f64), size_px: f64, (fill, anchor): (&str, &str), text: &str) {
    let (x, y, size) = (x.to_string(), y.to_string(), size_px.to_string());
    let attributes = [
        ("x", &*x),
        ("y", &*y),
        ("font-size", &*size),
        ("fill", fill),
        ("text-anchor", anchor),
    ];
    xml.leaf("text", &attributes, text);
}

/// As many words as fit on each line, the last one shortened.
fn headline_lines(headline: &str) -> Vec<String> {
    let room = WIDTH_PX - 2.0 * MARGIN_PX;
    let mut lines = vec![String::new()];
    for word in headline.split(' ').flat_map(pieces) {
        let last = lines.len() - 1;
        let longer = match lines[last].is_empty() {
            true => word.clone(),
            false => format!("{} {word}", lines[last]),
        };
        if width_px(&longer, HEADLINE_PX) <= room {
            lines[last] = longer;
        } else if lines.len() == HEADLINE_LINES_MAX {
            lines[last] = format!("{}…", lines[last]);
            break;
        } else {
            lines.push(word);
        }
    }
    lines
}

/// A word that no line holds is cut.
fn pieces(word: &str) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    chars
        .chunks(WORD_CHARS_MAX)
        .map(|piece| piece.iter().collect())
        .collect()
}

/// The widest letters take all of a line then.
const WORD_CHARS_MAX: usize = 12;
