//! Which host a request names (RFC 9110, section 7.2; RFC 9112, section 3.2).

use http::{
    HeaderMap, Version,
    header::HOST,
    uri::{Authority, Uri},
};

/// The request names no host, two, or something that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadHost;

/// What only a server knows that has the request as it came over the wire: HTTP/1.1 has exactly one `host`, whatever its
/// target says.
pub fn check_wire(version: Version, headers: &HeaderMap) -> Result<(), BadHost> {
    match version {
        Version::HTTP_11 if !headers.contains_key(HOST) => Err(BadHost),
        _ => Ok(()),
    }
}

/// The one authority that the request names. The target's own comes before `host`: in absolute form a server ignores that
/// header, in HTTP/2 `:authority` stands for it.
pub fn authority(uri: &Uri, headers: &HeaderMap) -> Result<Authority, BadHost> {
    let mut hosts = headers.get_all(HOST).iter();
    let (header, second) = (hosts.next(), hosts.next());
    if second.is_some() {
        return Err(BadHost);
    }
    let header = header.map(|host| parsed(host.as_bytes())).transpose()?;
    match uri.authority() {
        Some(authority) => parsed(authority.as_str().as_bytes()),
        None => header.ok_or(BadHost),
    }
}

/// An empty port is legal and says nothing (RFC 3986, section 3.2.3).
fn parsed(text: &[u8]) -> Result<Authority, BadHost> {
    let text = text.strip_suffix(b":").unwrap_or(text);
    let authority = Authority::try_from(text).map_err(|_| BadHost)?;
    let has_port = authority.as_str().len() > authority.host().len();
    let is_plain = !authority.as_str().contains('@') && !authority.host().is_empty();
    match is_plain && (!has_port || authority.port_u16().is_some()) {
        true => Ok(authority),
        false => Err(BadHost),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Request};

    use super::*;

    fn named(uri: &str, hosts: &[&str]) -> Option<String> {
        let uri: Uri = uri.parse().expect("a URI");
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_str(host).expect("a header value"));
        }
        authority(&uri, &headers).ok().map(|authority| authority.to_string())
    }

    #[test]
    fn a_request_names_one_valid_host() {
        for (uri, host, expected) in [
            ("/", "a.example", "a.example"),
            ("/", "a.example:8080", "a.example:8080"),
            ("/", "a.example:", "a.example"),
            ("/", "[::1]:80", "[::1]:80"),
            ("http://a.example/", "a.example", "a.example"),
            ("http://a.example:/", "a.example", "a.example"),
            ("http://a.example/", "b.example", "a.example"),
        ] {
            assert_eq!(named(uri, &[host]).as_deref(), Some(expected), "{uri} {host}");
        }
        for host in [
            "",
            ":",
            "a b",
            "user@a.example",
            "a.example:x",
            "a/b",
            "a.example:99999",
            ":80",
            "a.example::",
        ] {
            assert_eq!(named("/", &[host]), None, "{host:?}");
            assert_eq!(named("http://a.example/", &[host]), None, "{host:?}");
        }
        assert_eq!(named("/", &[]), None);
        assert_eq!(named("http://a.example/", &[]).as_deref(), Some("a.example"));
        for uri in ["/", "http://a.example/"] {
            assert_eq!(named(uri, &["a.example", "a.example"]), None, "{uri}");
        }
    }

    #[test]
    fn http_1_1_has_a_host() {
        let with = Request::get("/").header(HOST, "a.example").body(()).expect("a request");
        let without = Request::get("http://a.example/").body(()).expect("a request");
        assert_eq!(check_wire(Version::HTTP_11, with.headers()), Ok(()));
        assert_eq!(check_wire(Version::HTTP_11, without.headers()), Err(BadHost));
        assert_eq!(check_wire(Version::HTTP_10, without.headers()), Ok(()));
        assert_eq!(check_wire(Version::HTTP_2, without.headers()), Ok(()));
    }
}
