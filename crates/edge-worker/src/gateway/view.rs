//! A visit to a page: site, then the finished page, then the content to render it from; each may be missing.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use page_model::{
    AudienceId, Host, Key, Record, Site, Stamp, body,
    key::View,
    limits::{REGION_DELAYED_AFTER_MS, RENDER_COMPONENTS_PER_VISIT_MAX, RENDER_FUEL_PER_VISIT},
    put::Cursor,
    record::ContentHash,
    site::{Current, SitePage},
};

use super::{
    AfterRead, Reply, Seen, Step, Visit, access,
    access::Identity,
    afterwards::Afterwards,
    cache_policy::{self, CachePolicy},
    encoding::{self, Encoding},
    finished::Finished,
    is_head,
    route::PageView,
    validator::{self, Validator},
};

/// What of the request shapes the reply.
#[derive(Debug)]
pub struct Facts {
    encoding: Encoding,
    head: bool,
    surrogate: bool,
    /// Only `if-none-match` headers.
    conditions: HeaderMap,
    path: String,
}

/// A visit whose host is not looked up yet.
#[derive(Debug)]
pub struct Arrival {
    host: Host,
    view: PageView,
    facts: Facts,
    now_ms: u64,
}

/// A visit that may see the page.
#[derive(Debug)]
pub struct Visiting {
    pub host: Host,
    pub view: PageView,
    pub site: SitePage,
    pub current: Current,
    facts: Facts,
    /// When the region last heard from the origin, where that is too long ago.
    delayed_since_ms: Option<u64>,
    /// Until the page would have to say that updates are delayed.
    fresh_s: u64,
}

pub fn open(host: Host, view: PageView, visit: &Visit) -> Step {
    let keys = vec![Key::Site(host.clone()), Key::Cursor];
    let arrival = Arrival {
        host,
        view,
        facts: Facts::of(visit),
        now_ms: visit.now_ms,
    };
    Step::Read(keys, AfterRead::Site(Box::new(arrival)))
}

impl Facts {
    pub fn of(visit: &Visit) -> Self {
        let headers = visit.request.headers();
        let conditions = headers.get_all(header::IF_NONE_MATCH).iter();
        Self {
            encoding: Encoding::accepted(headers),
            head: is_head(visit.request.method()),
            surrogate: headers.contains_key("surrogate-capability"),
            conditions: conditions.map(|value| (header::IF_NONE_MATCH, value.clone())).collect(),
            path: visit.request.uri().path().to_owned(),
        }
    }
}

impl Arrival {
    pub fn resume(self, seen: Vec<Seen>) -> Step {
        let mut seen = seen.into_iter();
        let site = seen.next().unwrap_or(Seen::Failed);
        let cursor = seen.next().and_then(Seen::found);
        let site = match site {
            Seen::Found(bytes) => bytes,
            Seen::Absent if cursor.is_some() => return self.unknown(),
            // A region that was never filled knows no host; saying "not found" would be a lie.
            Seen::Absent | Seen::Failed => return self.unavailable("the region has no data yet or its KV fails"),
        };
        match Record::from_bytes(&site) {
            Ok(record) if record.is_tombstone() => self.gone(),
            Ok(record) => match body::decode(&record.body) {
                Ok(site) => self.enter(site, cursor.and_then(|bytes| body::decode(&bytes).ok())),
                Err(error) => self.unavailable(&error.to_string()),
            },
            Err(error) => self.unavailable(&error.to_string()),
        }
    }

    fn enter(self, site: Site, cursor: Option<Cursor>) -> Step {
        let page = match site {
            Site::Moved { to } => return self.moved(&to),
            Site::Page(page) => page,
        };
        let Ok(current) = access::authorize(&page, Identity::Anonymous).cloned() else {
            return self.unknown();
        };
        let heard_ms = cursor.map_or(self.now_ms, |cursor| cursor.at_ms);
        let silent_ms = self.now_ms.saturating_sub(heard_ms);
        let visiting = Visiting {
            host: self.host,
            view: self.view,
            site: page,
            current,
            facts: self.facts,
            delayed_since_ms: (silent_ms >= REGION_DELAYED_AFTER_MS).then_some(heard_ms),
            fresh_s: REGION_DELAYED_AFTER_MS.saturating_sub(silent_ms) / 1_000,
        };
        visiting.find_finished()
    }

    fn unknown(&self) -> Step {
        self.error(StatusCode::NOT_FOUND, page_render::not_found(self.host.as_str()))
            .into()
    }

    fn gone(&self) -> Step {
        self.error(StatusCode::GONE, page_render::gone(self.host.as_str()))
            .into()
    }

    fn unavailable(&self, why: &str) -> Step {
        let mut reply = self.error(StatusCode::SERVICE_UNAVAILABLE, page_render::unavailable());
        let retry = HeaderValue::from_static("2");
        reply.response.headers_mut().insert(header::RETRY_AFTER, retry);
        reply.with_log(format!("{}: no page to show: {why}", self.host)).into()
    }

    fn moved(&self, to: &Host) -> Step {
        let mut reply = self.error(StatusCode::PERMANENT_REDIRECT, String::new());
        if let Ok(location) = HeaderValue::try_from(format!("https://{to}{}", self.facts.path)) {
            reply.response.headers_mut().insert(header::LOCATION, location);
        }
        reply.into()
    }

    fn error(&self, status: StatusCode, html: String) -> Reply {
        Reply::page(status, html, &CachePolicy::Never, &self.facts)
    }
}

impl Visiting {
    fn find_finished(self) -> Step {
        if self.view == PageView::Index && self.is_unchanged(&self.validator(&self.current.hash)) {
            return self.not_modified(&self.validator(&self.current.hash));
        }
        Step::Read(self.html_keys(), AfterRead::Finished(Box::new(self)))
    }

    pub fn resume_finished(self: Box<Self>, seen: Vec<Seen>) -> Step {
        let mut found = seen.into_iter().filter_map(Seen::found);
        let finished = found.find_map(|bytes| Finished::from_bytes(&bytes));
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
        let delayed = self.delayed_since_ms.map(|at_ms| Stamp {
            at_ms: i64::try_from(at_ms).unwrap_or(i64::MAX),
            offset_minutes: self.current.as_of.offset_minutes,
        });
        match self.view {
            PageView::Index => page_render::index(&body::decode_compressed(&record.body).ok()?, delayed, fuel).ok(),
            PageView::Month(_) => page_render::month(&body::decode_compressed(&record.body).ok()?, delayed, fuel).ok(),
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
        let bytes = html.clone().into_bytes();
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
        let html = page_render::skeleton(&self.site, &self.current);
        let mut reply = Reply::page(StatusCode::OK, html, &self.passing(), &self.facts);
        let skeleton = HeaderValue::from_static("1");
        reply.response.headers_mut().insert("pharos-skeleton", skeleton);
        reply.into()
    }

    fn missing(&self) -> Step {
        let html = page_render::not_found(self.host.as_str());
        Reply::page(StatusCode::NOT_FOUND, html, &CachePolicy::Never, &self.facts).into()
    }

    fn page(&self, encoding: Encoding, bytes: Vec<u8>, validator: &Validator, policy: &CachePolicy) -> Reply {
        let mut response = html_response(&self.facts, Bytes::from(bytes), policy);
        encoding.write(response.headers_mut());
        response.headers_mut().insert(header::ETAG, validator.etag(encoding));
        Reply::new(response)
    }

    fn is_unchanged(&self, validator: &Validator) -> bool {
        validator::matches(&self.facts.conditions, &validator.etag(self.facts.encoding))
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

/// The one frame of every HTML reply.
pub fn html_response(facts: &Facts, body: Bytes, policy: &CachePolicy) -> Response<Bytes> {
    let length = HeaderValue::from(body.len());
    let mut response = Response::new(if facts.head { Bytes::new() } else { body });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, length);
    encoding::write_content_type(headers, "text/html; charset=utf-8");
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let csp = page_render::content_security_policy();
    if let Ok(csp) = HeaderValue::from_str(csp) {
        headers.insert(header::CONTENT_SECURITY_POLICY, csp);
    }
    let referrer = HeaderValue::from_static("strict-origin-when-cross-origin");
    headers.insert(header::REFERRER_POLICY, referrer);
    cache_policy::write(policy, facts.surrogate, headers);
    response
}

/// A delayed page ends with the next word from the origin; where that write is not seen, after this time.
const DELAYED_FRESH_S: u64 = 5;
