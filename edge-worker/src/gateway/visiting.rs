//! A visitor sees a page: the finished one, else one rendered within the budget, else an outdated one, else the skeleton.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use page_model::{
    AudienceId, Host, Key, Permalinks, Record, Stamp,
    asset::AssetBody,
    body,
    key::{IdInitial, Month},
    limits::{RENDER_COMPONENTS_PER_VISIT_MAX, RENDER_FUEL_PER_VISIT},
    site::{Current, SitePage},
};
use page_render::{Ask, Completion};

use super::{
    AfterRead, Seen, Step,
    afterwards::Afterwards,
    cache_policy::{self, CachePolicy},
    encoding::Encoding,
    error_page::{self, ErrorPage},
    finished::Finished,
    kind::{Draw, DrawRequest, Drawn, LanguageSource, Subject},
    kinds::page,
    media::Media,
    renderer,
    reply::{self, Facts, Reply},
    route::PageView,
    source::{self, Unreadable},
    tongue::{self, Chosen},
    validator::{self, Validator},
    variant::Variant,
};

/// A visit that may see the page.
#[derive(Debug)]
pub struct Visiting {
    host: Host,
    view: PageView,
    site: SitePage,
    current: Current,
    facts: Facts,
    chosen: Chosen,
    variant: Variant,
    silence: Staleness,
    /// Whether a skeleton is completed in the browser: nobody there knows since when updates are delayed.
    completes: bool,
    /// What is read to draw it, one after the other; the last is the one that it is drawn from.
    trail: Vec<Key>,
}

/// How long the region has not heard from the origin.
#[derive(Debug, Clone, Copy)]
pub struct Staleness {
    /// Since when, where that is too long.
    pub delayed_since_ms: Option<u64>,
    /// Until the page would have to say that updates are delayed.
    pub fresh_s: u64,
}

impl Visiting {
    pub fn new(
        host: Host,
        view: PageView,
        site: SitePage,
        current: Current,
        facts: Facts,
        silence: Staleness,
        completes: bool,
    ) -> Box<Self> {
        let chosen = tongue::choose(view.kind.language, &facts, site.language);
        let silence = match view.kind.shows_delay {
            true => silence,
            false => Staleness::UNTOLD,
        };
        Box::new(Self {
            variant: Variant::new(&view, chosen, silence.delayed_since_ms),
            trail: source::first(&view, &site.page, &current.audience)
                .into_iter()
                .collect(),
            host,
            view,
            site,
            current,
            facts,
            chosen,
            silence,
            completes,
        })
    }

    pub fn begin(self: Box<Self>) -> Step {
        if let Draw::Site(draw) = self.view.kind.draw {
            let drawn = draw(&self.site, &self.asked(None));
            return self.at_once(drawn);
        }
        // Whether there is such an object, the site record does not say.
        if self.view.kind.is_of_snapshot() && self.view.subject == Subject::Whole {
            let validator = self.variant.validator(&self.current.hash);
            if let Some(encoding) = self.held(&validator) {
                return self.not_modified(&validator, encoding);
            }
        }
        match self.variant.keys(&self.host, &self.current.audience) {
            keys if keys.is_empty() => self.read_source(None),
            keys => Step::Read(keys, AfterRead::Finished(self)),
        }
    }

    pub fn resume_finished(self: Box<Self>, seen: Vec<Seen>) -> Step {
        let mut found = seen.into_iter().filter_map(Seen::found);
        let finished = found.find_map(Finished::from_bytes);
        let is_of_snapshot = self.view.kind.is_of_snapshot();
        match finished {
            Some(finished) if is_of_snapshot && self.is_current(&finished) => self.hit(finished),
            outdated if is_of_snapshot && self.is_too_large() => self.later(outdated),
            outdated => self.read_source(outdated),
        }
    }

    pub fn resume_source(self: Box<Self>, finished: Option<Finished>, seen: Vec<Seen>) -> Step {
        let key = self.source_key();
        let record = match source::record(key.as_ref(), seen) {
            Ok(record) => record,
            Err(lacking) => return self.without_source(finished, lacking),
        };
        if let Some(Key::Permalinks(..)) = key {
            return match self.month_of(&record) {
                Some(Some(month)) => {
                    let key = source::archive(&self.site.page, &self.current.audience, month);
                    self.read_next(key, finished)
                }
                Some(None) => self.missing(),
                None => self.notice(ErrorPage::Unavailable),
            };
        }
        match self.view.kind.draw {
            Draw::Asset => return self.picture(&record),
            Draw::Raw => return self.itself(record),
            _ => {}
        }
        let validator = self.variant.validator(&record.hash);
        let is_current = !matches!(key, Some(Key::Snapshot(..))) || record.hash == self.current.hash;
        match finished {
            Some(finished) if is_current && finished.validator == validator => self.hit(finished),
            Some(outdated) if !is_current => self.outdated(outdated),
            outdated => match self.render(&record, self.fuel()) {
                Some(Drawn::Text(text)) => self.fresh(validator, text, is_current),
                Some(Drawn::Missing) => self.ask_elsewhere(outdated),
                Some(Drawn::OverBudget) | None => self.later(outdated),
                Some(drawn) => self.at_once(drawn),
            },
        }
    }

    /// The content that is wanted, drawn; `None` where the body does not decode.
    pub fn render(&self, record: &Record, fuel: Option<u64>) -> Option<Drawn> {
        source::draw(&self.view.kind.draw, record, &self.asked(fuel))
    }

    pub fn source_key(&self) -> Option<Key> {
        self.trail.last().cloned()
    }

    /// What a finished one says of itself, and where it is kept, if it is.
    pub fn finished_of(&self, record: &Record) -> Option<(Key, Validator)> {
        Some((self.html_key()?, self.variant.validator(&record.hash)))
    }

    fn asked(&self, fuel: Option<u64>) -> DrawRequest<'_> {
        let offset_minutes = self.current.as_of.offset_minutes;
        let delayed_since = self.silence.delayed_since_ms.map(|at_ms| Stamp {
            at_ms: i64::try_from(at_ms).unwrap_or(i64::MAX),
            offset_minutes,
        });
        DrawRequest {
            host: &self.host,
            subject: &self.view.subject,
            query: &self.facts.query,
            ask: Ask {
                language: self.chosen.language,
                keeps_language: self.chosen.by_address,
                delayed_since,
                fuel,
            },
        }
    }

    fn read_source(self: Box<Self>, finished: Option<Finished>) -> Step {
        let keys = self.source_key().into_iter().collect();
        Step::Read(keys, AfterRead::Source(self, finished))
    }

    fn read_next(mut self: Box<Self>, key: Key, finished: Option<Finished>) -> Step {
        self.trail.push(key);
        self.read_source(finished)
    }

    /// The snapshot has no such event: it may be in the archive.
    fn ask_elsewhere(self: Box<Self>, finished: Option<Finished>) -> Step {
        match (&self.view.kind.draw, self.source_key(), &self.view.subject) {
            (Draw::Event(_), Some(Key::Snapshot(page, audience)), Subject::Object(id)) => {
                let key = Key::Permalinks(page, audience, IdInitial::of(id));
                self.read_next(key, finished)
            }
            _ => self.missing(),
        }
    }

    /// The month of the event, if the page ever had it; `None` where the body does not decode.
    fn month_of(&self, record: &Record) -> Option<Option<Month>> {
        let Subject::Object(id) = &self.view.subject else {
            return Some(None);
        };
        let permalinks: Permalinks = body::decode(&record.body).ok()?;
        Some(permalinks.months.get(id).and_then(|month| Month::parse(month)))
    }

    fn without_source(self: Box<Self>, finished: Option<Finished>, lacking: Unreadable) -> Step {
        let is_snapshot = matches!(self.source_key(), Some(Key::Snapshot(..)));
        match (finished, lacking) {
            (Some(outdated), _) => self.outdated(outdated),
            (None, _) if is_snapshot && self.may_wait() => self.later(None),
            (None, Unreadable::Absent) if !is_snapshot => self.missing(),
            (None, _) => self.notice(ErrorPage::Unavailable),
        }
    }

    fn hit(&self, finished: Finished) -> Step {
        let validator = finished.validator.clone();
        if let Some(encoding) = self.held(&validator) {
            return self.not_modified(&validator, encoding);
        }
        match finished.into_encoded(self.facts.encoding) {
            Some(bytes) => self
                .page(self.facts.encoding, bytes, &validator, &self.policy(&[]))
                .into(),
            None => self.unrendered(),
        }
    }

    /// Rendered within the visit: sent as it is, compressed and stored afterwards.
    fn fresh(&self, validator: Validator, text: String, is_current: bool) -> Step {
        let key = self.html_key();
        let policy = match is_current {
            true => self.policy(key.as_slice()),
            false => self.passing(),
        };
        let reply = self.whole(Bytes::from(text.clone()), &validator, &policy);
        let work = key.map(|key| Afterwards::Store { key, validator, text });
        Step::Reply(reply, work)
    }

    /// The outdated page or the skeleton now, the page itself afterwards.
    fn later(self: Box<Self>, outdated: Option<Finished>) -> Step {
        let step = match outdated {
            Some(outdated) => self.outdated(outdated),
            None => self.unrendered(),
        };
        match step {
            Step::Reply(reply, None) if self.html_key().is_some() => Step::Reply(reply, Some(Afterwards::Render(self))),
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

    /// A page for people completes itself; a program asks again.
    fn unrendered(&self) -> Step {
        if !self.view.kind.has_skeleton() {
            return self.notice(ErrorPage::Unavailable);
        }
        // The renderer draws the front page.
        let renderer = (self.completes && std::ptr::eq(self.view.kind, &page::INDEX)).then(renderer::script_path);
        let completion = Completion {
            language: self.chosen.language,
            keeps_language: self.chosen.by_address,
            renderer: renderer.as_deref(),
        };
        let html = page_render::skeleton(&self.site, &self.current, completion);
        let (style, policy) = (self.site.style.as_ref(), self.passing());
        let mut response = reply::framed(&self.facts, Bytes::from(html), &Media::SKELETON, style, &policy);
        let skeleton = HeaderValue::from_static("1");
        response.headers_mut().insert("pharos-skeleton", skeleton);
        Reply::new(response).into()
    }

    fn missing(&self) -> Step {
        self.notice(ErrorPage::NotFound)
    }

    fn notice(&self, notice: ErrorPage) -> Step {
        let language = tongue::choose(LanguageSource::Visitor, &self.facts, self.site.language).language;
        notice
            .reply(&self.host, self.view.kind.media, &self.facts, language)
            .into()
    }

    /// What needs no place in the KV.
    fn at_once(&self, drawn: Drawn) -> Step {
        match drawn {
            Drawn::Text(text) => {
                let validator = Validator::of_bytes(text.as_bytes());
                self.whole(Bytes::from(text), &validator, &self.policy(&[])).into()
            }
            Drawn::Elsewhere(status, path) => {
                let to = format!("{path}{}", self.facts.query.as_asked());
                Reply::elsewhere(status, &to, &self.policy(&[]), &self.facts).into()
            }
            Drawn::Refused(status, why) => error_page::problem(status, why, self.view.kind.media, &self.facts).into(),
            Drawn::Missing => self.missing(),
            Drawn::OverBudget => self.unrendered(),
        }
    }

    fn picture(&self, record: &Record) -> Step {
        match body::decode::<AssetBody>(&record.body) {
            Ok(asset) => {
                let validator = Validator::of_bytes(&asset.bytes);
                self.whole(Bytes::from(asset.bytes), &validator, &self.policy(&[]))
                    .into()
            }
            Err(_) => self.notice(ErrorPage::Unavailable),
        }
    }

    /// Only what is current: a page drawn from anything else would be outdated and not say so.
    fn itself(&self, record: Record) -> Step {
        if record.hash != self.current.hash {
            return self.notice(ErrorPage::Unavailable);
        }
        let validator = self.variant.validator(&record.hash);
        self.whole(Bytes::from(record.body), &validator, &self.policy(&[]))
            .into()
    }

    /// As it is, unless the visitor has it.
    fn whole(&self, bytes: Bytes, validator: &Validator, policy: &CachePolicy) -> Reply {
        match self.held(validator) {
            Some(encoding) => self.unmodified(validator, encoding),
            None => self.page(Encoding::Identity, bytes, validator, policy),
        }
    }

    fn page(&self, encoding: Encoding, bytes: Bytes, validator: &Validator, policy: &CachePolicy) -> Reply {
        let kind = self.view.kind;
        let mut response = reply::framed(&self.facts, bytes, kind.media, self.site.style.as_ref(), policy);
        let headers = response.headers_mut();
        encoding.write(headers);
        headers.insert(header::ETAG, validator.etag(encoding));
        if let Subject::Asset(asset) = &self.view.subject {
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static(asset.kind().media_type()),
            );
        }
        if kind.language != LanguageSource::None {
            let language = HeaderValue::from_static(self.chosen.language.tag());
            headers.insert(header::CONTENT_LANGUAGE, language);
        }
        if let Some(links) = kind.links {
            headers.insert(header::LINK, HeaderValue::from_static(links));
        }
        Reply::new(response)
    }

    /// In which encoding the visitor has what the validator names. Any will do: they say the same.
    fn held(&self, validator: &Validator) -> Option<Encoding> {
        let has = |encoding: &Encoding| validator::matches(&self.facts.conditions, &validator.etag(*encoding));
        let encodings = [
            self.facts.encoding,
            Encoding::Brotli,
            Encoding::Gzip,
            Encoding::Identity,
        ];
        encodings
            .into_iter()
            .filter(|_| !self.facts.conditions.is_empty())
            .find(has)
    }

    fn not_modified(&self, validator: &Validator, encoding: Encoding) -> Step {
        self.unmodified(validator, encoding).into()
    }

    fn unmodified(&self, validator: &Validator, encoding: Encoding) -> Reply {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        cache_policy::write(&self.policy(&[]), false, headers);
        headers.insert(header::VARY, HeaderValue::from_static(self.facts.vary));
        headers.insert(header::ETAG, validator.etag(encoding));
        if self.view.kind.media.read_by_all {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        }
        Reply::new(response)
    }

    fn is_current(&self, finished: &Finished) -> bool {
        finished.validator == self.variant.validator(&self.current.hash)
    }

    fn is_too_large(&self) -> bool {
        self.may_wait() && self.current.outline.components > RENDER_COMPONENTS_PER_VISIT_MAX
    }

    /// Whether the skeleton may stand in for what is not read yet. It asks until the page is there, so there must surely be
    /// one; and a program waits for its document.
    fn may_wait(&self) -> bool {
        self.view.kind.has_skeleton() && self.view.subject == Subject::Whole
    }

    fn fuel(&self) -> Option<u64> {
        self.view.kind.has_skeleton().then_some(RENDER_FUEL_PER_VISIT)
    }

    /// An event from the archive is found anew each time, so a finished one would save nothing.
    fn html_key(&self) -> Option<Key> {
        let wanders = self.trail.len() > 1;
        self.variant
            .key(&self.host, &self.current.audience)
            .filter(|_| !wanders)
    }

    fn policy(&self, also: &[Key]) -> CachePolicy {
        if self.current.audience != AudienceId::public() {
            return CachePolicy::Never;
        }
        let keys = self.dependencies(also);
        let freshness = self.view.kind.freshness;
        match self.silence.delayed_since_ms {
            None => CachePolicy::Public {
                freshness,
                fresh_s: self.silence.fresh_s,
                keys,
            },
            Some(_) => CachePolicy::Public {
                freshness,
                fresh_s: DELAYED_FRESH_S,
                keys: [keys, vec![Key::Cursor]].concat(),
            },
        }
    }

    fn passing(&self) -> CachePolicy {
        match self.policy(self.html_key().as_slice()) {
            CachePolicy::Public { keys, .. } => CachePolicy::Passing { fresh_s: 1, keys },
            policy => policy,
        }
    }

    /// The keys whose writing ends a reply made from them.
    fn dependencies(&self, also: &[Key]) -> Vec<Key> {
        let own = [Key::Site(self.host.clone())];
        own.iter().chain(&self.trail).chain(also).cloned().collect()
    }
}

impl Staleness {
    /// For what does not speak of it: only a write ends its freshness.
    const UNTOLD: Self = Self {
        delayed_since_ms: None,
        fresh_s: UNTOLD_FRESH_S,
    };
}

/// A delayed page ends with the next word from the origin; where that write is not seen, after this time.
const DELAYED_FRESH_S: u64 = 5;
/// As long as the write of a key is surely seen.
const UNTOLD_FRESH_S: u64 = 3_600;
