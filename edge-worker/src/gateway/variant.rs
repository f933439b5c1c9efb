//! Which of the representations of an address a visit is about: the key of the finished one, and its validator.

use page_address::Subject;
use page_model::{AudienceId, ContentHash, Host, Key, key::View};

use super::{kind::LanguageSource, language::Chosen, route::PageView, validator::Validator};

/// Everything besides the content that shapes the bytes.
#[derive(Debug)]
pub struct Variant {
    name: String,
    delayed_since_ms: Option<u64>,
    kept: bool,
}

impl Variant {
    pub fn new(view: &PageView, chosen: Chosen, delayed_since_ms: Option<u64>) -> Self {
        let kind = view.kind;
        let mut name = kind.name.to_owned();
        let mut add = |part: &str| {
            name.push('.');
            name.push_str(part);
        };
        match &view.subject {
            Subject::Whole => {}
            Subject::Month(month) => add(month.as_str()),
            Subject::Object(id) => add(id.as_str()),
            Subject::Asset(asset) => add(&asset.to_string()),
        }
        if kind.language != LanguageSource::None {
            add(chosen.language.tag());
        }
        // Then the links of the page itself keep the language.
        if kind.language == LanguageSource::Visitor && chosen.by_address {
            add("kept");
        }
        Self {
            name,
            delayed_since_ms: delayed_since_ms.filter(|_| kind.shows_delay),
            kept: kind.kept,
        }
    }

    /// Where the finished ones lie that may be shown: the one that is wanted, then one that is better than none.
    pub fn keys(&self, host: &Host, audience: &AudienceId) -> Vec<Key> {
        let wanted = self.key(host, audience);
        let timely = self
            .delayed_since_ms
            .and_then(|_| self.html(&self.name, host, audience));
        wanted.into_iter().chain(timely).collect()
    }

    /// Where a finished one is kept, if it is. One that says that updates are delayed is a variant of its own.
    pub fn key(&self, host: &Host, audience: &AudienceId) -> Option<Key> {
        match self.delayed_since_ms {
            Some(_) => self.html(&format!("{}.delayed", self.name), host, audience),
            None => self.html(&self.name, host, audience),
        }
    }

    /// The moment of a delay stands on the page, so it is part of what makes the bytes.
    pub fn validator(&self, hash: &ContentHash) -> Validator {
        Validator::new(hash, &self.name, self.delayed_since_ms)
    }

    fn html(&self, name: &str, host: &Host, audience: &AudienceId) -> Option<Key> {
        let view = View::parse(name).filter(|_| self.kept)?;
        Some(Key::Html(host.clone(), audience.clone(), view))
    }
}

#[cfg(test)]
mod tests {
    use page_model::{
        Id, Language,
        asset::{AssetKind, AssetName},
        key::Month,
    };

    use super::*;
    use crate::gateway::route::TABLE;

    /// A name that were too long would silently never be kept.
    #[test]
    fn kept_kinds_have_a_valid_key() {
        let host = Host::parse("a.example").expect("a host");
        for (pattern, kind) in TABLE.iter().filter(|(_, kind)| kind.kept) {
            let subject = match pattern {
                pattern if pattern.contains("{month}") => Subject::Month(Month::parse("2026-11").expect("a month")),
                pattern if pattern.contains("{id}") => Subject::Object(Id::parse("0123456789ab").expect("an id")),
                pattern if pattern.contains("{asset}") => Subject::Asset(AssetName::of(b"x", AssetKind::Png)),
                _ => Subject::Whole,
            };
            let chosen = Chosen {
                language: Language::De,
                by_address: true,
            };
            let variant = Variant::new(&PageView { kind, subject }, chosen, Some(1));
            assert!(variant.key(&host, &AudienceId::public()).is_some(), "{pattern}");
        }
    }

    #[test]
    fn kinds_have_distinct_names() {
        for (at, (_, kind)) in TABLE.iter().enumerate() {
            for (_, other) in &TABLE[..at] {
                assert!(kind.name != other.name || std::ptr::eq(*kind, *other), "{}", kind.name);
            }
        }
    }
}
