//! The only place that writes caching headers, for the gateway and for the edge's host.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use page_model::{AudienceId, Key};

/// How long a reply may be reused, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CachePolicy {
    /// What everybody may see. The edge's own response cache keeps it for `fresh_s` or until one of `keys` is written,
    /// whichever comes first.
    Public {
        freshness: Freshness,
        fresh_s: u64,
        keys: Vec<Key>,
    },
    /// Right for this moment only, such as the skeleton: the edge keeps it for `fresh_s` or until one of `keys` is
    /// written, so that a crowd costs one render; browsers ask again each time.
    Passing { fresh_s: u64, keys: Vec<Key> },
    /// For those who were let in: a browser may keep it and asks each time whether it still holds. Nobody else keeps it, but
    /// the edge's own response cache for those who see the same.
    Personal(Option<Within>),
    /// Not cacheable by anybody.
    Never,
}

/// A reply to somebody with a session, which holds nothing of their own: all of their audience set get it alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within {
    pub set: AudienceId,
    /// How long the session is surely of this set, unless the site record is written.
    pub session_s: u64,
    /// As of what everybody may see.
    pub fresh_s: u64,
    pub keys: Vec<Key>,
}

/// How long visitors and the caches on their side may show what they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Browsers show what they have at once and look for news behind it; an error at the edge leaves them the old page.
    Page,
    /// Programs ask as often as they like and are told at once that nothing is new.
    Api,
    /// Feed readers ask every few minutes at most.
    Feed,
    /// Calendars ask every quarter of an hour, as `REFRESH-INTERVAL` says.
    Calendar,
    /// Image proxies keep what they fetch for this long.
    Picture,
    /// The banner's code; what it tells it asks by itself.
    Script,
    /// What hardly changes.
    Seldom,
    /// The address names the content.
    Forever,
}

/// As long as the write of a key is surely seen.
const UNTIL_WRITTEN_FRESH_S: u64 = 3_600;
const PASSING: &str = "no-cache";
const PERSONAL: &str = "private, no-cache";
const NEVER: &str = "no-store";

impl CachePolicy {
    /// For what is not there, or lies elsewhere, until one of the records is written that say so by what they are or by
    /// being absent.
    pub fn until_written(keys: Vec<Key>) -> Self {
        Self::Passing {
            fresh_s: UNTIL_WRITTEN_FRESH_S,
            keys,
        }
    }
}

impl Freshness {
    fn header(self) -> &'static str {
        match self {
            Self::Page => "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400",
            Self::Api => "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400",
            Self::Feed => "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400",
            Self::Calendar => "public, max-age=300, stale-while-revalidate=900, stale-if-error=86400",
            Self::Picture => "public, max-age=60, s-maxage=60, stale-while-revalidate=60, stale-if-error=86400",
            Self::Script => "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400",
            Self::Seldom => "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=86400",
            Self::Forever => "public, max-age=31536000, immutable",
        }
    }
}

/// `surrogate` says whether the request came through a surrogate that announced itself (Edge Architecture
/// Specification 1.0, `Surrogate-Capability`); only then do its headers have a reader.
pub fn write(policy: &CachePolicy, surrogate: bool, headers: &mut HeaderMap) {
    let (visitor, kept) = match policy {
        CachePolicy::Public {
            freshness,
            fresh_s,
            keys,
        } => (freshness.header(), Some((fresh_s, keys))),
        CachePolicy::Passing { fresh_s, keys } => (PASSING, Some((fresh_s, keys))),
        CachePolicy::Personal(_) => (PERSONAL, None),
        CachePolicy::Never => (NEVER, None),
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(visitor));
    if let Some((fresh_s, keys)) = kept.filter(|_| surrogate) {
        insert(headers, SURROGATE_CONTROL, &format!("max-age={fresh_s}"));
        insert(headers, SURROGATE_KEY, &listed(keys));
    }
    if let CachePolicy::Personal(Some(within)) = policy
        && surrogate
    {
        let Within {
            set,
            session_s,
            fresh_s,
            keys,
        } = within;
        insert(headers, WITHIN, &format!("{} {session_s} {fresh_s}", set.as_str()));
        insert(headers, WITHIN_KEYS, &listed(keys));
    }
}

fn listed(keys: &[Key]) -> String {
    let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
    keys.join(" ")
}

/// For a preflight, which browsers remember by a header of its own.
pub fn write_preflight(headers: &mut HeaderMap) {
    write(&CachePolicy::Never, false, headers);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
}

/// For the last good page: it is old, so nobody may keep it, nor take it for the current one later.
pub fn write_last_good(headers: &mut HeaderMap) {
    headers.remove(header::ETAG);
    write(&CachePolicy::Never, false, headers);
}

/// What of a reply's headers its 304 repeats: what guides caches (RFC 9110, section 15.4.5), and what browsers ask before
/// they hand a reply to a page of another site.
pub fn not_modified(reply: &HeaderMap) -> HeaderMap {
    let repeated = reply.iter().filter(|(name, _)| REPEATED.contains(name));
    repeated.map(|(name, value)| (name.clone(), value.clone())).collect()
}

const REPEATED: [HeaderName; 9] = [
    header::CACHE_CONTROL,
    header::CONTENT_LOCATION,
    header::DATE,
    header::ETAG,
    header::EXPIRES,
    header::VARY,
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
    CROSS_ORIGIN_RESOURCE_POLICY,
];

/// Where a surrogate announces itself, and the headers that are for it alone.
pub const SURROGATE_CAPABILITY: HeaderName = HeaderName::from_static("surrogate-capability");
pub const SURROGATE_CONTROL: HeaderName = HeaderName::from_static("surrogate-control");
pub const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");
/// Whose reply it is: an audience set, for how many seconds the visitor is surely of them, and for how many the reply is fresh;
/// then the keys that it depends on. For our own host alone: other surrogates would share what `surrogate-control` lets them.
pub const WITHIN: HeaderName = HeaderName::from_static("pharos-within");
pub const WITHIN_KEYS: HeaderName = HeaderName::from_static("pharos-within-keys");
pub const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_304_repeats_what_caches_and_browsers_need() {
        let mut reply = HeaderMap::new();
        for (name, value) in [
            ("cache-control", "public, max-age=10"),
            ("vary", "accept-encoding"),
            ("vary", "accept"),
            ("etag", "\"a\""),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("content-type", "application/json"),
            ("content-length", "4"),
            ("set-cookie", "a=b"),
        ] {
            reply.append(name, HeaderValue::from_static(value));
        }
        let repeated = not_modified(&reply);
        assert_eq!(repeated.get_all(header::VARY).iter().count(), 2);
        assert_eq!(repeated[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(repeated[header::ETAG], "\"a\"");
        for name in ["content-type", "content-length", "set-cookie"] {
            assert!(!repeated.contains_key(name), "{name}");
        }
    }

    #[test]
    fn nobody_keeps_the_last_good_page() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, HeaderValue::from_static("\"a\""));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=10"));
        write_last_good(&mut headers);
        assert_eq!(headers.len(), 1);
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    }
}
