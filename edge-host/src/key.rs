//! Under which key the response cache holds the answer to a request, if it may hold it at all.

use http::{
    HeaderMap, Method, Request,
    header::{AUTHORIZATION, COOKIE, HOST},
    request::Parts,
    uri::{Authority, Uri},
};

use crate::{encoding::Encodings, wishes};

/// Encodings, wishes, host and path, one after the other. No host contains a slash and every path begins with one, so two
/// requests never share a key by accident.
#[derive(Clone)]
pub struct CacheKey {
    bytes: [u8; KEY_BYTES_MAX],
    len: usize,
}

impl CacheKey {
    /// `None` for what must not come from the cache: a request that may say who the visitor is, or that has a query.
    pub fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Self> {
        let is_shareable = (method == Method::GET || method == Method::HEAD)
            && uri.query().is_none()
            && !headers.contains_key(COOKIE)
            && !headers.contains_key(AUTHORIZATION);
        if !is_shareable || !uri.path().starts_with('/') {
            return None;
        }
        let mut key = Self {
            bytes: [0; KEY_BYTES_MAX],
            len: 0,
        };
        key.push(&[Encodings::of(headers).class(), wishes::class(wishes::of(headers))])?;
        key.push(host(uri, headers)?)?;
        key.push(uri.path().as_bytes())?;
        Some(key)
    }

    pub fn of_request<B>(request: &Request<B>) -> Option<Self> {
        Self::of(request.method(), request.uri(), request.headers())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn push(&mut self, part: &[u8]) -> Option<()> {
        let end = self.len + part.len();
        self.bytes.get_mut(self.len..end)?.copy_from_slice(part);
        self.len = end;
        Some(())
    }
}

/// The host that a request is for, checked: what reaches the guest, and so the cache, has passed here.
pub fn authority(parts: &Parts) -> Option<Authority> {
    let authority = Authority::try_from(host(&parts.uri, &parts.headers)?).ok()?;
    let has_port = authority.as_str().len() > authority.host().len();
    let is_plain = !authority.as_str().contains('@') && !authority.host().is_empty();
    (is_plain && (!has_port || authority.port_u16().is_some())).then_some(authority)
}

/// The one host that the request names; `None` if it names none or two different ones.
fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a [u8]> {
    let mut hosts = headers.get_all(HOST).iter().map(|value| value.as_bytes());
    let (header, second) = (hosts.next(), hosts.next());
    let target = uri.authority().map(|authority| authority.as_str().as_bytes());
    match (target, header, second) {
        (Some(host), None, None) | (None, Some(host), None) => Some(host),
        (Some(target), Some(header), None) if target == header => Some(target),
        _ => None,
    }
}

/// Longer requests go past the cache: no page has such an address.
const KEY_BYTES_MAX: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn key(uri: &str, headers: &[(&str, &str)]) -> Option<Vec<u8>> {
        let parts = parts(uri, headers);
        CacheKey::of(&parts.method, &parts.uri, &parts.headers).map(|key| key.as_bytes().to_vec())
    }

    #[test]
    fn only_what_names_nobody_has_a_key() {
        assert!(key("/", &[("host", "a.example")]).is_some());
        assert!(key("/", &[("host", "a.example"), ("cookie", "a=b")]).is_none());
        assert!(key("/", &[("host", "a.example"), ("authorization", "Bearer x")]).is_none());
        assert!(key("/?a", &[("host", "a.example")]).is_none());
        assert!(key("/?", &[("host", "a.example")]).is_none());
        assert!(key("/", &[]).is_none());
        assert!(key(&format!("/{}", "a".repeat(KEY_BYTES_MAX)), &[("host", "a.example")]).is_none());
        let post = Request::post("/").header("host", "a.example").body(()).unwrap();
        assert!(CacheKey::of_request(&post).is_none());
    }

    #[test]
    fn keys_differ_by_host_path_encodings_and_wishes() {
        let keys = [
            key("/", &[("host", "a.example")]),
            key("/a", &[("host", "a.example")]),
            key("/", &[("host", "b.example")]),
            key("/", &[("host", "a.example:80")]),
            key("/", &[("host", "a.example"), ("accept-encoding", "br")]),
            key("/", &[("host", "a.example"), ("accept-language", "de")]),
            key("/", &[("host", "a.example"), ("accept-language", "fr")]),
            key("/", &[("host", "a.example"), ("accept", "text/markdown")]),
        ];
        for (at, key) in keys.iter().enumerate() {
            assert!(key.is_some() && !keys[..at].contains(key), "{key:?}");
        }
        assert_eq!(key("http://a.example/x", &[]), key("/x", &[("host", "a.example")]));
        let german = |list| key("/", &[("host", "a.example"), ("accept-language", list)]);
        assert_eq!(german("de"), german("de-AT, en;q=0.3"), "equal wishes share");
    }

    #[test]
    fn a_request_names_one_valid_host() {
        let valid = [
            ("/", "a.example"),
            ("/", "a.example:8080"),
            ("/", "[::1]:80"),
            ("http://a.example/", "a.example"),
        ];
        for (uri, host) in valid {
            assert_eq!(authority(&parts(uri, &[("host", host)])).unwrap(), host);
        }
        for host in [
            "",
            "a b",
            "user@a.example",
            "a.example:",
            "a.example:x",
            "a/b",
            "a.example:99999",
            ":80",
        ] {
            assert_eq!(authority(&parts("/", &[("host", host)])), None, "{host:?}");
        }
        assert_eq!(authority(&parts("/", &[])), None);
        assert_eq!(
            authority(&parts("/", &[("host", "a.example"), ("host", "a.example")])),
            None
        );
        assert_eq!(authority(&parts("http://a.example/", &[("host", "b.example")])), None);
    }
}
