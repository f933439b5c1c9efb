//! In which language a reply speaks, and which headers chose it.

use page_model::Language;

use super::{
    kind::{Kind, LanguageSource},
    reply::{RequestFacts, VARY_ENCODING},
};

/// A language, and whether the address chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    pub language: Language,
    pub by_address: bool,
}

pub fn choose(source: LanguageSource, facts: &RequestFacts, own: Language) -> Chosen {
    let by_address = facts
        .address
        .query
        .language()
        .filter(|_| source != LanguageSource::None);
    let preferred = facts
        .address
        .negotiation
        .language
        .filter(|_| source == LanguageSource::Visitor);
    Chosen {
        language: by_address.or(preferred).unwrap_or(own),
        by_address: by_address.is_some(),
    }
}

/// For a page that stands in the place of any other.
pub fn vary_of_page(facts: &RequestFacts) -> &'static str {
    match facts.address.query.language() {
        Some(_) => VARY_ENCODING,
        None => "accept-encoding, accept-language",
    }
}

/// Only headers that could have led to another reply.
pub fn vary(kind: &Kind, facts: &RequestFacts) -> &'static str {
    let by_language = kind.language == LanguageSource::Visitor && facts.address.query.language().is_none();
    match (by_language, kind.in_markdown.is_some()) {
        (true, true) => "accept-encoding, accept-language, accept",
        (true, false) => "accept-encoding, accept-language",
        (false, true) => "accept-encoding, accept",
        (false, false) => VARY_ENCODING,
    }
}
