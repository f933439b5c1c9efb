//! Texts, ids and moments as the push API takes them, and what had to be done for that.

use jiff::{Timestamp, civil::Date};
use page_model::{
    Id,
    limits::{DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, UPDATE_CHARS_MAX},
};
use sha2::{Digest, Sha256};

/// What becomes of a text, and why it is not what it was.
pub type Adapted = (String, Option<&'static str>);

pub fn name(found: Option<&str>) -> Adapted {
    let found = found.unwrap_or_default();
    let shown: String = found.chars().map(|c| if breaks_line(c) { ' ' } else { c }).collect();
    let shown = shown.trim();
    if is_blank(shown) {
        return (UNNAMED.into(), Some("it has no name, and is called Untitled"));
    }
    let cut = cut(shown, NAME_CHARS_MAX);
    let why = match () {
        () if cut != shown => Some("its name is cut to 200 characters"),
        () if shown != found.trim() => Some("its name is told without control characters"),
        () => None,
    };
    (cut, why)
}

/// The text of an update; one without text says its status's word.
pub fn body(found: Option<&str>, status: &str) -> Adapted {
    let printable = printable(found.unwrap_or_default());
    if is_blank(&printable) {
        return (
            word(status),
            Some("an update without text is told by the word of its status"),
        );
    }
    let cut = cut(&printable, UPDATE_CHARS_MAX);
    let why = match () {
        () if cut != printable => Some("the text of an update is cut to 25,000 characters"),
        () if found != Some(&printable) => Some("the text of an update is told without control characters"),
        () => None,
    };
    (cut, why)
}

pub fn description(found: Option<&str>) -> Adapted {
    let found = found.unwrap_or_default();
    let printable = printable(found);
    let cut = cut(&printable, DESCRIPTION_CHARS_MAX);
    let why = match () {
        () if cut != printable => Some("its description is cut to 2,000 characters"),
        () if found != printable => Some("its description is told without control characters"),
        () => None,
    };
    (cut, why)
}

/// `in_progress` is `In progress`.
pub fn word(status: &str) -> String {
    let spaced = status.replace('_', " ");
    let mut chars = spaced.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// The same id, or one that is made of it, always the same.
pub fn id(found: &str) -> String {
    match Id::parse(found) {
        Ok(id) => id.as_str().to_owned(),
        Err(_) => id_of(&[found]),
    }
}

/// The id of what has none, from what it belongs to.
pub fn id_of(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let letters = hash
        .finalize()
        .into_iter()
        .map(|byte| ID_LETTERS[usize::from(byte) % 32]);
    letters.take(ID_CHARS).map(char::from).collect()
}

/// Milliseconds since 1970; `None` for what is no moment that the push API takes.
pub fn moment(found: Option<&str>) -> Option<i64> {
    let at: Timestamp = found?.trim().parse().ok()?;
    Some(at.as_millisecond()).filter(|at_ms| (0..MOMENT_END_MS).contains(at_ms))
}

/// As the push API writes it.
pub fn written(at_ms: i64) -> String {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    format!("{at:.3}")
}

pub fn day(found: &str) -> Option<String> {
    let date: Date = found.trim().get(..10)?.parse().ok()?;
    (1970..2100).contains(&date.year()).then(|| date.to_string())
}

fn printable(text: &str) -> String {
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    text.chars().filter(kept).collect()
}

/// What a name has none of.
fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether there is nothing in it to be seen; the origin knows more such letters, and refuses them.
fn is_blank(text: &str) -> bool {
    let unseen = |c: char| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
    text.chars().all(unseen)
}

fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max - 1).collect();
    format!("{}…", kept.trim_end())
}

const UNNAMED: &str = "Untitled";
const ID_CHARS: usize = 12;
/// As many as a byte divides into evenly.
const ID_LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// 2100-01-01T00:00:00Z.
const MOMENT_END_MS: i64 = 4_102_444_800_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_line_within_the_limit() {
        assert_eq!(name(Some("Slow API")), ("Slow API".into(), None));
        assert_eq!(name(Some(" Slow API ")), ("Slow API".into(), None));
        assert_eq!(name(Some("Slow\tAPI\u{7}")).0, "Slow API");
        assert_eq!(name(Some("Slow\u{2028}API")).0, "Slow API");
        assert!(name(Some("Slow\tAPI")).1.is_some());
        let (cut, why) = name(Some(&"é".repeat(201)));
        assert_eq!((cut.chars().count(), why.is_some()), (200, true));
        for none in [None, Some(""), Some(" \u{200B}\t")] {
            assert_eq!(name(none).0, "Untitled");
        }
    }

    #[test]
    fn an_update_always_says_something() {
        assert_eq!(
            body(Some("Text.\r\n\tMore."), "resolved"),
            ("Text.\r\n\tMore.".into(), None)
        );
        for none in [None, Some(""), Some(" \n"), Some("\u{0}")] {
            assert_eq!(body(none, "in_progress").0, "In progress");
        }
        assert_eq!(body(Some("A\u{8}B"), "resolved").0, "AB");
        assert_eq!(body(Some(&"x".repeat(25_001)), "resolved").0.chars().count(), 25_000);
        assert_eq!(description(Some(&"x".repeat(2_001))).0.chars().count(), 2_000);
        assert_eq!(description(None), (String::new(), None));
    }

    #[test]
    fn ids_stay_or_are_made_of_what_they_were() {
        assert_eq!(id("e00000000001"), "e00000000001");
        assert_eq!(id("5A1B-legacy"), id("5A1B-legacy"));
        assert_ne!(id("5A1B-legacy"), id("5A1B-legacz"));
        assert_ne!(id_of(&["ab", "c"]), id_of(&["a", "bc"]));
        for odd in ["", "E00000000001", "1", "e000000000012"] {
            assert!(Id::parse(&id(odd)).is_ok(), "{odd:?}");
        }
    }

    #[test]
    fn moments_are_read_with_their_offset() {
        let at = moment(Some("2016-06-03T14:02:34.587-04:00")).expect("a moment");
        assert_eq!(written(at), "2016-06-03T18:02:34.587Z");
        for none in [
            None,
            Some("soon"),
            Some("1969-01-01T00:00:00Z"),
            Some("2100-01-01T00:00:00Z"),
        ] {
            assert_eq!(moment(none), None, "{none:?}");
        }
        assert_eq!(day("2024-02-01").as_deref(), Some("2024-02-01"));
        assert_eq!(day("February"), None);
    }
}
