//! `/badge.svg` and `/badge.json`: the page's status in a few words, for a README or a footer.

use page_model::{Language, Snapshot};
use serde::Serialize;

use super::{
    glyphs::width_px,
    line::{one_line, shortened},
    texts,
    xml::Xml,
};
use crate::tone::Tone;

/// Columns of the name; a longer one is shortened.
const LABEL_COLUMNS_MAX: usize = 40;
const TEXT_PX: f64 = 11.0;
const PADDING_PX: f64 = 6.0;
/// How long those who show the badge may keep it; shields takes nothing shorter.
const CACHE_S: u32 = 300;

/// The endpoint document of shields.io.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shield<'a> {
    schema_version: u8,
    label: &'a str,
    message: &'a str,
    color: &'a str,
    cache_seconds: u32,
}

pub fn shield(snapshot: &Snapshot, language: Language) -> String {
    let document = Shield {
        schema_version: 1,
        label: &label(snapshot),
        message: texts::word(snapshot, language),
        color: shield_colour(Tone::from(&snapshot.status)),
        cache_seconds: CACHE_S,
    };
    serde_json::to_string(&document).unwrap_or_default()
}

pub fn badge(snapshot: &Snapshot, language: Language) -> String {
    let label = label(snapshot);
    let message = texts::word(snapshot, language);
    let title = format!("{label}: {message}");
    let left = width_px(&label, TEXT_PX) + 2.0 * PADDING_PX;
    let right = width_px(message, TEXT_PX) + 2.0 * PADDING_PX;
    let width = px(left + right);
    let mut xml = Xml::fragment();
    xml.open(
        "svg",
        &[
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("width", &width),
            ("height", "20"),
            ("role", "img"),
            ("aria-label", &title),
        ],
    );
    xml.leaf("title", &[], &title);
    xml.open("clipPath", &[("id", "r")])
        .empty("rect", &[("width", &width), ("height", "20"), ("rx", "3")])
        .close();
    xml.open("g", &[("clip-path", "url(#r)")]);
    half(&mut xml, 0.0, left, "#3d444d");
    half(&mut xml, left, right, colour(Tone::from(&snapshot.status)));
    xml.close();
    xml.open(
        "g",
        &[
            ("fill", "#fff"),
            ("font-family", "Verdana,DejaVu Sans,Geneva,sans-serif"),
            ("font-size", "11"),
            ("text-rendering", "geometricPrecision"),
        ],
    );
    word(&mut xml, PADDING_PX, left, &label);
    word(&mut xml, left + PADDING_PX, right, message);
    xml.finish()
}

fn half(xml: &mut Xml, x: f64, width: f64, fill: &str) {
    xml.empty(
        "rect",
        &[("x", &px(x)), ("width", &px(width)), ("height", "20"), ("fill", fill)],
    );
}

/// With its length, so that every font fits.
fn word(xml: &mut Xml, x: f64, half: f64, text: &str) {
    let length = px(half - 2.0 * PADDING_PX);
    xml.leaf("text", &[("x", &px(x)), ("y", "14"), ("textLength", &length)], text);
}

fn label(snapshot: &Snapshot) -> String {
    shortened(&one_line(&snapshot.page.name), LABEL_COLUMNS_MAX)
}

/// By the names that shields.io has for its own colours.
fn shield_colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Fine => "brightgreen",
        Tone::Planned => "blue",
        Tone::Slow => "yellow",
        Tone::Partial => "orange",
        Tone::Down => "red",
        Tone::Unknown => "lightgrey",
    }
}

/// Dark enough for white letters on it (contrast of at least 4.5).
pub fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Fine => "#1a7f4b",
        Tone::Planned => "#2f62c9",
        Tone::Slow => "#8f6200",
        Tone::Partial => "#b3500a",
        Tone::Down => "#c62f35",
        Tone::Unknown => "#59616b",
    }
}

fn px(length: f64) -> String {
    format!("{length:.0}")
}
