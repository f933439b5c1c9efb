//! Drawings that do nothing but draw: elements and references are of known kinds or the drawing is refused. Edges serve
//! them with a policy that runs nothing as well; this keeps one out that is opened elsewhere.

use quick_xml::{
    XmlVersion,
    events::{BytesStart, Event},
    reader::Reader,
};

/// Width and height of a drawing, or why it is refused.
pub fn size(bytes: &[u8]) -> Result<(u32, u32), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "an SVG is UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut drawing = Drawing::default();
    loop {
        let event = reader.read_event();
        match event.map_err(|error| format!("the SVG is not well-formed: {error}"))? {
            Event::Start(element) => {
                drawing.open(&element)?;
                drawing.depth += 1;
            }
            Event::Empty(element) => {
                drawing.open(&element)?;
                drawing.is_style = false;
            }
            Event::End(_) => {
                drawing.depth -= 1;
                drawing.is_style = false;
            }
            Event::Text(text) => drawing.text(&text)?,
            Event::CData(text) => drawing.text(&text)?,
            Event::GeneralRef(_) if drawing.is_style => return Err("a style holds no entities".into()),
            Event::Comment(_) | Event::GeneralRef(_) | Event::Decl(_) => {}
            Event::DocType(_) => return Err("an SVG has no DOCTYPE; browsers need none".into()),
            Event::PI(_) => return Err("processing instructions are not allowed".into()),
            Event::Eof => break,
        }
    }
    match drawing.size {
        Some(size) if drawing.depth == 0 => size,
        Some(_) => Err("the SVG ends too early".into()),
        None => Err("the SVG has no <svg> element".into()),
    }
}

#[derive(Default)]
struct Drawing {
    depth: usize,
    is_style: bool,
    /// Of the outermost element.
    size: Option<Result<(u32, u32), String>>,
}

impl Drawing {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let name = element.name().0;
        if !ELEMENTS.contains(&name) {
            return Err(format!("<{name:.40}> is not allowed; export the drawing as plain SVG"));
        }
        if self.size.is_none() && name != "svg" {
            return Err("the outermost element is <svg>".into());
        }
        let (mut width, mut height, mut view_box) = (None, None, None);
        for (count, attribute) in element.attributes().with_checks(false).enumerate() {
            let attribute = attribute.map_err(|error| format!("an attribute of <{name}> cannot be read: {error}"))?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| format!("an attribute of <{name}> cannot be read: {error}"))?;
            if count >= ATTRIBUTES_MAX {
                return Err(format!("<{name}> has more than {ATTRIBUTES_MAX} attributes"));
            }
            attribute_is_harmless(attribute.key.0, &value)?;
            match attribute.key.0 {
                "width" => width = pixels(&value),
                "height" => height = pixels(&value),
                "viewBox" => view_box = last_two(&value),
                _ => {}
            }
        }
        if self.size.is_none() {
            let size = width
                .zip(height)
                .or(view_box)
                .filter(|(width, height)| *width > 0 && *height > 0);
            self.size = Some(size.ok_or_else(|| "the SVG needs a width and height in pixels, or a viewBox".to_owned()));
        }
        self.is_style = name == "style";
        Ok(())
    }

    fn text(&self, text: &str) -> Result<(), String> {
        if self.is_style { style_is_harmless(text) } else { Ok(()) }
    }
}

fn attribute_is_harmless(name: &str, value: &str) -> Result<(), String> {
    let local = name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase();
    if local.starts_with("on") {
        return Err(format!("the event handler {name:.40} is not allowed"));
    }
    if matches!(local.as_str(), "src" | "base") {
        return Err(format!("the attribute {name:.40} is not allowed"));
    }
    if local == "href" && !is_within(value) {
        return Err("a reference leads to a part of the drawing (#name) or holds a picture (data:image/png)".into());
    }
    style_is_harmless(value)
}

/// In a style, and in every attribute that may be one.
fn style_is_harmless(text: &str) -> Result<(), String> {
    let lower = text.to_ascii_lowercase();
    let within = |rest: &str| rest.trim_start().trim_start_matches(['"', '\'']).starts_with('#');
    if !lower.split("url(").skip(1).all(within) {
        return Err("url() leads to a part of the drawing only (#name)".into());
    }
    let refused = [
        "@import",
        "@font-face",
        "image-set(",
        "src(",
        "expression(",
        "javascript:",
        "-moz-binding",
        "\\",
    ];
    match refused.into_iter().find(|refused| lower.contains(refused)) {
        Some(refused) => Err(format!("{refused} is not allowed")),
        None => Ok(()),
    }
}

fn is_within(reference: &str) -> bool {
    let reference = reference.trim();
    let pictures = [
        "data:image/png;base64,",
        "data:image/jpeg;base64,",
        "data:image/webp;base64,",
    ];
    reference.starts_with('#') || pictures.into_iter().any(|picture| reference.starts_with(picture))
}

fn pixels(text: &str) -> Option<u32> {
    rounded(text.trim().strip_suffix("px").unwrap_or(text.trim()))
}

fn last_two(view_box: &str) -> Option<(u32, u32)> {
    let mut parts = view_box
        .split([' ', ',', '\t', '\n'])
        .filter(|part| !part.is_empty())
        .skip(2);
    Some((rounded(parts.next()?)?, rounded(parts.next()?)?))
}

fn rounded(text: &str) -> Option<u32> {
    let number: f64 = text.parse().ok()?;
    (number > 0.0 && number <= f64::from(SIDE_MAX)).then(|| number.round().max(1.0) as u32)
}

const ATTRIBUTES_MAX: usize = 100;
/// Longest side of a picture, in pixels.
pub const SIDE_MAX: u32 = 10_000;
const ELEMENTS: &[&str] = &[
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "filter",
    "g",
    "image",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "metadata",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "style",
    "svg",
    "switch",
    "symbol",
    "text",
    "textPath",
    "title",
    "tspan",
    "use",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accepts_or_refuses_drawings_with_the_reason() {
        let svg =
            |inner: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 12.4\">{inner}</svg>");
        let many: String = (0..101).map(|n| format!(" a{n}=\"\"")).collect();
        for (drawing, expected) in [
            (svg("<path d=\"M0 0h24v12z\" fill=\"url(#a)\"/>"), Ok((24, 12))),
            (
                svg("<style>.a { fill: red }</style><!-- note --><g class=\"a\"><title>A &amp; B</title></g>"),
                Ok((24, 12)),
            ),
            (
                "\u{feff}<?xml version=\"1.0\"?><svg width=\"100px\" height='50'/>".into(),
                Ok((100, 50)),
            ),
            (
                svg("<use xlink:href=\"#a\"/><image href=\"data:image/png;base64,AAAA\"/>"),
                Ok((24, 12)),
            ),
            ("<svg width=\"100%\" height=\"5\"/>".into(), Err("viewBox")),
            ("<svg width=\"1e9\" height=\"5\"/>".into(), Err("viewBox")),
            (svg("<script>alert(1)</script>"), Err("<script>")),
            (
                svg("<x:script xmlns:x=\"http://www.w3.org/2000/svg\">alert(1)</x:script>"),
                Err("<x:script>"),
            ),
            (svg("<foreignObject/>"), Err("<foreignObject>")),
            (svg("<animate attributeName=\"href\"/>"), Err("<animate>")),
            (svg("<a href=\"https://x.example\"/>"), Err("<a>")),
            (svg("<g onclick=\"alert(1)\"/>"), Err("event handler")),
            (svg("<g ONload=\"alert(1)\"/>"), Err("event handler")),
            (svg("<image href=\"https://x.example/p.gif\"/>"), Err("reference")),
            (
                svg("<image xlink:href=\"data:image/svg+xml;base64,AAAA\"/>"),
                Err("reference"),
            ),
            (svg("<use href=\"&#x68;ttps://x.example/a.svg#b\"/>"), Err("reference")),
            (svg("<g xml:base=\"https://x.example\"/>"), Err("xml:base")),
            (svg("<g style=\"fill: url( 'https://x.example' )\"/>"), Err("url()")),
            (svg("<style>@import 'x';</style>"), Err("@import")),
            (svg("<style><![CDATA[a{fill:u\\72l(//x)}]]></style>"), Err("\\")),
            (svg("<style>a{fill:&#117;rl(//x)}</style>"), Err("entities")),
            (
                "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg width=\"1\" height=\"1\"/>".into(),
                Err("DOCTYPE"),
            ),
            (
                "<?xml-stylesheet href=\"x.css\"?><svg width=\"1\" height=\"1\"/>".into(),
                Err("processing"),
            ),
            ("<svg width=\"1\" height=\"1\"><g>".into(), Err("ends too early")),
            (
                "<svg width=\"1\" height=\"1\"></g></svg>".into(),
                Err("not well-formed"),
            ),
            ("<g/>".into(), Err("outermost")),
            ("".into(), Err("no <svg>")),
            (svg(&format!("<g{many}/>")), Err("attributes")),
        ] {
            match (size(drawing.as_bytes()), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{drawing}"),
                (Err(found), Err(expected)) => assert!(found.contains(expected), "{drawing}: {found}"),
                (found, expected) => panic!("{drawing}: {found:?}, expected {expected:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn size_never_panics(bytes: Vec<u8>, text in "[<>/a-z\"'=& #!?\\[\\]-]{0,80}") {
            let _ = size(&bytes);
            let _ = size(text.as_bytes());
        }
    }
}
