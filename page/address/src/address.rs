//! One request's address: what of it decides which reply it gets.

use http::{HeaderMap, Method, Uri, header::AUTHORIZATION};
use page_model::Host;

use crate::{
    authority,
    capability::{self, CAPABILITY},
    cookie,
    negotiation::Negotiation,
    query::Query,
    routes::{ErrorFormat, Route, Shared},
};

/// Where a request goes, and what was negotiated. Equal addresses get equal replies, whatever else their requests say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    pub host: Host,
    /// As it was sent: no encoding is undone.
    pub path: String,
    /// The secret of a link, which stood before the path.
    pub capability: Option<String>,
    /// Only what the route declares; all of it where the route is not known here.
    pub query: Query,
    pub negotiation: Negotiation,
    shared_by: SharedBy,
}

/// Who may get the same reply, as far as the request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum SharedBy {
    Everybody,
    /// Who sees the same as the visitor, by the session that their cookie brings.
    AudienceSet,
    /// It changes something, or says in another way who the visitor is.
    Nobody,
}

/// Why a request has no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unaddressed {
    BadHost,
    /// The host is valid, but no page can have it, as `[::1]`.
    NoPage,
    /// `*`, or a target without a path.
    NoPath,
}

impl Address {
    pub fn parse(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Self, Unaddressed> {
        let authority = authority::authority(uri, headers).map_err(|_| Unaddressed::BadHost)?;
        let path = uri.path();
        let (capability, path) = match capability::split(path) {
            Some((secret, path)) => (Some(secret.to_owned()), path),
            None => (None, path),
        };
        if !path.starts_with('/') {
            return Err(Unaddressed::NoPath);
        }
        let route = Route::of(path);
        let query = match &route {
            Some((route, _)) => Query::declared(uri.query(), route.parameters),
            None => Query::whole(uri.query()),
        };
        let mut negotiation = Negotiation::of(headers);
        // The address has decided; what the browser prefers no longer matters.
        negotiation.language = negotiation.language.filter(|_| query.language().is_none());
        let host = Host::of_authority(authority.as_str()).map_err(|_| Unaddressed::NoPage)?;
        Ok(Self {
            shared_by: match (&capability, &route) {
                (Some(_), _) => SharedBy::Nobody,
                (None, Some((route, _))) => SharedBy::of(method, &host, headers, route.shared),
                (None, None) => SharedBy::of(method, &host, headers, Shared::WithoutSession),
            },
            host,
            capability,
            path: path.to_owned(),
            query,
            negotiation,
        })
    }

    /// The key under which a cache may hold the reply for everybody; `None` where it must ask each time: the request changes
    /// something, says who the visitor is, or is longer than any page's.
    pub fn cache_key(&self) -> Option<Vec<u8>> {
        self.key().filter(|_| self.shared_by == SharedBy::Everybody)
    }

    /// The key under which a cache may hold the replies to those who bring a session, for each audience set its own.
    pub fn cache_key_of_sessions(&self) -> Option<Vec<u8>> {
        self.key().filter(|_| self.shared_by == SharedBy::AudienceSet)
    }

    fn key(&self) -> Option<Vec<u8>> {
        let (host, path) = (self.host.as_str(), self.path.as_str());
        let query = self.query.text().unwrap_or_default();
        let mut key = Vec::with_capacity(KEY_HEAD_BYTES + host.len() + path.len() + query.len());
        key.extend(self.negotiation.key());
        // No host contains a slash, every path begins with one, and none contains a question mark.
        key.extend(host.bytes().chain(path.bytes()));
        if self.query.text().is_some() {
            key.push(b'?');
            key.extend(query.bytes());
        }
        Some(key).filter(|key| key.len() <= CACHE_KEY_BYTES_MAX)
    }

    /// Path and query, as a request for this address has them.
    pub fn target(&self) -> String {
        match &self.capability {
            Some(secret) => [CAPABILITY, secret, &self.path, &self.query.suffix()].concat(),
            None => format!("{}{}", self.path, self.query.suffix()),
        }
    }

    /// The same for another path of this host, to which a redirect leads: it takes along what is declared there.
    pub fn target_at(&self, path: &str) -> String {
        let declared = Route::of(path).map_or(&[][..], |(route, _)| route.parameters);
        format!("{path}{}", self.query.only(declared).suffix())
    }

    pub fn error_format(&self) -> ErrorFormat {
        ErrorFormat::of(&self.path)
    }
}

/// The method only reads.
fn is_read(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

impl SharedBy {
    /// Cookies of others say to them who the visitor is, not to us.
    fn of(method: &Method, host: &Host, headers: &HeaderMap, shared: Shared) -> Self {
        if shared == Shared::Never || !is_read(method) || headers.contains_key(AUTHORIZATION) {
            return Self::Nobody;
        }
        match (cookie::is_brought(host, headers), shared) {
            (false, _) => Self::Everybody,
            (true, Shared::BySet) => Self::AudienceSet,
            (true, _) => Self::Nobody,
        }
    }
}

/// Longer requests go past the cache: no page links to such an address.
const CACHE_KEY_BYTES_MAX: usize = 1_000;
/// The negotiation and the question mark.
const KEY_HEAD_BYTES: usize = 3;

#[cfg(test)]
mod tests {
    use http::Request;
    use proptest::prelude::*;

    use super::*;
    use crate::routes::{CALLBACK, PLATFORM_TOKEN, PROVIDER, TABLE};

    fn address(uri: &str, headers: &[(&str, &str)]) -> Result<Address, Unaddressed> {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).expect("a request").into_parts();
        Address::parse(&head.method, &head.uri, &head.headers)
    }

    fn at_a_host(uri: &str, headers: &[(&str, &str)]) -> Option<Address> {
        let headers = [&[("host", "a.example")], headers].concat();
        address(uri, &headers).ok()
    }

    fn key(uri: &str, headers: &[(&str, &str)]) -> Option<Vec<u8>> {
        at_a_host(uri, headers)?.cache_key()
    }

    fn key_of_sessions(uri: &str, headers: &[(&str, &str)]) -> Option<Vec<u8>> {
        at_a_host(uri, headers)?.cache_key_of_sessions()
    }

    #[test]
    fn only_what_names_nobody_has_a_key() {
        assert!(key("/", &[]).is_some());
        assert!(key("/", &[("cookie", "a=b; __host-pharos=c")]).is_some());
        assert!(key("/", &[("cookie", "__Host-pharos-session=c")]).is_none());
        assert!(key("/", &[("cookie", "a=b"), ("cookie", "c=d;  __Host-pharos-session=e")]).is_none());
        assert!(key("/", &[("authorization", "Bearer x")]).is_none());
        assert!(key("/.pharos/c/secret/badge.svg", &[]).is_none());
        for path in [PROVIDER, CALLBACK, PLATFORM_TOKEN] {
            assert!(key(path, &[]).is_none(), "{path}");
        }
        assert!(key(&format!("/{}", "a".repeat(CACHE_KEY_BYTES_MAX)), &[]).is_none());
        let post = Request::post("http://a.example/").body(()).expect("a request");
        let post = Address::parse(post.method(), post.uri(), post.headers()).expect("an address");
        assert_eq!(post.cache_key(), None);
    }

    #[test]
    fn only_what_brings_a_session_and_nothing_else_has_a_key_of_sessions() {
        let session = ("cookie", "__Host-pharos-session=c");
        let of_all = key("/history?lang=de", &[]);
        assert!(of_all.is_some());
        assert_eq!(key_of_sessions("/history?lang=de", &[session]), of_all);
        assert_eq!(key_of_sessions("/history", &[]), None);
        assert_eq!(
            key_of_sessions("/history", &[session, ("authorization", "Bearer x")]),
            None
        );
        for path in ["/.pharos/session", "/.pharos/sign-in", "/nothing/there"] {
            assert_eq!(key_of_sessions(path, &[session]), None, "{path}");
            assert_eq!(key(path, &[session]), None, "{path}");
        }
    }

    /// Where one signs in and out is no part of a page, and nobody else's.
    #[test]
    fn only_addresses_of_a_page_are_shared_within_a_set() {
        for route in TABLE {
            let is_ours = route.pattern.starts_with("/.pharos/");
            assert_eq!(route.shared == Shared::BySet, !is_ours, "{}", route.pattern);
        }
    }

    #[test]
    fn what_has_no_address_says_why() {
        for (uri, host, why) in [
            ("/", "a b", Unaddressed::BadHost),
            ("/", "[::1]", Unaddressed::NoPage),
            ("/", "a_b.example", Unaddressed::NoPage),
            ("*", "a.example", Unaddressed::NoPath),
        ] {
            assert_eq!(address(uri, &[("host", host)]), Err(why), "{uri} {host}");
        }
    }

    #[test]
    fn keys_differ_by_what_shapes_the_reply() {
        let keys = [
            key("/", &[]),
            key("/a", &[]),
            key("/a?b", &[]),
            key("/a?", &[]),
            key("/?lang=de", &[]),
            key("/search?q=a", &[]),
            key("/search?q=b", &[]),
            key("http://b.example/", &[]),
            key("/", &[("accept-encoding", "br")]),
            key("/", &[("accept-encoding", "gzip")]),
            key("/", &[("accept-language", "de")]),
            key("/", &[("accept-language", "fr")]),
            key("/", &[("accept", "text/markdown")]),
        ];
        for (at, key) in keys.iter().enumerate() {
            assert!(key.is_some() && !keys[..at].contains(key), "{at}: {key:?}");
        }
    }

    /// Requests for one reply: each part in one of its spellings.
    fn spelled(host: usize, query: usize, noise: usize, order: bool) -> Address {
        const HOSTS: [&str; 5] = ["a.example", "A.Example", "a.example.", "a.example:81", "a.EXAMPLE.:"];
        const QUERIES: [&str; 5] = [
            "q=a%20b&lang=de",
            "lang=de&q=a+b",
            "utm_source=x&lang=de&q=%61+b&fbclid=1",
            "lang=de&lang=fr&q=a+b&q=c",
            "q&lang&q=a+b&lang=de",
        ];
        const NOISE: [(&str, &str); 5] = [
            ("Cookie", "session=1; theme=dark"),
            ("X-Forwarded-Host", "evil.example"),
            ("Referer", "https://b.example/"),
            ("Accept-Language", "fr, ja"),
            ("Range", "bytes=0-1"),
        ];
        let noise = [
            NOISE[noise],
            ("ACCEPT", "TEXT/Markdown"),
            ("accept-Encoding", "GZIP;Q=0.5, BR"),
        ];
        let uri = format!("/search?{}", QUERIES[query]);
        let mut headers = [("host", HOSTS[host])].into_iter().chain(noise).collect::<Vec<_>>();
        if order {
            headers.reverse();
        }
        address(&uri, &headers).expect("an address")
    }

    proptest! {
        #[test]
        fn what_does_not_shape_a_reply_is_not_in_its_key(
            host in 0..5_usize, query in 0..5_usize, noise in 0..5_usize, order in any::<bool>()
        ) {
            let (plain, spelled) = (spelled(0, 0, 1, false), spelled(host, query, noise, order));
            prop_assert!(plain.cache_key().is_some());
            prop_assert_eq!(plain.cache_key(), spelled.cache_key());
            prop_assert_eq!(plain, spelled);
        }

        #[test]
        fn an_address_is_asked_for_as_it_was_parsed(
            path in "/(search|embed|x|history/|\\.pharos/put|\\.pharos/c/|%2e){0,2}",
            query in "(\\?(q|lang|utm|=|&|%4|%41|de|\\+|/|\\?){0,12})?",
            languages in "(de|fr|tlh|\\*|;q=0\\.[0-9]|,| ){0,6}",
            encodings in "(br|gzip|identity|\\*|;q=0\\.[0-9]|,| ){0,6}",
        ) {
            let headers = [("host", "A.example:1"), ("accept-language", &*languages), ("accept-encoding", &*encodings)];
            let first = address(&format!("{path}{query}"), &headers).expect("an address");
            let mut headers = HeaderMap::new();
            first.negotiation.write(&mut headers);
            let uri = format!("http://{}{}", first.host, first.target()).parse().expect("a URI");
            let again = Address::parse(&Method::GET, &uri, &headers).expect("an address");
            prop_assert_eq!(first.cache_key(), again.cache_key());
            prop_assert_eq!(first, again);
        }
    }
}
