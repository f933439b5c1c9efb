//! The response cache: finished replies in memory, in front of the guest.
//!
//! It is exact: a reply is served only while no KV key that it depends on has been written since the guest began it.
//! Nobody has to find and remove what a write outdates, so nobody can forget to. Replies that have ended stay until their
//! place is needed, as the last good page for when the guest fails.

pub mod admissions;
pub mod collapse;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use edge_guest::Reply;
use edge_kv::{Dependence, Writes};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use moka::sync::Cache;
use page_address::cache_policy::{SURROGATE_CONTROL, SURROGATE_KEY, WITHIN, WITHIN_KEYS};

use crate::limits::{CACHE_BYTES_MAX, CACHED_REPLY_BYTES_MAX, LAST_GOOD_MAX, STALE_MAX};

pub struct ResponseCache {
    replies: Cache<Arc<[u8]>, Arc<Cached>>,
    writes: Arc<Writes>,
}

/// A reply that may be served to every visitor who asks with the same key.
pub struct Cached {
    pub reply: Reply,
    made: Instant,
    ends: Instant,
    stale_until: Instant,
    dependence: Dependence,
}

impl ResponseCache {
    pub fn new(writes: Arc<Writes>) -> Self {
        let replies = Cache::builder()
            .max_capacity(CACHE_BYTES_MAX)
            .weigher(|key: &Arc<[u8]>, cached: &Arc<Cached>| weight(key, cached))
            .build();
        Self { replies, writes }
    }

    /// The reply under the key, if it is still true.
    pub fn current(&self, key: &[u8]) -> Option<Arc<Cached>> {
        self.replies.get(key).filter(|cached| self.is_current(cached))
    }

    /// The newest reply under the key, true or not, for when the guest cannot make a new one; nothing that was taken back.
    pub fn last_good(&self, key: &[u8]) -> Option<Arc<Cached>> {
        self.replies
            .get(key)
            .filter(|cached| cached.made.elapsed() < LAST_GOOD_MAX && self.writes.are_open(&cached.dependence))
    }

    pub fn is_current(&self, cached: &Cached) -> bool {
        self.writes.are_older(&cached.dependence) && Instant::now() < cached.ends
    }

    /// The reply under the key whose time is over and that browsers may show for a moment longer. What a write has ended is
    /// never shown so.
    pub fn stale(&self, key: &[u8]) -> Option<Arc<Cached>> {
        let is_stale =
            |cached: &Arc<Cached>| self.writes.are_older(&cached.dependence) && Instant::now() < cached.stale_until;
        self.replies.get(key).filter(is_stale)
    }

    /// Keeps a reply unless it has ended while the guest made it.
    pub fn keep(&self, key: &[u8], cached: &Arc<Cached>) {
        if self.is_current(cached) && cached.reply.body.len() <= CACHED_REPLY_BYTES_MAX {
            self.replies.insert(key.into(), Arc::clone(cached));
        }
    }

    /// Drops also the last good page: what the guest no longer calls cacheable may have become private.
    pub fn forget(&self, key: &[u8]) {
        self.replies.invalidate(key);
    }

    pub fn bytes(&self) -> u64 {
        self.replies.run_pending_tasks();
        self.replies.weighted_size()
    }

    pub fn entries(&self) -> u64 {
        self.replies.entry_count()
    }
}

impl Cached {
    /// A reply that the guest began at the moment `since` and that lives for `lifetime`.
    pub fn new(reply: Reply, lifetime: Duration, since: u64) -> Self {
        let keys = [SURROGATE_KEY, WITHIN_KEYS].map(|name| reply.headers.get_all(name).into_iter());
        let keys = keys.into_iter().flatten().filter_map(|value| value.to_str().ok());
        let dependence = Writes::dependence(since, keys.flat_map(str::split_ascii_whitespace));
        let ends = Instant::now() + lifetime;
        Self {
            stale_until: ends + stale_for(&reply),
            reply: for_visitors(reply),
            made: ends - lifetime,
            ends,
            dependence,
        }
    }
}

/// Without what only this host should hear, and with its length, so that nobody counts it again.
pub fn for_visitors(mut reply: Reply) -> Reply {
    for name in [
        SURROGATE_CONTROL,
        SURROGATE_KEY,
        WITHIN,
        WITHIN_KEYS,
        header::TRANSFER_ENCODING,
        header::CONNECTION,
    ] {
        reply.headers.remove(name);
    }
    if reply.status != StatusCode::NOT_MODIFIED && reply.status != StatusCode::NO_CONTENT {
        reply
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(reply.body.len()));
    }
    reply
}

/// How long a reply may be served to everybody, or `None` if it must not be. Fails closed: a reply that sets a cookie or calls
/// itself private is not shared even if it asks for it.
pub fn lifetime(reply: &Reply) -> Option<Duration> {
    let headers = &reply.headers;
    let is_private = has_directive(headers, header::CACHE_CONTROL, "private");
    let seconds = directives(headers, SURROGATE_CONTROL).find_map(|text| text.strip_prefix("max-age=")?.parse().ok());
    seconds.filter(|_| !is_private && may_be_kept(reply)).and_then(lasting)
}

/// As `stale-while-revalidate` of RFC 5861 says.
fn stale_for(reply: &Reply) -> Duration {
    let mut seconds = directives(&reply.headers, header::CACHE_CONTROL)
        .filter_map(|text| text.strip_prefix("stale-while-revalidate=")?.parse().ok());
    seconds
        .next()
        .map_or(Duration::ZERO, Duration::from_secs)
        .min(STALE_MAX)
}

/// Whether it is a whole answer that holds nothing of one visitor's.
pub fn may_be_kept(reply: &Reply) -> bool {
    let headers = &reply.headers;
    !reply.status.is_server_error()
        && !UNCACHEABLE.contains(&reply.status)
        && !headers.contains_key(header::SET_COOKIE)
        && !has_directive(headers, header::CACHE_CONTROL, "no-store")
}

pub fn lasting(seconds: u64) -> Option<Duration> {
    (1..=LIFETIME_SECONDS_MAX)
        .contains(&seconds)
        .then(|| Duration::from_secs(seconds))
}

fn has_directive(headers: &HeaderMap, name: HeaderName, directive: &str) -> bool {
    directives(headers, name).any(|text| {
        text.split('=')
            .next()
            .is_some_and(|it| it.eq_ignore_ascii_case(directive))
    })
}

fn directives(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

fn weight(key: &[u8], cached: &Cached) -> u32 {
    let headers: usize = cached
        .reply
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 64)
        .sum();
    let bytes = key.len() + headers + cached.reply.body.len() + ENTRY_OVERHEAD_BYTES;
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Replies that are no whole answer.
const UNCACHEABLE: [StatusCode; 2] = [StatusCode::NOT_MODIFIED, StatusCode::PARTIAL_CONTENT];
/// A year; what asks for longer asks for nonsense.
const LIFETIME_SECONDS_MAX: u64 = 365 * 24 * 3600;
/// The cache's own bookkeeping, roughly.
const ENTRY_OVERHEAD_BYTES: usize = 512;

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;

    fn reply(headers: &[(&'static str, &'static str)]) -> Reply {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        Reply {
            status: StatusCode::OK,
            headers: headers.collect(),
            body: Bytes::from_static(b"body"),
        }
    }

    #[test]
    fn caches_only_what_surrogate_control_allows() {
        let control = |value| ("surrogate-control", value);
        assert_eq!(
            lifetime(&reply(&[control("max-age=60")])),
            Some(Duration::from_secs(60))
        );
        assert_eq!(
            lifetime(&reply(&[control("content=\"x\", max-age=60")])),
            Some(Duration::from_secs(60))
        );
        assert!(lifetime(&reply(&[control("max-age=60"), ("cache-control", "public, max-age=0")])).is_some());
        for headers in [
            &[][..],
            &[control("max-age=0")],
            &[control("max-age=-1")],
            &[control("max-age=x")],
            &[control("max-age=99999999999")],
            &[control("no-store")],
            &[control("max-age=60"), ("set-cookie", "a=b")],
            &[control("max-age=60"), ("cache-control", "max-age=1, Private")],
            &[control("max-age=60"), ("cache-control", "no-store")],
            &[("cache-control", "public, max-age=60")],
        ] {
            assert_eq!(lifetime(&reply(headers)), None, "{headers:?}");
        }
        for status in [
            StatusCode::NOT_MODIFIED,
            StatusCode::PARTIAL_CONTENT,
            StatusCode::BAD_GATEWAY,
        ] {
            assert_eq!(
                lifetime(&Reply {
                    status,
                    ..reply(&[control("max-age=60")])
                }),
                None,
                "{status}"
            );
        }
    }

    #[test]
    fn expired_replies_stay_as_last_good_ones() {
        let cache = ResponseCache::new(Arc::new(Writes::default()));
        let made = Cached::new(reply(&[]), MINUTE, 0);
        let ended = Arc::new(Cached {
            ends: Instant::now() + Duration::from_millis(20),
            stale_until: Instant::now() + Duration::from_millis(20),
            ..made
        });
        cache.keep(b"k", &ended);
        assert!(cache.current(b"k").is_some());
        std::thread::sleep(Duration::from_millis(30));
        assert!(cache.current(b"k").is_none());
        assert!(cache.last_good(b"k").is_some());
        cache.forget(b"k");
        assert!(cache.last_good(b"k").is_none());
    }

    #[test]
    fn what_browsers_may_show_after_its_time_is_stale_until_it_is_written() {
        let writes = Arc::new(Writes::default());
        let cache = ResponseCache::new(Arc::clone(&writes));
        for (control, is_stale) in [
            (
                "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400",
                true,
            ),
            ("no-cache", false),
        ] {
            let reply = reply(&[("surrogate-key", "site/a"), ("cache-control", control)]);
            let made = Cached::new(reply, MINUTE, writes.now());
            assert!(made.stale_until <= made.ends + STALE_MAX);
            let lead = made.stale_until - made.ends;
            let ended = Arc::new(Cached {
                ends: Instant::now() + Duration::from_millis(20),
                stale_until: Instant::now() + Duration::from_millis(20) + lead,
                ..made
            });
            cache.keep(control.as_bytes(), &ended);
            std::thread::sleep(Duration::from_millis(30));
            assert!(cache.current(control.as_bytes()).is_none());
            assert_eq!(cache.stale(control.as_bytes()).is_some(), is_stale, "{control}");
        }
        writes.mark("site/a");
        assert!(
            cache
                .stale(b"public, max-age=5, stale-while-revalidate=30, stale-if-error=86400")
                .is_none()
        );
    }

    #[test]
    fn what_was_taken_back_is_no_last_good_one() {
        let writes = Arc::new(Writes::default());
        let cache = ResponseCache::new(Arc::clone(&writes));
        let of_site = reply(&[("surrogate-key", "site/a snapshot/p/public")]);
        cache.keep(b"k", &Arc::new(Cached::new(of_site, MINUTE, writes.now())));
        let moment = writes.mark("site/a");
        assert!(cache.current(b"k").is_none());
        assert!(cache.last_good(b"k").is_some());
        writes.close("site/a", moment);
        assert!(cache.last_good(b"k").is_none());
    }

    #[test]
    fn memory_is_bounded() {
        let cache = ResponseCache::new(Arc::new(Writes::default()));
        for at in 0..200_u32 {
            let mut large = reply(&[]);
            large.body = Bytes::from(vec![0; 1024 * 1024]);
            let large = Arc::new(Cached::new(large, MINUTE, 0));
            cache.keep(&at.to_be_bytes(), &large);
        }
        assert!(
            cache.bytes() <= CACHE_BYTES_MAX && cache.entries() > 10,
            "{} bytes",
            cache.bytes()
        );
    }

    /// What may happen between writers, guest calls and visitors, in any order.
    #[derive(Debug, Clone)]
    enum Event {
        /// A new value can be read, but its write is not acknowledged yet.
        Commit(usize),
        /// Its write is acknowledged.
        Acknowledge(usize),
        Begin(usize),
        Finish(usize),
        Visit(usize),
    }

    const MINUTE: Duration = Duration::from_secs(60);
    const KEYS: [&str; 3] = ["site/a", "site/b", "site/c"];

    fn event() -> impl Strategy<Value = Event> {
        let key = 0..KEYS.len();
        prop_oneof![
            key.clone().prop_map(Event::Commit),
            key.clone().prop_map(Event::Acknowledge),
            key.clone().prop_map(Event::Begin),
            (0..8_usize).prop_map(Event::Finish),
            key.prop_map(Event::Visit),
        ]
    }

    proptest! {
        #[test]
        fn no_visit_sees_less_than_was_acknowledged(events in proptest::collection::vec(event(), 1..120)) {
            let writes = Arc::new(Writes::default());
            let cache = ResponseCache::new(Arc::clone(&writes));
            let (mut readable, mut acknowledged) = ([0_u64; 3], [0_u64; 3]);
            let mut calls = Vec::new();
            for event in events {
                match event {
                    Event::Commit(key) => readable[key] += 1,
                    Event::Acknowledge(key) if acknowledged[key] < readable[key] => {
                        writes.mark(KEYS[key]);
                        acknowledged[key] = readable[key];
                    }
                    Event::Acknowledge(_) => {}
                    Event::Begin(key) => calls.push((key, writes.now(), readable[key])),
                    Event::Finish(at) if at < calls.len() => {
                        let (key, since, value) = calls.remove(at);
                        let mut reply = reply(&[]);
                        reply.headers.insert(SURROGATE_KEY, HeaderValue::from_static(KEYS[key]));
                        reply.body = Bytes::from(value.to_string());
                        let cached = Arc::new(Cached::new(reply, MINUTE, since));
                        cache.keep(KEYS[key].as_bytes(), &cached);
                    }
                    Event::Finish(_) => {}
                    Event::Visit(key) => if let Some(cached) = cache.current(KEYS[key].as_bytes()) {
                        let seen: u64 = std::str::from_utf8(&cached.reply.body).unwrap().parse().unwrap();
                        prop_assert!(seen >= acknowledged[key], "saw {seen} after {} was acknowledged", acknowledged[key]);
                    }
                }
            }
        }
    }
}
