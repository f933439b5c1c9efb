//! A visitor sees a page: the finished one, else one rendered within the budget, else an outdated one, else the skeleton.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use page_model::{
    AudienceId, Host, Key, Language, Record, Stamp, body,
    key::View,
    limits::{RENDER_COMPONENTS_PER_VISIT_MAX, RENDER_FUEL_PER_VISIT},
    record::ContentHash,
    site::{Current, SitePage},
};
use page_render::Ask;

use super::{
    AfterRead, Seen, Step,
    afterwards::Afterwards,
    cache_policy::{self, CachePolicy},
    encoding::Encoding,
    finished::Finished,
    reply::{self, Facts, Reply},
    route::PageView,
    validator::{self, Validator},
};

/// A visit that may see the page.
#[derive(Debug)]
pub struct Visiting {
    pub host: Host,
    pub view: PageView,
    pub site: SitePage,
    pub current: Current,
    pub facts: Facts,
    /// When the region last heard from the origin, where that is too long ago.
    pub delayed_since_ms: Option<u64>,
    /// Until the page would have to say that updates are delayed.
    pub fresh_s: u64,
}

impl Visiting {
    pub fn find_finished(self) -> Step {
        if self.view == PageView::Index && self.is_unchanged(&self.validator(&self.current.hash)) {
            return self.not_modified(&self.validator(&self.current.hash));
        }
        Step::Read(self.html_keys(), AfterRead::Finished(Box::new(self)))
    }

    pub fn resume_finished(self: Box<Self>, seen: Vec<Seen>) -> Step {
        let mut found = seen.into_iter().filter_map(Seen::found);
        let finished = found.find_map(Finished::from_bytes);
        // Only the index's content is named by the site record; a month's is known when its record is seen.
        let large = self.view == PageView::Index && self.current.outline.components > RENDER_COMPONENTS_PER_VISIT_MAX;
        match finished {
            Some(finished) if finished.validator == self.validator(&self.current.hash) => self.hit(finished),
            outdated if large => self.later(outdated),
            outdated => Step::Read(vec![self.source_key()], AfterRead::Source(self, outdated)),
        }
    }

    pub fn resume_source(self: Box<Self>, finished: Option<Finished>, seen: Vec<Seen>) -> Step {
        let Some(record) = self.source_record(seen) else {
            return match (finished, &self.view) {
                (Some(outdated), _) => self.outdated(outdated),
                (None, PageView::Index) => self.later(None),
                (None, PageView::Month(_)) => self.missing(),
            };
        };
        let validator = self.validator(&record.hash);
        let is_current = self.view != PageView::Index || record.hash == self.current.hash;
        match finished {
            Some(finished) if is_current && finished.validator == validator => self.hit(finished),
            Some(outdated) if !is_current => self.outdated(outdated),
            outdated => match self.render(&record, Some(RENDER_FUEL_PER_VISIT)) {
                Some(html) => self.fresh(validator, html, is_current),
                None => self.later(outdated),
            },
        }
    }

    /// The content under the view's source key, if it is there and is what the key says.
    pub fn source_record(&self, seen: Vec<Seen>) -> Option<Record> {
        let bytes = seen.into_iter().next().and_then(Seen::found)?;
        let record = Record::from_bytes(&bytes).ok()?;
        (record.key == self.source_key() && !record.is_tombstone()).then_some(record)
    }

    /// `None` where the body does not decode or the fuel is used up.
    pub fn render(&self, record: &Record, fuel: Option<u64>) -> Option<String> {
        let delayed_since = self.delayed_since_ms.map(|at_ms| Stamp {
            at_ms: i64::try_from(at_ms).unwrap_or(i64::MAX),
            offset_minutes: self.current.as_of.offset_minutes,
        });
        let ask = Ask {
            language: Language::En,
            keeps_language: false,
            delayed_since,
            fuel,
        };
        match self.view {
            PageView::Index => page_render::index(&body::decode_compressed(&record.body).ok()?, ask).ok(),
            PageView::Month(_) => page_render::month(&body::decode_compressed(&record.body).ok()?, ask).ok(),
        }
    }

    fn hit(&self, finished: Finished) -> Step {
        let validator = finished.validator.clone();
        if self.is_unchanged(&validator) {
            return self.not_modified(&validator);
        }
        match finished.into_encoded(self.facts.encoding) {
            Some(bytes) => self
                .page(self.facts.encoding, bytes, &validator, &self.policy(&[]))
                .into(),
            None => self.unrendered(),
        }
    }

    /// A page rendered within the visit: sent as it is, compressed and stored afterwards.
    fn fresh(&self, validator: Validator, html: String, is_current: bool) -> Step {
        let policy = match is_current {
            true => self.policy(&[self.html_key()]),
            false => self.passing(),
        };
        let bytes = Bytes::from(html.clone());
        let reply = self.page(Encoding::Identity, bytes, &validator, &policy);
        let work = Afterwards::Store {
            key: self.html_key(),
            validator,
            html,
        };
        Step::Reply(reply, Some(work))
    }

    /// The outdated page or the skeleton now, the page itself afterwards.
    fn later(self: Box<Self>, outdated: Option<Finished>) -> Step {
        let step = match outdated {
            Some(outdated) => self.outdated(outdated),
            None => self.unrendered(),
        };
        match step {
            Step::Reply(reply, None) => Step::Reply(reply, Some(Afterwards::Render(self))),
            step => step,
        }
    }

    fn outdated(&self, outdated: Finished) -> Step {
        let validator = outdated.validator.clone();
        match outdated.into_encoded(self.facts.encoding) {
            Some(bytes) => self
                .page(self.facts.encoding, bytes, &validator, &self.passing())
                .into(),
            None => self.unrendered(),
        }
    }

    fn unrendered(&self) -> Step {
        let html = page_render::skeleton(&self.site, &self.current, Language::En);
        let mut reply = Reply::page(StatusCode::OK, html, &self.passing(), &self.facts);
        let skeleton = HeaderValue::from_static("1");
        reply.response.headers_mut().insert("pharos-skeleton", skeleton);
        reply.into()
    }

    fn missing(&self) -> Step {
        let html = page_render::not_found(self.host.as_str(), Language::En);
        Reply::page(StatusCode::NOT_FOUND, html, &CachePolicy::Never, &self.facts).into()
    }

    fn page(&self, encoding: Encoding, bytes: Bytes, validator: &Validator, policy: &CachePolicy) -> Reply {
        let mut response = reply::html_response(&self.facts, bytes, policy);
        encoding.write(response.headers_mut());
        response.headers_mut().insert(header::ETAG, validator.etag(encoding));
        Reply::new(response)
    }

    fn is_unchanged(&self, validator: &Validator) -> bool {
        !self.facts.conditions.is_empty()
            && validator::matches(&self.facts.conditions, &validator.etag(self.facts.encoding))
    }

    fn not_modified(&self, validator: &Validator) -> Step {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        cache_policy::write(&self.policy(&[]), false, headers);
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::ETAG, validator.etag(self.facts.encoding));
        Reply::new(response).into()
    }

    pub fn validator(&self, hash: &ContentHash) -> Validator {
        Validator::new(hash, self.delayed_since_ms)
    }

    /// Where the finished page lies. One that says that updates are delayed is a variant of its own.
    pub fn html_key(&self) -> Key {
        self.html_variant(if self.delayed_since_ms.is_some() {
            ".delayed"
        } else {
            ""
        })
    }

    /// The variant that is wanted, then one that is better than none.
    fn html_keys(&self) -> Vec<Key> {
        match self.delayed_since_ms {
            Some(_) => vec![self.html_key(), self.html_variant("")],
            None => vec![self.html_key()],
        }
    }

    fn html_variant(&self, suffix: &'static str) -> Key {
        let view = match &self.view {
            PageView::Index => View::index(suffix),
            PageView::Month(month) => View::month(month, suffix),
        };
        Key::Html(self.host.clone(), self.current.audience.clone(), view)
    }

    pub fn source_key(&self) -> Key {
        let page = self.site.page.clone();
        let audience = self.current.audience.clone();
        match &self.view {
            PageView::Index => Key::Snapshot(page, audience),
            PageView::Month(month) => Key::Archive(page, audience, month.clone()),
        }
    }

    fn policy(&self, also: &[Key]) -> CachePolicy {
        if self.current.audience != AudienceId::public() {
            return CachePolicy::Never;
        }
        let keys = self.dependencies(also);
        match self.delayed_since_ms {
            None => CachePolicy::Public {
                fresh_s: self.fresh_s,
                keys,
            },
            Some(_) => CachePolicy::Public {
                fresh_s: DELAYED_FRESH_S,
                keys: [keys, vec![Key::Cursor]].concat(),
            },
        }
    }

    fn passing(&self) -> CachePolicy {
        match self.policy(&[self.html_key()]) {
            CachePolicy::Public { keys, .. } => CachePolicy::Passing { fresh_s: 1, keys },
            policy => policy,
        }
    }

    /// The keys whose writing ends a reply made from them.
    fn dependencies(&self, also: &[Key]) -> Vec<Key> {
        let own = [Key::Site(self.host.clone()), self.source_key()];
        own.iter().chain(also).cloned().collect()
    }
}

/// A delayed page ends with the next word from the origin; where that write is not seen, after this time.
const DELAYED_FRESH_S: u64 = 5;
