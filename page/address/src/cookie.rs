//! The cookies of a visitor's browser: their session, and what ties a sign-in that is under way to the browser where it began.

use http::{HeaderMap, header::COOKIE};
use page_model::Host;

/// A session as it stands in a cookie, as text that nobody has looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionCookie {
    pub session: String,
    pub kept: Kept,
}

/// Until when a browser keeps the cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    UntilExpiry,
    /// On a computer that others use too.
    WhileBrowserIsOpen,
}

/// What a cookie is called at the host. Its prefix keeps other hosts of the domain, and everybody on the way, from
/// setting it (RFC 6265bis, section 4.1.3.2), and needs https. The names below `localhost` are this machine alone (RFC 6761,
/// section 6.3), where people try things out without.
fn name(host: &str, name: &'static str) -> &'static str {
    match is_this_machine(host) {
        true => name.strip_prefix(PREFIX).unwrap_or(name),
        false => name,
    }
}

/// Whether the request brings a session's cookie, of whatever content.
pub fn is_brought(host: &Host, headers: &HeaderMap) -> bool {
    values(host, headers, SESSION).next().is_some()
}

/// The session's cookie, where the request brings exactly one.
pub fn brought(host: &Host, headers: &HeaderMap) -> Option<SessionCookie> {
    let value = only(host, headers, SESSION)?;
    let (kept, session) = match value.strip_prefix(SHORT) {
        Some(session) => (Kept::WhileBrowserIsOpen, session),
        None => (Kept::UntilExpiry, value),
    };
    Some(SessionCookie {
        session: session.to_owned(),
        kept,
    })
}

/// The value of `cookie` that brings it.
pub fn bring(host: &Host, cookie: &SessionCookie) -> String {
    let (name, session) = (name(host.as_str(), SESSION), &cookie.session);
    match cookie.kept {
        Kept::UntilExpiry => format!("{name}={session}"),
        Kept::WhileBrowserIsOpen => format!("{name}={SHORT}{session}"),
    }
}

/// The value of `set-cookie` that keeps it for so many seconds.
pub fn set(host: &Host, cookie: &SessionCookie, seconds: u64) -> String {
    let (brought, attributes) = (bring(host, cookie), attributes(host.as_str()));
    match cookie.kept {
        Kept::UntilExpiry => format!("{brought}; Max-Age={seconds}; {attributes}"),
        Kept::WhileBrowserIsOpen => format!("{brought}; {attributes}"),
    }
}

/// The one that takes it away.
pub fn unset(host: &Host) -> String {
    kept(host, SESSION, "", 0)
}

/// What the origin gave the browser with a sign-in that is under way, where the request brings exactly one. Nobody but the
/// origin reads it.
pub fn brought_flow(host: &Host, headers: &HeaderMap) -> Option<String> {
    only(host, headers, FLOW).map(str::to_owned)
}

/// The value of `set-cookie` that keeps it as long as one may take.
pub fn set_flow(host: &Host, flow: &str) -> String {
    kept(host, FLOW, flow, FLOW_S_MAX)
}

pub fn unset_flow(host: &Host) -> String {
    kept(host, FLOW, "", 0)
}

fn kept(host: &Host, cookie: &'static str, value: &str, seconds: u64) -> String {
    let (name, attributes) = (name(host.as_str(), cookie), attributes(host.as_str()));
    format!("{name}={value}; Max-Age={seconds}; {attributes}")
}

fn only<'a>(host: &'a Host, headers: &'a HeaderMap, cookie: &'static str) -> Option<&'a str> {
    let mut values = values(host, headers, cookie);
    let value = values.next().filter(|_| values.next().is_none())?;
    std::str::from_utf8(value).ok()
}

fn values<'a>(host: &'a Host, headers: &'a HeaderMap, cookie: &'static str) -> impl Iterator<Item = &'a [u8]> {
    let name = name(host.as_str(), cookie).as_bytes();
    let lists = headers.get_all(COOKIE).iter().map(|value| value.as_bytes());
    lists
        .flat_map(|list| list.split(|byte| *byte == b';'))
        .map(<[u8]>::trim_ascii)
        .filter_map(move |cookie| cookie.strip_prefix(name)?.strip_prefix(b"="))
}

/// `Lax`: somebody who follows a link to the page is let in.
fn attributes(host: &str) -> &'static str {
    match is_this_machine(host) {
        true => "Path=/; HttpOnly; SameSite=Lax",
        false => "Path=/; Secure; HttpOnly; SameSite=Lax",
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

const PREFIX: &str = "__Host-";
const SESSION: &str = "__Host-pharos-session";
const FLOW: &str = "__Host-pharos-flow";
/// As long as what was sent to somebody counts.
const FLOW_S_MAX: u64 = 15 * 60;
/// Before a session that ends with the browser; no session begins with it.
const SHORT: char = '~';

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn host(name: &str) -> Host {
        Host::parse(name).expect("a host")
    }

    fn headers(cookies: &[&str]) -> HeaderMap {
        let values = cookies
            .iter()
            .map(|text| (COOKIE, HeaderValue::from_str(text).expect("a header")));
        values.collect()
    }

    #[test]
    fn what_is_set_is_brought_back() {
        for at in ["status.acme.com", "private.localhost"] {
            for kept in [Kept::UntilExpiry, Kept::WhileBrowserIsOpen] {
                let cookie = SessionCookie {
                    session: "abc.def".to_owned(),
                    kept,
                };
                let set = set(&host(at), &cookie, 60);
                let (pair, attributes) = set.split_once("; ").expect("attributes");
                let sent = headers(&[&format!("theme=dark; {pair}")]);
                assert_eq!(brought(&host(at), &sent), Some(cookie));
                assert_eq!(attributes.contains("Max-Age=60"), kept == Kept::UntilExpiry);
                assert_eq!(attributes.contains("Secure"), at == "status.acme.com");
                assert_eq!(pair.starts_with("__Host-"), at == "status.acme.com");
                assert!(attributes.contains("HttpOnly; SameSite=Lax") && attributes.contains("Path=/;"));
                assert!(!attributes.to_ascii_lowercase().contains("domain"));
            }
        }
    }

    #[test]
    fn a_sign_in_under_way_is_brought_back_beside_the_session() {
        for (at, name) in [
            ("status.acme.com", "__Host-pharos-flow=abc"),
            ("private.localhost", "pharos-flow=abc"),
        ] {
            let set = set_flow(&host(at), "abc");
            let (pair, attributes) = set.split_once("; ").expect("attributes");
            assert_eq!(pair, name);
            let secure = if at == "status.acme.com" { "Secure; " } else { "" };
            assert_eq!(
                attributes,
                format!("Max-Age=900; Path=/; {secure}HttpOnly; SameSite=Lax")
            );
            let sent = headers(&[&format!("__Host-pharos-session=s; pharos-session=s; {pair}")]);
            assert_eq!(brought_flow(&host(at), &sent).as_deref(), Some("abc"));
            assert!(brought(&host(at), &sent).is_some_and(|cookie| cookie.session == "s"));
            let twice = headers(&[pair, pair]);
            assert_eq!(brought_flow(&host(at), &twice), None);
            assert!(unset_flow(&host(at)).contains("-flow=; Max-Age=0; "));
        }
    }

    #[test]
    fn a_cookie_counts_only_by_its_whole_name_and_once() {
        let at = host("status.acme.com");
        for cookies in [
            &[][..],
            &["pharos-session=a"],
            &["__Host-pharos-session-2=a"],
            &["__host-pharos-session=a"],
            &["x__Host-pharos-session=a"],
            &["__Host-pharos-session"],
            &["__Host-pharos-session=a; __Host-pharos-session=b"],
            &["__Host-pharos-session=a", "__Host-pharos-session=a"],
        ] {
            assert_eq!(brought(&at, &headers(cookies)), None, "{cookies:?}");
        }
        assert!(is_brought(
            &at,
            &headers(&["a=b;__Host-pharos-session=a; __Host-pharos-session=b"])
        ));
        assert!(!is_brought(&at, &headers(&["pharos-session=a"])));
        assert!(is_brought(&host("private.localhost"), &headers(&["pharos-session=a"])));
        assert!(!is_brought(&host("notlocalhost.com"), &headers(&["pharos-session=a"])));
    }
}
