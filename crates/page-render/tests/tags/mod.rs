//! A checker of tags that is stricter than HTML: everything that opens must close, in order.

const VOID: [&str; 5] = ["br", "img", "link", "meta", "!doctype"];
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
