//! What a visit holds while it waits for the KV.

use std::sync::Arc;

use http::HeaderMap;
use page_address::{Encoding, Subject, cache_policy::CachePolicy, conditional};
use page_model::{
    ContentHash, Host, Key, Record, Stamp,
    key::{IdInitial, Month},
    limits::{RENDER_COMPONENTS_PER_VISIT_MAX, RENDER_FUEL_PER_VISIT},
    site::{Current, SitePage},
};
use page_render::RenderOptions;

use super::{
    edge::Seen,
    guard::Guard,
    kind::{Draw, DrawRequest, Drawn},
    language::{self, Chosen},
    listing::{self, Listed},
    plan::{Budget, Scope, ViewFacts},
    reply::RequestFacts,
    route::PageView,
    source,
    validator::Validator,
    variant::Variant,
};

/// A page that the visitor may see, and which of its audiences' content is theirs.
#[derive(Debug)]
pub struct OpenPage {
    pub site: Arc<SitePage>,
    pub at: usize,
}

/// A visit that may see the page.
#[derive(Debug)]
pub struct Reading {
    pub host: Host,
    pub view: PageView,
    pub page: OpenPage,
    pub facts: RequestFacts,
    pub chosen: Chosen,
    /// Whether a skeleton is completed in the browser: nobody there knows since when updates are delayed.
    pub completes: bool,
    variant: Variant,
    validator: Validator,
    staleness: Staleness,
    /// Records of the page of a lower version count as absent.
    pub floor: u64,
    /// Whether the objects of the snapshot are to be listed if it turns out not to have this one.
    pub lacks_listing: bool,
    /// What is read to draw it, one after the other; the last is the one that it is drawn from.
    source_keys: Vec<Key>,
    /// What is read with the source, and what of it was there.
    other_keys: Vec<Key>,
    others: Vec<Record>,
}

/// How long the region has not heard from the origin.
#[derive(Debug, Clone, Copy)]
pub struct Staleness {
    /// Since when, where that is too long.
    pub delayed_since_ms: Option<u64>,
    /// Until the page would have to say that updates are delayed.
    pub fresh_s: u64,
}

impl OpenPage {
    pub fn current(&self) -> &Current {
        &self.site.audiences[self.at]
    }
}

impl Reading {
    pub fn new(
        host: Host,
        view: PageView,
        page: OpenPage,
        mut facts: RequestFacts,
        staleness: Staleness,
        floor: u64,
        has_renderer: bool,
    ) -> Box<Self> {
        facts.guard = match facts.by_capability {
            true => Guard::Capability,
            false => Guard::of(&page.site, &page.current().audience),
        };
        let completes = has_renderer && staleness.delayed_since_ms.is_none();
        let chosen = language::choose(view.kind.language, &facts, page.site.language);
        let staleness = match view.kind.shows_delay {
            true => staleness,
            false => Staleness::NOT_SHOWN,
        };
        let variant = Variant::new(&view, chosen, staleness.delayed_since_ms);
        Box::new(Self {
            validator: variant.validator(&page.current().hash),
            variant,
            source_keys: source::first(&view, &page.site.page, &page.current().audience)
                .into_iter()
                .collect(),
            other_keys: source::others(&view, &page.site.page, &page.current().audience),
            others: Vec::new(),
            host,
            view,
            page,
            facts,
            chosen,
            staleness,
            floor,
            completes,
            lacks_listing: false,
        })
    }

    /// What the plan asks of it.
    pub fn view_facts(&self) -> ViewFacts {
        ViewFacts {
            source: self.view.kind.draw.source(),
            scope: match self.view.subject {
                Subject::Whole => Scope::Page,
                Subject::Month(_) | Subject::Object(_) | Subject::Asset(_) => Scope::Object,
            },
            has_skeleton: self.view.kind.has_skeleton(),
            kept: self.variant.key(&self.host, &self.page.current().audience).is_some(),
            large: self.page.current().outline.components > RENDER_COMPONENTS_PER_VISIT_MAX,
        }
    }

    /// The content that is wanted, drawn; `None` where the body does not decode.
    pub fn draw(&self, record: &Record, budget: Budget) -> Option<Drawn> {
        let fuel = match budget {
            Budget::PerVisit => Some(RENDER_FUEL_PER_VISIT),
            Budget::Unlimited => None,
        };
        source::draw(&self.view.kind.draw, record, &self.others, &self.draw_request(fuel))
    }

    /// What needs nothing but the site record; `None` for any other view.
    pub fn draw_site(&self) -> Option<Drawn> {
        match self.view.kind.draw {
            Draw::Site(draw) => Some(draw(&self.page.site, &self.draw_request(None))),
            _ => None,
        }
    }

    fn draw_request(&self, fuel: Option<u64>) -> DrawRequest<'_> {
        let offset_minutes = self.page.current().as_of.offset_minutes;
        let delayed_since = self.staleness.delayed_since_ms.map(|at_ms| Stamp {
            at_ms: i64::try_from(at_ms).unwrap_or(i64::MAX),
            offset_minutes,
        });
        DrawRequest {
            host: &self.host,
            subject: &self.view.subject,
            query: &self.facts.address.query,
            ask: RenderOptions {
                language: self.chosen.language,
                keeps_language: self.chosen.by_address,
                delayed_since,
                fuel,
            },
        }
    }

    pub fn source_key(&self) -> Option<Key> {
        self.source_keys.last().cloned()
    }

    /// What is read next: the source, and what is drawn with it.
    pub fn keys_to_read(&self) -> Vec<Key> {
        self.source_key().into_iter().chain(self.other_keys.clone()).collect()
    }

    pub fn take_others(&mut self, seen: Vec<Seen>, source: &Record) {
        self.others = source::those_there(&self.other_keys, self.floor, seen, source.body.len());
    }

    /// Where the month of the event stands; `None` where the view is no event.
    pub fn permalinks_key(&self) -> Option<Key> {
        let Subject::Object(id) = &self.view.subject else {
            return None;
        };
        let audience = self.page.current().audience.clone();
        Some(Key::Permalinks(
            self.page.site.page.clone(),
            audience,
            IdInitial::of(id),
        ))
    }

    pub fn archive_key(&self, month: Month) -> Key {
        source::archive(&self.page.site.page, &self.page.current().audience, month)
    }

    /// The first source did not have it: the next one is asked.
    pub fn ask_next(&mut self, key: Key) {
        self.source_keys.push(key);
    }

    /// Whether a permalink led here.
    pub fn is_from_archive(&self) -> bool {
        self.source_keys.len() > 1
    }

    /// Where the finished ones lie that may be shown, after the listing of the objects if the address names one.
    pub fn finished_keys(&self) -> Vec<Key> {
        let listing = self.listing_key();
        listing
            .into_iter()
            .chain(self.variant.keys(&self.host, &self.page.current().audience))
            .collect()
    }

    /// Where it is listed which objects the snapshot has, if the address names one of these.
    pub fn listing_key(&self) -> Option<Key> {
        let key = || listing::key(&self.host, &self.page.current().audience);
        self.view_facts().names_object_of_snapshot().then(key).flatten()
    }

    /// What the listing says of the object that the address names.
    pub fn listed(&self, listing: Seen) -> Listed {
        match &self.view.subject {
            Subject::Object(id) => listing::listed(listing, &self.page.current().hash, id),
            _ => Listed::Unknown,
        }
    }

    pub fn snapshot_key(&self) -> Key {
        Key::Snapshot(self.page.site.page.clone(), self.page.current().audience.clone())
    }

    /// Where a finished one is kept, if it is. An event from the archive is found anew each time, so that would save
    /// nothing.
    pub fn html_key(&self) -> Option<Key> {
        let key = self.variant.key(&self.host, &self.page.current().audience);
        key.filter(|_| !self.is_from_archive())
    }

    /// Of the representation that is drawn from the content that the site record names.
    pub fn current_validator(&self) -> &Validator {
        &self.validator
    }

    pub fn validator_of(&self, record: &Record) -> Validator {
        if self.others.is_empty() {
            return self.variant.validator(&record.hash);
        }
        let hashes = std::iter::once(record).chain(&self.others);
        let hashes: Vec<u8> = hashes.flat_map(|record| record.hash.0).collect();
        self.variant.validator(&ContentHash::of(&hashes))
    }

    /// In which encoding the visitor has what the validator names. Any will do: they say the same.
    pub fn held_encoding(&self, validator: &Validator) -> Option<Encoding> {
        let conditions: &HeaderMap = &self.facts.conditions;
        let has = |encoding: &Encoding| conditional::is_held(conditions, &validator.etag(*encoding));
        let encodings = [
            self.facts.address.negotiation.encoding,
            Encoding::Brotli,
            Encoding::Gzip,
            Encoding::Identity,
        ];
        encodings.into_iter().filter(|_| !conditions.is_empty()).find(has)
    }

    /// For what all who may see it see until one of the keys that it is made from, or of `also`, is written. Only a surrogate
    /// is told the keys.
    pub fn policy(&self, also: &[Key]) -> CachePolicy {
        let is_delayed = self.staleness.delayed_since_ms.is_some();
        let mut keys = Vec::new();
        if self.facts.surrogate {
            keys.push(Key::Site(self.host.clone()));
            keys.extend(self.source_keys.iter().chain(&self.other_keys).chain(also).cloned());
            keys.extend(is_delayed.then_some(Key::Cursor));
        }
        let fresh_s = match is_delayed {
            true => DELAYED_FRESH_S,
            false => self.staleness.fresh_s,
        };
        CachePolicy::Public {
            freshness: self.view.kind.freshness,
            fresh_s,
            keys,
        }
    }

    /// For what the page does not have, as far as the records say that were looked at.
    pub fn absent_policy(&self) -> CachePolicy {
        match self.policy(&[]) {
            CachePolicy::Public { keys, .. } => CachePolicy::until_written(keys),
            policy => policy,
        }
    }

    /// For what is right at this moment only.
    pub fn passing_policy(&self) -> CachePolicy {
        match self.policy(self.html_key().as_slice()) {
            CachePolicy::Public { keys, .. } => CachePolicy::Passing { fresh_s: 1, keys },
            policy => policy,
        }
    }
}

impl Staleness {
    /// For what does not speak of it: only a write ends its freshness.
    const NOT_SHOWN: Self = Self {
        delayed_since_ms: None,
        fresh_s: NOT_SHOWN_FRESH_S,
    };
}

/// A delayed page ends with the next word from the origin; where that write is not seen, after this time.
const DELAYED_FRESH_S: u64 = 5;
/// As long as the write of a key is surely seen.
const NOT_SHOWN_FRESH_S: u64 = 3_600;
