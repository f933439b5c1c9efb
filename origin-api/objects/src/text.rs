//! Texts within their limits.

use page_model::limits::NAME_CHARS_MAX;
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $chars_min:expr, $chars_max:expr, $valid:expr) => {
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
                within($what, &text, $chars_min, $chars_max)?;
                let valid: fn(&str) -> Result<(), String> = $valid;
                valid(&text).map(|()| Self(text))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
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
    1,
    NAME_CHARS_MAX,
    one_line
);
text!(
    /// The product's own site.
    Website,
    "a website",
    1,
    WEBSITE_CHARS_MAX,
    web_address
);
text!(
    /// Where a link at the foot of the page leads.
    LinkAddress,
    "a link",
    1,
    WEBSITE_CHARS_MAX,
    link_address
);
text!(
    /// The IANA name of a time zone.
    ZoneName,
    "a time zone",
    1,
    ZONE_CHARS_MAX,
    known_zone
);

text!(
    /// The unit of a metric; may be empty.
    #[derive(Default)]
    Suffix,
    "a suffix",
    0,
    SUFFIX_CHARS_MAX,
    no_control
);

impl Default for ZoneName {
    fn default() -> Self {
        Self("Etc/UTC".into())
    }
}

pub(super) fn within(what: &str, text: &str, chars_min: usize, chars_max: usize) -> Result<(), String> {
    // Counting characters of a text that is far too long would be wasted; a character has at most four bytes.
    let chars = if text.len() > 4 * chars_max {
        text.len()
    } else {
        text.chars().count()
    };
    match chars {
        count if count < chars_min => Err(format!("{what} must not be empty")),
        count if count > chars_max => Err(format!("{what} has at most {chars_max} characters")),
        _ => Ok(()),
    }
}

fn one_line(text: &str) -> Result<(), String> {
    if text.chars().any(char::is_control) {
        return Err("a name has one line and no control characters".into());
    }
    not_blank(text)
}

pub(super) fn not_blank(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
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

fn no_control(text: &str) -> Result<(), String> {
    if text.chars().any(char::is_control) {
        return Err("a suffix has one line and no control characters".into());
    }
    Ok(())
}

fn web_address(text: &str) -> Result<(), String> {
    let uri = text.parse::<http::Uri>().ok();
    let valid = uri.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
    if valid {
        Ok(())
    } else {
        Err("a website is a whole address that begins with https:// or http://".into())
    }
}

fn link_address(text: &str) -> Result<(), String> {
    let mail = text.strip_prefix("mailto:");
    let is_mail = mail.is_some_and(|to| to.contains('@') && text.bytes().all(|byte| byte.is_ascii_graphic()));
    if is_mail || web_address(text).is_ok() {
        return Ok(());
    }
    Err("a link is a whole address that begins with https://, http:// or mailto:".into())
}

fn known_zone(text: &str) -> Result<(), String> {
    match origin_time::zone::find(text) {
        Some(_) => Ok(()),
        None => Err(format!(
            "{text:?} is not a time zone; use an IANA name such as \"Europe/Berlin\""
        )),
    }
}

const WEBSITE_CHARS_MAX: usize = 2_000;
const SUFFIX_CHARS_MAX: usize = 20;
/// The longest IANA name has 32 characters.
const ZONE_CHARS_MAX: usize = 64;
