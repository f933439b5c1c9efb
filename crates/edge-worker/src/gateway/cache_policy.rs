//! The only place that writes caching headers.

use http::{HeaderMap, HeaderValue, header};
use page_model::Key;

/// How long a reply may be reused, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CachePolicy {
    /// A page that everybody may see. The edge's own response cache keeps it for `fresh_s` or until one of `keys` is
    /// written, whichever comes first.
    Public { fresh_s: u64, keys: Vec<Key> },
    /// Right for this moment only, such as the skeleton: the edge keeps it for `fresh_s` so that a crowd costs one
    /// render; browsers ask again each time.
    Passing { fresh_s: u64, keys: Vec<Key> },
    /// Not cacheable by anybody.
    Never,
}

/// Browsers show what they have at once and look for news behind it; an error at the edge leaves them the old page.
const PUBLIC: &str = "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400";
const PASSING: &str = "no-cache";
const NEVER: &str = "no-store";

/// `surrogate` says whether the request came through a surrogate that announced itself (Edge Architecture
/// Specification 1.0, `Surrogate-Capability`); only then do its headers have a reader.
pub fn write(policy: &CachePolicy, surrogate: bool, headers: &mut HeaderMap) {
    let (visitor, kept) = match policy {
        CachePolicy::Public { fresh_s, keys } => (PUBLIC, Some((fresh_s, keys))),
        CachePolicy::Passing { fresh_s, keys } => (PASSING, Some((fresh_s, keys))),
        CachePolicy::Never => (NEVER, None),
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(visitor));
    if let Some((fresh_s, keys)) = kept.filter(|_| surrogate) {
        insert(headers, "surrogate-control", &format!("max-age={fresh_s}"));
        let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
        insert(headers, "surrogate-key", &keys.join(" "));
    }
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
