//! HTML taken apart into tags and what stands between them.

/// A tag, or the text up to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Escaped, as it stands.
    Text(&'a str),
    Open {
        name: &'a str,
        /// All behind the name: ` href="…"`.
        attributes: &'a str,
        source: &'a str,
    },
    Close {
        name: &'a str,
        source: &'a str,
    },
}

/// The pieces of a text; put together they are the text again.
pub fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let piece = first(rest)?;
        rest = &rest[piece.source().len()..];
        Some(piece)
    })
}

impl<'a> Piece<'a> {
    pub fn source(&self) -> &'a str {
        match self {
            Self::Text(source) | Self::Open { source, .. } | Self::Close { source, .. } => source,
        }
    }

    /// `3` for `<h3>` and `</h3>`.
    pub fn heading_level(&self) -> Option<u8> {
        let (Self::Open { name, .. } | Self::Close { name, .. }) = self else {
            return None;
        };
        match name.as_bytes() {
            [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
            _ => None,
        }
    }

    /// The same tag as a heading of another level.
    pub fn write_heading(&self, level: u8, out: &mut String) {
        let level = char::from(b'0' + level.min(HEADING_LEVEL_MAX));
        match self {
            Self::Text(source) => out.push_str(source),
            Self::Open { attributes, .. } => out.extend(["<h", level.encode_utf8(&mut [0; 4]), attributes, ">"]),
            Self::Close { .. } => out.extend(["</h", level.encode_utf8(&mut [0; 4]), ">"]),
        }
    }

    /// The value of an attribute, as a reader sees it.
    pub fn attribute(&self, wanted: &str) -> Option<String> {
        let Self::Open { attributes, .. } = self else {
            return None;
        };
        let mut rest = *attributes;
        while let Some((name, value)) = rest.split_once("=\"") {
            let (value, behind) = value.split_once('"')?;
            if name.trim() == wanted {
                return Some(decoded(value));
            }
            rest = behind;
        }
        None
    }
}

fn first(html: &str) -> Option<Piece<'_>> {
    if html.is_empty() {
        return None;
    }
    if let Some(tag) = tag(html) {
        return Some(tag);
    }
    let end = html
        .char_indices()
        .skip(1)
        .find(|(at, c)| *c == '<' && tag(&html[*at..]).is_some());
    Some(Piece::Text(&html[..end.map_or(html.len(), |(at, _)| at)]))
}

/// The tag with which a text begins.
fn tag(html: &str) -> Option<Piece<'_>> {
    let inner = html.strip_prefix('<')?;
    let end = end_of_tag(inner)?;
    let (inner, source) = (&inner[..end], &html[..end + 2]);
    let (closes, inner) = match inner.strip_prefix('/') {
        Some(inner) => (true, inner),
        None => (false, inner),
    };
    let name = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let (name, attributes) = inner.split_at(name);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
    is_name.then_some(match closes {
        true => Piece::Close { name, source },
        false => Piece::Open {
            name,
            attributes,
            source,
        },
    })
}

/// Where the `>` is that stands in no value.
fn end_of_tag(inner: &str) -> Option<usize> {
    let mut quoted = false;
    let end = inner.bytes().take(TAG_BYTES_MAX).position(|byte| {
        quoted ^= byte == b'"';
        (byte == b'>' || byte == b'<') && !quoted
    })?;
    inner[end..].starts_with('>').then_some(end)
}

/// Text without the escapes that a sanitiser writes.
pub fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = entity(rest).unwrap_or(('&', 1));
        out.push(c);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The character that an entity stands for, and the entity's length.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(ENTITY_BYTES_MAX).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "nbsp" => '\u{a0}',
        name => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)?
        }
    };
    Some((c, end + 1))
}

/// The level of a text's first heading, as it travels; a page moves it below its own.
pub const HEADING_LEVEL: u8 = 3;
/// The last level that HTML has.
pub const HEADING_LEVEL_MAX: u8 = 6;

/// Longer than any tag with an address in it: a broken text must not be looked through again from each of its `<`.
const TAG_BYTES_MAX: usize = 16 * 1024;
const ENTITY_BYTES_MAX: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_names_and_values() {
        let html = "a<a title=\"x > y\" href=\"/?a=1&amp;b\">1 < 2</a><br>";
        let all: Vec<Piece<'_>> = pieces(html).collect();
        let names = all.iter().map(|piece| match piece {
            Piece::Text(text) => *text,
            Piece::Open { name, .. } | Piece::Close { name, .. } => name,
        });
        assert!(names.eq(["a", "a", "1 < 2", "a", "br"]), "{all:?}");
        assert_eq!(all[1].attribute("href").as_deref(), Some("/?a=1&b"));
        assert_eq!(all[1].attribute("rel"), None);
    }

    #[test]
    fn entities_are_what_they_stand_for() {
        assert_eq!(
            decoded("&lt;a&gt; &amp;amp; &#39;&#x41; &nbsp;&copy; &"),
            "<a> &amp; 'A \u{a0}&copy; &"
        );
        assert_eq!(
            decoded("&é;&\u{1f600}\u{1f600}\u{1f600};"),
            "&é;&\u{1f600}\u{1f600}\u{1f600};"
        );
    }
}
