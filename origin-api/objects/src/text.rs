//! Texts within their limits.

use page_model::limits::NAME_CHARS_MAX;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{address, visible::is_seen};

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $says:literal, $chars_min:expr, $chars_max:expr, $kept:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        // Not every text is both looked at and taken.
        #[allow(dead_code)]
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }

            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                bounded($what, &text, $chars_max)?;
                let kept: fn(&str) -> Result<String, String> = $kept;
                let text = kept(&text)?;
                within($what, &text, $chars_min, $chars_max)?;
                Ok(Self(text))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some($says))
                    .min_length(Some($chars_min))
                    .max_length(Some($chars_max))
                    .into()
            }
        }

        impl ToSchema for $name {}
    };
}

text!(
    /// The name of a page, component, group, incident, maintenance or token.
    Name,
    "a name",
    "One line in which something can be seen; blanks around it are left out.",
    1,
    NAME_CHARS_MAX,
    one_line
);
text!(
    /// The product's own site.
    Website,
    "a website",
    "A whole address that begins with https:// or http://, without user name and password.",
    1,
    WEBSITE_CHARS_MAX,
    |text| address::web("a website", text)
);
text!(
    /// Where a link at the foot of the page leads.
    LinkAddress,
    "a link",
    "A whole address that begins with https://, http:// or mailto:.",
    1,
    WEBSITE_CHARS_MAX,
    address::web_or_mail
);
text!(
    /// The IANA name of a time zone, in the one spelling.
    ZoneName,
    "a time zone",
    "An IANA name.",
    1,
    ZONE_CHARS_MAX,
    known_zone
);

text!(
    /// The unit of a metric; may be empty.
    #[derive(Default)]
    Suffix,
    "a suffix",
    "Stands behind the number.",
    0,
    SUFFIX_CHARS_MAX,
    no_control
);

impl Default for ZoneName {
    fn default() -> Self {
        Self("Etc/UTC".into())
    }
}

/// Nothing looks at a text that is far too long whatever is done with it; a character has at most four bytes.
fn bounded(what: &str, text: &str, chars_max: usize) -> Result<(), String> {
    match text.len() > 4 * chars_max + BLANK_BYTES_MAX {
        true => Err(too_long(what, chars_max, text.len(), "bytes")),
        false => Ok(()),
    }
}

pub(super) fn within(what: &str, text: &str, chars_min: usize, chars_max: usize) -> Result<(), String> {
    // Counting characters of a text that is far too long would be wasted; a character has at most four bytes.
    if text.len() > 4 * chars_max {
        return Err(too_long(what, chars_max, text.len(), "bytes"));
    }
    match text.chars().count() {
        count if count < chars_min => Err(format!("{what} must not be empty")),
        count if count > chars_max => Err(too_long(what, chars_max, count, "characters")),
        _ => Ok(()),
    }
}

fn too_long(what: &str, chars_max: usize, size: usize, unit: &str) -> String {
    format!("{what} has at most {chars_max} characters; this one has {size} {unit}")
}

/// Without the blanks around it, which nobody sees, and composed (NFC), as those who search write it.
fn one_line(text: &str) -> Result<String, String> {
    let text = text.trim_matches(|c: char| c.is_whitespace() && !c.is_control());
    if text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err("a name has one line and no control characters".into());
    }
    if !text.is_empty() && !text.contains(is_seen) {
        return Err("a name has a letter that can be seen".into());
    }
    Ok(text.nfc().collect())
}

pub(super) fn not_blank(text: &str) -> Result<(), String> {
    if !text.contains(is_seen) {
        return Err("the text must not be blank".into());
    }
    printable(text)
}

pub(super) fn printable(text: &str) -> Result<(), String> {
    let stray = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    match text.chars().find(|c| stray(*c)) {
        Some(c) => Err(format!(
            "the text contains the control character U+{:04X}",
            u32::from(c)
        )),
        None => Ok(()),
    }
}

fn no_control(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err("a suffix has one line and no control characters".into());
    }
    Ok(text.to_owned())
}

fn known_zone(text: &str) -> Result<String, String> {
    origin_time::zone::spelled(text)
        .ok_or_else(|| format!("{text:?} is not a time zone; use an IANA name such as \"Europe/Berlin\""))
}

/// Blanks around a text that are no matter.
const BLANK_BYTES_MAX: usize = 1_024;
const WEBSITE_CHARS_MAX: usize = 2_000;
const SUFFIX_CHARS_MAX: usize = 20;
/// The longest IANA name has 32 characters.
const ZONE_CHARS_MAX: usize = 64;
