//! Identifiers, parsed once at the border and trusted inside.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::{AUDIENCE_CHARS_MAX, HOST_CHARS_MAX};

/// Why a text is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {expected}")]
pub struct InvalidId {
    text: String,
    expected: &'static str,
}

fn invalid(text: &str, expected: &'static str) -> InvalidId {
    InvalidId {
        text: text.chars().take(80).collect(),
        expected,
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $expected:expr, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok(Self(text.into())) } else { Err(invalid(text, $expected)) }
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.into()
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// An object's id as Statuspage's clients know it: 12 lower-case alphanumerics.
    Id,
    "an id of 12 lower-case letters and digits",
    is_id
);

text_id!(
    /// The id of a page.
    PageId,
    "a page id of 12 lower-case letters and digits",
    is_id
);

text_id!(
    /// A set of people who see the same of a page; `public` is everybody.
    AudienceId,
    "an audience of 1 to 24 lower-case letters, digits and '-'",
    |text| (1..=AUDIENCE_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
);

text_id!(
    /// A host name in lower case, without port and without trailing dot.
    Host,
    "a host name (lower-case letters, digits, '-' and '.', at most 180 characters)",
    is_host
);

impl AudienceId {
    pub fn public() -> Self {
        Self("public".into())
    }

    /// Of letters and digits that a hash made.
    pub(crate) fn of_letters(letters: String) -> Self {
        Self(letters.into())
    }
}

impl Host {
    /// The host of a visit's authority: port and trailing dot cut off, letters lowered.
    pub fn of_authority(authority: &str) -> Result<Self, InvalidId> {
        let name = match authority.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => authority,
        };
        let name = name.strip_suffix('.').unwrap_or(name);
        Self::parse(&name.to_ascii_lowercase())
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// RFC 1123 labels; an address in digits and dots passes too, so that a page can be served on a bare IPv4 address.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    text.len() <= HOST_CHARS_MAX && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_is_normalised_from_the_authority() {
        for (authority, host) in [
            ("Status.Acme.COM:8443", Some("status.acme.com")),
            ("status.acme.com.", Some("status.acme.com")),
            ("127.0.0.1:80", Some("127.0.0.1")),
            ("localhost", Some("localhost")),
            ("", None),
            ("a..b", None),
            ("-a.b", None),
            ("a/b", None),
            ("[::1]:80", None),
            ("a_b.c", None),
            ("xn--mnchen-3ya.de", Some("xn--mnchen-3ya.de")),
        ] {
            let parsed = Host::of_authority(authority).ok();
            assert_eq!(parsed.as_ref().map(Host::as_str), host, "{authority}");
        }
    }
}
