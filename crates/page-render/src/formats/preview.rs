//! `/preview.svg`: what a chat shows of the page when somebody shares its address.

use page_model::{Host, Language, Snapshot};

use super::{
    badge::colour,
    glyphs::width_px,
    line::{one_line, shortened},
    link, words,
    xml::Xml,
};

const WIDTH: &str = "1200";
const HEIGHT: &str = "630";
const MARGIN_PX: f32 = 80.0;
const HEADLINE_PX: f32 = 72.0;
const HEADLINE_LINES_MAX: usize = 3;
const NAME_COLUMNS_MAX: usize = 48;

pub fn preview(snapshot: &Snapshot, asked: &Host, language: Language) -> String {
    let headline = one_line(&words::headline(snapshot, language));
    let name = shortened(&one_line(&snapshot.page.name), NAME_COLUMNS_MAX);
    let accent = colour(snapshot.headline.status);
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
            ("direction", if language.is_right_to_left() { "rtl" } else { "ltr" }),
        ],
    );
    xml.leaf("title", &[], &format!("{name}: {headline}"));
    let whole = [("width", WIDTH), ("height", HEIGHT)];
    xml.empty("rect", &[whole[0], whole[1], ("fill", "#fff")]);
    xml.empty("rect", &[("width", WIDTH), ("height", "24"), ("fill", accent)]);
    let x = if language.is_right_to_left() {
        1200.0 - MARGIN_PX
    } else {
        MARGIN_PX
    };
    text(&mut xml, x, 150.0, 40.0, "#57606a", &name);
    for (number, line) in headline_lines(&headline).iter().enumerate() {
        text(&mut xml, x, 270.0 + 90.0 * number as f32, HEADLINE_PX, "#1f2328", line);
    }
    let status = words::status(snapshot.headline.status, language);
    text(&mut xml, x, 560.0, 32.0, accent, status);
    let host = link::host(&snapshot.page, asked).as_str();
    let host = shortened(host, 50);
    let end = if language.is_right_to_left() {
        MARGIN_PX
    } else {
        1200.0 - MARGIN_PX
    };
    let at = [("x", format!("{end}")), ("y", "560".to_owned())];
    xml.leaf(
        "text",
        &[
            ("x", &at[0].1),
            ("y", &at[1].1),
            ("font-size", "28"),
            ("fill", "#57606a"),
            ("text-anchor", "end"),
        ],
        &host,
    );
    xml.finish()
}

fn text(xml: &mut Xml, x: f32, y: f32, size_px: f32, fill: &str, text: &str) {
    let (x, y, size) = (x.to_string(), y.to_string(), size_px.to_string());
    let attributes = [("x", &*x), ("y", &*y), ("font-size", &*size), ("fill", fill)];
    xml.leaf("text", &attributes, text);
}

/// As many words as fit on each line, the last one shortened.
fn headline_lines(headline: &str) -> Vec<String> {
    let room = 1200.0 - 2.0 * MARGIN_PX;
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
