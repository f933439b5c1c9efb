//! Drawings that do nothing but draw: what acts is taken out, and a drawing that needs something from elsewhere is
//! refused. Edges serve them with a policy that runs nothing as well; this cleans one that is opened elsewhere.

use std::io::Cursor;

use roxmltree::{Document, Node};
use svg_hush::{
    FError, Filter,
    data_url_filter::{DataUrl, DataUrlFilterResult},
};

use crate::css;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// The drawing without what could act, or why it is refused.
pub fn clean(bytes: &[u8], bytes_max: usize) -> Result<Drawing, String> {
    let bytes = filtered(bytes, bytes_max)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| error.to_string())?;
    let document = Document::parse(text).map_err(|error| format!("the SVG is not well-formed: {error}"))?;
    for element in document.descendants().filter(Node::is_element) {
        stays_within(element)?;
    }
    let (width, height) = size(document.root_element())?;
    Ok(Drawing { bytes, width, height })
}

fn filtered(bytes: &[u8], bytes_max: usize) -> Result<Vec<u8>, String> {
    let mut filter = Filter::new();
    filter.set_data_url_filter(picture);
    // The filter indents, so that a small drawing of many levels would become a huge one.
    let mut room = vec![0; bytes_max];
    let mut cursor = Cursor::new(room.as_mut_slice());
    let filtered = filter.filter(bytes, &mut cursor);
    let length = cursor.position() as usize;
    filtered.map_err(|error| match error {
        FError::Reader(error) => format!("the SVG is not well-formed: {error}"),
        FError::Writer(_) if length == bytes_max => {
            format!("written out the SVG is larger than {} KiB", bytes_max / 1024)
        }
        FError::Writer(_) => format!("the outermost element is <svg xmlns=\"{NAMESPACE}\">"),
    })?;
    room.truncate(length);
    Ok(room)
}

fn picture(url: &DataUrl<'_>) -> DataUrlFilterResult {
    let kind = url.mime_type();
    match kind.type_ == "image" && matches!(kind.subtype.as_str(), "png" | "jpeg" | "webp") {
        true => DataUrlFilterResult::Keep,
        false => DataUrlFilterResult::Drop,
    }
}

/// The filter leaves addresses of the same host, and reads no styles that elements stand in or that name addresses
/// without `url()`.
fn stays_within(element: Node<'_, '_>) -> Result<(), String> {
    let name = element.tag_name().name();
    for attribute in element.attributes() {
        let (key, value) = (attribute.name(), attribute.value());
        match key {
            "href" | "color-profile" if value.starts_with('#') || value.starts_with("data:") => {}
            "href" | "color-profile" => {
                return Err(
                    "a reference leads to a part of the drawing (#name) or holds a picture (data:image/png)".into(),
                );
            }
            _ if key == "style" || value.contains('(') => {
                css::check_drawing(value).map_err(|fault| format!("{key} of <{name}>: {}", fault.what))?;
            }
            _ => {}
        }
    }
    if ANIMATIONS.contains(&name) && !element.has_attribute("attributeName") {
        return Err(format!("<{name}> names an attribute that only draws"));
    }
    if name == "style" {
        if element.children().any(|child| child.is_element()) {
            return Err("a <style> holds no elements".into());
        }
        let style = element.text().unwrap_or_default();
        css::check_drawing(style).map_err(|fault| format!("<style>, line {}: {}", fault.line, fault.what))?;
    }
    Ok(())
}

/// Width and height of the outermost element.
fn size(outermost: Node<'_, '_>) -> Result<(u32, u32), String> {
    if !outermost.has_tag_name((NAMESPACE, "svg")) {
        return Err(format!("the outermost element is <svg xmlns=\"{NAMESPACE}\">"));
    }
    let side = |name| outermost.attribute(name).and_then(pixels);
    side("width")
        .zip(side("height"))
        .or_else(|| last_two(outermost.attribute("viewBox")?))
        .ok_or_else(|| "the SVG needs a width and height in pixels, or a viewBox".to_owned())
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

const NAMESPACE: &str = "http://www.w3.org/2000/svg";
/// What they change is an attribute; the filter takes its name away where it may lead somewhere or act.
const ANIMATIONS: &[&str] = &["animate", "animateColor", "animateTransform", "set"];
/// Longest side of a picture, in pixels.
pub const SIDE_MAX: u32 = 10_000;
