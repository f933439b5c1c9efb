//! What is answered to who wants a mail, and to who brings what was in one.

use std::sync::Arc;

use origin_access::{mail, visited::VisitedPage};
use origin_engine::sql;
use origin_objects::mail::MailAddress;
use origin_store::Store;
use page_model::{Host, Language, sign_in::Answer};
use tokio::sync::Notify;

use super::flows::{self, Brought, Flow, NewFlow};
use crate::{
    database::Database,
    limits::BUSY_RETRY_AFTER_S,
    session::{self, Proof},
    tries::Network,
};

/// Sign-ins by mail of an origin that sends mail.
pub struct Mails {
    pub store: Store,
    pub database: Database,
    /// Tells the mailer that there is something to do.
    pub woken: Arc<Notify>,
}

/// What somebody asked for.
pub struct Wanted {
    /// As it was typed.
    pub address: String,
    pub language: Language,
    pub port: Option<u16>,
    pub return_to: String,
    pub network: Option<Network>,
}

impl Mails {
    /// The same for an address that is known and for one that is not: neither is looked up before the answer.
    pub async fn ask(&self, page: &VisitedPage, host: Host, wanted: Wanted, now_ms: i64) -> sql::Result<Answer> {
        if !mail::is_offered(&mut *self.store.reader().await?, &page.page).await? {
            return Ok(Answer::NoWay);
        }
        let Ok(address) = MailAddress::parse(&wanted.address) else {
            return Ok(Answer::Refused);
        };
        let new = NewFlow {
            page: page.page.clone(),
            origin: origin_of(&host, wanted.port),
            host,
            address,
            language: wanted.language,
            return_to: here(wanted.return_to),
            network: wanted.network.map(Network::name).unwrap_or_default(),
        };
        let flow = flows::begin(&self.database, new, now_ms).await?;
        self.woken.notify_one();
        Ok(flow.map_or(
            Answer::Busy {
                retry_after_s: BUSY_RETRY_AFTER_S,
            },
            |flow| Answer::Mailed { flow },
        ))
    }

    pub async fn link(&self, page: &VisitedPage, host: Host, token: &str, now_ms: i64) -> sql::Result<Answer> {
        let at = brought(page, host, now_ms);
        let found = flows::of_link(&mut *self.database.reader().await?, &at, token).await?;
        self.let_in(page, &at, found).await
    }

    pub async fn code(
        &self,
        page: &VisitedPage,
        host: Host,
        (flow, code): (&str, &str),
        now_ms: i64,
    ) -> sql::Result<Answer> {
        let at = brought(page, host, now_ms);
        // As people type what they read.
        let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let found = flows::of_code(&self.database, at.clone(), flow, &code).await?;
        self.let_in(page, &at, found).await
    }

    /// The session is made first: where that fails, the mail still counts.
    async fn let_in(&self, page: &VisitedPage, at: &Brought, found: Option<Flow>) -> sql::Result<Answer> {
        let Some(flow) = found else {
            return Ok(Answer::Refused);
        };
        let proof = Proof::Mail {
            address: flow.address.clone(),
        };
        let session = session::begin(
            &self.store,
            &self.database,
            page,
            &at.host,
            &proof,
            at.now_ms.unsigned_abs(),
        )
        .await?;
        match session {
            Some(session) if flows::take(&self.database, &flow).await? => Ok(Answer::LetIn {
                session,
                return_to: flow.return_to,
            }),
            _ => Ok(Answer::Refused),
        }
    }
}

fn brought(page: &VisitedPage, host: Host, now_ms: i64) -> Brought {
    Brought {
        page: page.page.clone(),
        host,
        now_ms,
    }
}

/// Names below `localhost` are this machine alone, where things are tried out without TLS and at any port.
fn origin_of(host: &Host, port: Option<u16>) -> String {
    let is_this_machine = host.as_str() == "localhost" || host.as_str().ends_with(".localhost");
    match (is_this_machine, port) {
        (true, Some(port)) => format!("http://{host}:{port}"),
        (true, None) => format!("http://{host}"),
        (false, _) => format!("https://{host}"),
    }
}

/// A path of the host; whatever may lead elsewhere leads to the front page.
fn here(path: String) -> String {
    let is_here = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= RETURN_TO_BYTES_MAX
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_here { path } else { "/".to_owned() }
}

const RETURN_TO_BYTES_MAX: usize = 2_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_leads_to_the_host_alone() {
        let of = |host: &str, port| origin_of(&Host::parse(host).expect("a host"), port);
        assert_eq!(of("status.acme.com", None), "https://status.acme.com");
        assert_eq!(of("status.acme.com", Some(8080)), "https://status.acme.com");
        assert_eq!(of("private.localhost", Some(8080)), "http://private.localhost:8080");
        assert_eq!(of("private.localhost", None), "http://private.localhost");
        assert_eq!(of("evil-localhost.example", Some(80)), "https://evil-localhost.example");
        for (path, leads) in [
            ("/history?lang=de", "/history?lang=de"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/a b", "/"),
            ("/a\r\nset-cookie: x", "/"),
            ("", "/"),
        ] {
            assert_eq!(here(path.to_owned()), leads, "{path}");
        }
    }
}
