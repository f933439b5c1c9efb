//! A checker of tags that is stricter than HTML: everything that opens must close, in order. And what is left without them.
#![allow(dead_code, reason = "each test uses its part")]

const VOID: [&str; 6] = ["br", "img", "input", "link", "meta", "!doctype"];
/// Their text is not markup.
const RAW: [&str; 2] = ["style", "script"];

pub fn check(page: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, after) = split_tag(after)?;
        rest = after;
        let name = tag
            .split([' ', '\n', '/'])
            .find(|part| !part.is_empty())
            .unwrap_or_default();
        if tag.starts_with('/') {
            let last = open.pop();
            if last != Some(name) {
                return Err(format!("</{name}> closes {last:?}"));
            }
        } else if RAW.contains(&name) {
            let close = format!("</{name}>");
            (_, rest) = rest.split_once(&close).ok_or(format!("<{name}> never ends"))?;
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(format!("never closed: {open:?}"))
    }
}

/// What of a page is read: one line for each piece of text.
pub fn text(page: &str) -> String {
    let mut lines = Vec::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once('<') {
        lines.extend(before.lines().map(str::trim).filter(|line| !line.is_empty()));
        let (tag, after) = split_tag(after).unwrap_or(("", ""));
        let end = RAW
            .iter()
            .find(|name| tag.starts_with(**name))
            .map(|name| format!("</{name}>"));
        rest = match &end {
            Some(end) => after.split_once(end.as_str()).map_or("", |(_, after)| after),
            None => after,
        };
    }
    lines.join("\n")
}

/// The inside of a tag, and what follows it; a `>` within quotes does not end it.
fn split_tag(text: &str) -> Result<(&str, &str), String> {
    let mut quoted = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '<' if quoted => return Err(format!("an attribute has a raw <: {}", &text[..at])),
            '>' if !quoted => return Ok((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    Err("a tag never ends".to_owned())
}
