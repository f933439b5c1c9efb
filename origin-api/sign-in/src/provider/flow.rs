//! A sign-in that is under way: what has to be the same when somebody comes back.

use page_model::{Host, PageId, body};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::outcome::Failure;
use crate::{limits::FLOW_MS_MAX, sealed::Sealer};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flow {
    pub state: String,
    pub nonce: String,
    /// Of PKCE (RFC 7636).
    pub verifier: String,
    pub issuer: String,
    pub client_id: String,
    pub redirect: String,
    pub return_to: String,
    pub began_ms: u64,
}

/// What the provider sends back through the browser.
#[derive(Debug)]
pub struct Returned {
    pub code: String,
}

impl Flow {
    pub fn seal(&self, sealer: &Sealer, page: &PageId, host: &Host) -> Option<String> {
        sealer.seal(&about(page, host), &body::encode(self))
    }

    pub fn open(sealer: &Sealer, page: &PageId, host: &Host, text: &str, now_ms: u64) -> Result<Self, Failure> {
        let fault = |why: &str| Failure::Flow(why.to_owned());
        let opened = sealer.open(&about(page, host), text);
        let opened =
            opened.ok_or_else(|| fault("the browser brings none of this page, or one of before the last start"))?;
        let flow: Self = body::decode(&opened).map_err(|_| fault("it is of another build"))?;
        match now_ms < flow.until_ms() {
            true => Ok(flow),
            false => Err(fault("it took too long")),
        }
    }

    pub fn until_ms(&self) -> u64 {
        self.began_ms.saturating_add(FLOW_MS_MAX)
    }

    /// What it is remembered by when it was used.
    pub fn used_as(&self) -> String {
        format!("provider\n{}", self.state)
    }
}

impl Returned {
    /// Everything that stands twice counts as not there.
    pub fn of(query: &str, flow: &Flow) -> Result<Self, Failure> {
        let only = |wanted: &str| {
            let mut found = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == wanted);
            let value = found.next().map(|(_, value)| value.into_owned());
            value.filter(|_| found.next().is_none())
        };
        let state = only("state").ok_or(Failure::State)?;
        // Hashes are compared, so that the time it takes tells nothing.
        if Sha256::digest(&state) != Sha256::digest(&flow.state) {
            return Err(Failure::State);
        }
        if only("iss").is_some_and(|issuer| issuer != flow.issuer) {
            return Err(Failure::Issuer("another provider sent them back (RFC 9207)".to_owned()));
        }
        if let Some(error) = only("error") {
            let error = error.chars().filter(char::is_ascii_graphic).take(ERROR_CHARS_MAX);
            return Err(Failure::Cancelled(error.collect()));
        }
        let code = only("code").filter(|code| !code.is_empty());
        Ok(Self {
            code: code.ok_or_else(|| Failure::Cancelled("no code".to_owned()))?,
        })
    }
}

/// Where the provider sends people back to. Names below `localhost` are this machine, where there is no https.
pub fn redirect(host: &Host, port: Option<u16>) -> String {
    let host = host.as_str();
    let is_this_machine = host == "localhost" || host.ends_with(".localhost");
    let scheme = if is_this_machine { "http" } else { "https" };
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{host}{port}{CALLBACK}")
}

/// A flow counts at the page and the host where it began.
fn about(page: &PageId, host: &Host) -> String {
    format!("{page}\n{host}")
}

const CALLBACK: &str = "/.pharos/sign-in/callback";
/// Of what a provider says why not.
const ERROR_CHARS_MAX: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn flow() -> Flow {
        Flow {
            state: "st4te".to_owned(),
            nonce: "n0nce".to_owned(),
            verifier: "v".to_owned(),
            issuer: "https://idp.acme.com".to_owned(),
            client_id: "pharos".to_owned(),
            redirect: String::new(),
            return_to: "/".to_owned(),
            began_ms: 1_000,
        }
    }

    #[test]
    fn only_what_was_asked_comes_back() {
        let of = |query| Returned::of(query, &flow());
        assert_eq!(of("code=a%20b&state=st4te").expect("a code").code, "a b");
        assert!(of("iss=https%3A%2F%2Fidp.acme.com&code=a&state=st4te").is_ok());
        for query in [
            "",
            "code=a",
            "code=a&state=",
            "code=a&state=other",
            "code=a&state=st4te&state=st4te",
        ] {
            assert!(matches!(of(query), Err(Failure::State)), "{query}");
        }
        assert!(matches!(
            of("iss=https://evil.com&code=a&state=st4te"),
            Err(Failure::Issuer(_))
        ));
        for query in [
            "state=st4te",
            "state=st4te&code=",
            "state=st4te&code=a&code=b",
            "state=st4te&error=access_denied",
        ] {
            assert!(matches!(of(query), Err(Failure::Cancelled(_))), "{query}");
        }
    }

    #[test]
    fn it_counts_at_its_page_and_host_and_for_a_quarter_of_an_hour() {
        let sealer = Sealer::default();
        let (page, host) = (page("page00000001"), host("status.acme.com"));
        let text = flow().seal(&sealer, &page, &host).expect("it is sealed");
        let open = |page: &PageId, host: &Host, now_ms| Flow::open(&sealer, page, host, &text, now_ms);
        assert!(open(&page, &host, 1_000).is_ok_and(|opened| opened.state == "st4te"));
        assert!(open(&page, &host, 1_000 + FLOW_MS_MAX).is_err());
        assert!(open(&self::page("page00000002"), &host, 1_000).is_err());
        assert!(open(&page, &self::host("other.acme.com"), 1_000).is_err());
    }

    #[test]
    fn people_come_back_to_where_they_were() {
        let at = |name, port| redirect(&host(name), port);
        assert_eq!(
            at("status.acme.com", None),
            "https://status.acme.com/.pharos/sign-in/callback"
        );
        assert_eq!(
            at("private.localhost", Some(8080)),
            "http://private.localhost:8080/.pharos/sign-in/callback"
        );
    }

    fn page(id: &str) -> PageId {
        PageId::parse(id).expect("a page id")
    }

    fn host(name: &str) -> Host {
        Host::parse(name).expect("a host")
    }
}
