//! The pictures: the icon of a browser's tab, the badge, and the preview of a chat.

use page_model::{Host, Language, Snapshot};
use page_render::formats;
use roxmltree::{Document, Node};

use crate::said::Said;

pub fn read_icon(page: &Snapshot) -> Said {
    let svg = formats::icon(page);
    let svg = Document::parse(&svg).expect("XML");
    let fill = svg.descendants().find_map(|node| node.attribute("fill"));
    said(tone_of_colour(fill.expect("a colour")), None)
}

pub fn read_badge(page: &Snapshot) -> Said {
    let svg = formats::badge(page, Language::En);
    let svg = Document::parse(&svg).expect("XML");
    let fills = fills(&svg);
    said(tone_of_colour(fills[1]), None)
}

pub fn read_preview(page: &Snapshot, host: &Host) -> Said {
    let svg = formats::preview(page, host, Language::En);
    let svg = Document::parse(&svg).expect("XML");
    let label = svg.root_element().attribute("aria-label").expect("a label");
    let (_, headline) = label.split_once(": ").expect("a name and a headline");
    said(tone_of_colour(fills(&svg)[1]), Some(headline.to_owned()))
}

fn fills<'a>(svg: &'a Document<'_>) -> Vec<&'a str> {
    let rects = svg
        .descendants()
        .filter(|node: &Node<'_, '_>| node.has_tag_name("rect"));
    rects.filter_map(|rect| rect.attribute("fill")).collect()
}

fn said(tone: &str, headline: Option<String>) -> Said {
    Said {
        tone: Some(tone.to_owned()),
        calm: Some(tone == "fine"),
        headline,
        ..Said::default()
    }
}

/// By the hue that a reader sees: pictures are a shade lighter or darker.
pub fn tone_of_colour(text: &str) -> &'static str {
    let tones = [
        ("fine", ["#1f9d63", "#1a7f4b"]),
        ("planned", ["#3b6fd4", "#2f62c9"]),
        ("slow", ["#c28100", "#8f6200"]),
        ("partial", ["#dd6414", "#b3500a"]),
        ("down", ["#d43a3f", "#c62f35"]),
    ];
    let found = tones
        .iter()
        .find(|(_, shades)| shades.iter().any(|shade| text.contains(shade)));
    found.unwrap_or_else(|| panic!("{text:?} has no colour of ours")).0
}
