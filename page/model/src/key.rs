//! Where a record lies in a region's KV.

use std::fmt;

use crate::{
    asset::AssetName,
    ids::{AudienceId, Host, Id, PageId},
    limits::VIEW_CHARS_MAX,
};

/// A key of the KV. `parse` and `Display` are inverses, and no other key is ever written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// `site/{host}`
    Site(Host),
    /// `snapshot/{page}/{audience}`
    Snapshot(PageId, AudienceId),
    /// `archive/{page}/{audience}/{yyyy-mm}`
    Archive(PageId, AudienceId, Month),
    /// `permalinks/{page}/{audience}/{first character of the ids}`
    Permalinks(PageId, AudienceId, IdInitial),
    /// `asset/{page}/{name}`
    Asset(PageId, AssetName),
    /// `html/{host}/{audience}/{view}`, the only key that the edge writes.
    Html(Host, AudienceId, View),
    /// `sync/cursor`
    Cursor,
}

/// A calendar month, `yyyy-mm`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Box<str>);

/// The first character of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdInitial(char);

/// What of a page is shown, as it stands in a key: lower-case letters, digits, `-` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct View(Box<str>);

impl Key {
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let key = match (parts.next()?, parts.next()?) {
            ("site", host) => Self::Site(Host::parse(host).ok()?),
            ("snapshot", page) => Self::Snapshot(PageId::parse(page).ok()?, AudienceId::parse(parts.next()?).ok()?),
            ("archive", page) => Self::Archive(
                PageId::parse(page).ok()?,
                AudienceId::parse(parts.next()?).ok()?,
                Month::parse(parts.next()?)?,
            ),
            ("permalinks", page) => Self::Permalinks(
                PageId::parse(page).ok()?,
                AudienceId::parse(parts.next()?).ok()?,
                IdInitial::parse(parts.next()?)?,
            ),
            ("asset", page) => Self::Asset(PageId::parse(page).ok()?, AssetName::parse(parts.next()?)?),
            ("html", host) => Self::Html(
                Host::parse(host).ok()?,
                AudienceId::parse(parts.next()?).ok()?,
                View::parse(parts.next()?)?,
            ),
            ("sync", "cursor") => Self::Cursor,
            _ => return None,
        };
        parts.next().is_none().then_some(key)
    }

    /// The page that the key itself names; a site's page stands in its envelope only.
    pub fn page(&self) -> Option<&PageId> {
        match self {
            Self::Snapshot(page, _) | Self::Archive(page, ..) | Self::Permalinks(page, ..) | Self::Asset(page, _) => {
                Some(page)
            }
            Self::Site(_) | Self::Html(..) | Self::Cursor => None,
        }
    }

    /// Whether a put may write it.
    pub fn is_carried(&self) -> bool {
        match self {
            Self::Site(_) | Self::Snapshot(..) | Self::Archive(..) | Self::Permalinks(..) | Self::Asset(..) => true,
            Self::Html(..) | Self::Cursor => false,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site(host) => write!(f, "site/{host}"),
            Self::Snapshot(page, audience) => write!(f, "snapshot/{page}/{audience}"),
            Self::Archive(page, audience, month) => write!(f, "archive/{page}/{audience}/{}", month.as_str()),
            Self::Permalinks(page, audience, initial) => write!(f, "permalinks/{page}/{audience}/{}", initial.0),
            Self::Asset(page, name) => write!(f, "asset/{page}/{name}"),
            Self::Html(host, audience, view) => write!(f, "html/{host}/{audience}/{}", view.as_str()),
            Self::Cursor => f.write_str("sync/cursor"),
        }
    }
}

impl Month {
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |text: &str, len| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
        let valid = digits(year, 4) && digits(month, 2) && (1..=12).contains(&month.parse::<u8>().ok()?);
        valid.then(|| Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one before it in the calendar; before the first of all there is none.
    pub fn previous(&self) -> Option<Self> {
        let (year, month) = self.0.split_once('-')?;
        let months = year.parse::<u32>().ok()? * 12 + month.parse::<u32>().ok()?;
        // January is 1: two less is the one before, counted from 0.
        let months = months.checked_sub(2)?;
        Some(Self(format!("{:04}-{:02}", months / 12, months % 12 + 1).into()))
    }
}

impl IdInitial {
    pub fn of(id: &Id) -> Self {
        // An id is never empty.
        Self(id.as_str().chars().next().unwrap_or('0'))
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut chars = text.chars();
        let initial = chars.next().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit())?;
        chars.next().is_none().then_some(Self(initial))
    }
}

impl View {
    pub fn parse(text: &str) -> Option<Self> {
        let valid = (1..=VIEW_CHARS_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
        valid.then(|| Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits::{AUDIENCE_CHARS_MAX, HOST_CHARS_MAX, KV_KEY_BYTES_MAX};

    #[test]
    fn longest_key_fits_into_the_limit_of_a_kv() {
        let host = Host::parse(&("a.".repeat(HOST_CHARS_MAX / 2 - 1) + "ab")).expect("valid host");
        let audience = AudienceId::parse(&"a".repeat(AUDIENCE_CHARS_MAX)).expect("valid audience");
        let view = View::parse(&"v".repeat(VIEW_CHARS_MAX)).expect("valid view");
        let key = Key::Html(host, audience, view).to_string();
        assert!(key.len() <= KV_KEY_BYTES_MAX, "{} bytes", key.len());
    }

    #[test]
    fn months_follow_each_other() {
        let previous = |text: &str| Month::parse(text).and_then(|month| month.previous());
        for (month, before) in [("2026-11", "2026-10"), ("2026-01", "2025-12"), ("0001-01", "0000-12")] {
            assert_eq!(previous(month), Month::parse(before), "{month}");
        }
        assert_eq!(previous("0000-01"), None);
    }

    proptest! {
        #[test]
        fn parsed_key_prints_as_it_was_written(text in "(site|snapshot|archive|permalinks|asset|html|sync|x)(/[a-z0-9.-]{0,14}){0,5}") {
            if let Some(key) = Key::parse(&text) {
                prop_assert_eq!(key.to_string(), text);
            }
        }

        #[test]
        fn parsing_a_key_never_panics(text in ".{0,300}") {
            let _ = Key::parse(&text);
        }
    }
}
