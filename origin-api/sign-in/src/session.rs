//! Sessions: what a visitor is let in with, and whether it still holds.

use origin_engine::{
    random,
    sql::{self, Connection},
};
use origin_objects::mail::MailAddress;
use origin_store::access::{
    mail, passwords,
    session_keys::{self, SessionKey},
    sets,
    visited::VisitedPage,
};
use page_model::{
    AudienceId, Host, Id, PageId,
    access::{self, Session},
    body, session,
};
use serde::{Deserialize, Serialize};

use crate::limits::RENEW_MS;

/// By what somebody was let in, as it stands in the session.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    Password {
        audience: Id,
        seq: i64,
    },
    /// They read the mail of that address.
    Mail {
        address: MailAddress,
    },
}

/// The audiences that it lets into now; `None` where it lets in no longer.
pub async fn audiences_of(conn: &mut Connection, page: &PageId, proof: &Proof) -> sql::Result<Option<Vec<Id>>> {
    match proof {
        Proof::Password { audience, seq } => {
            let is_current = passwords::is_current(conn, page, audience, *seq).await?;
            Ok(is_current.then(|| vec![audience.clone()]))
        }
        Proof::Mail { address } => {
            let known = mail::audiences_of(conn, page, address).await?;
            let audiences: Vec<Id> = known.into_iter().map(|known| known.audience).collect();
            Ok(Some(audiences).filter(|audiences| !audiences.is_empty()))
        }
    }
}

/// What they see who are in these.
async fn set_of(conn: &mut Connection, page: &PageId, audiences: &[Id]) -> sql::Result<AudienceId> {
    match audiences.first() {
        Some(audience) => sets::of_visitor(conn, page, audience).await,
        None => Ok(AudienceId::of_set(&[])),
    }
}

/// A new session of a page; `None` where the proof lets nobody in.
pub async fn begin(
    conn: &mut Connection,
    page: &VisitedPage,
    host: &Host,
    proof: &Proof,
    now_ms: u64,
) -> sql::Result<Option<String>> {
    let lasts_ms = u64::from(page.sign_in.session_days) * DAY_MS;
    let Some(audiences) = audiences_of(conn, &page.page, proof).await? else {
        return Ok(None);
    };
    let session = Session {
        page: page.page.clone(),
        host: host.clone(),
        audience: set_of(conn, &page.page, &audiences).await?,
        id: random::bytes::<16>().to_vec(),
        revision: page.revision,
        epoch: page.epoch,
        began_ms: now_ms,
        renew_ms: now_ms + RENEW_MS,
        expires_ms: now_ms + lasts_ms,
        proof: body::encode(proof),
    };
    let keys = session_keys::all(conn).await?;
    let key = keys.first().ok_or_else(|| sql::unreadable("session_keys is empty"))?;
    Ok(Some(seal(&session, key)))
}

/// The same session for another while, if what it stands on still holds.
pub async fn renewed(
    conn: &mut Connection,
    page: &VisitedPage,
    host: &Host,
    text: &str,
    now_ms: u64,
) -> sql::Result<Option<String>> {
    let keys = session_keys::all(conn).await?;
    let public: Vec<access::SessionKey> = keys.iter().map(SessionKey::public).collect();
    let Ok(session) = session::open(text, &public) else {
        return Ok(None);
    };
    let is_of_here = session.page == page.page && session.host == *host;
    if !is_of_here || session.epoch < page.epoch || session.expires_ms <= now_ms {
        return Ok(None);
    }
    let Ok(proof) = body::decode::<Proof>(&session.proof) else {
        return Ok(None);
    };
    let Some(audiences) = audiences_of(conn, &page.page, &proof).await? else {
        return Ok(None);
    };
    let session = Session {
        audience: set_of(conn, &page.page, &audiences).await?,
        revision: page.revision,
        renew_ms: now_ms + RENEW_MS,
        ..session
    };
    Ok(keys.first().map(|key| seal(&session, key)))
}

fn seal(session: &Session, key: &SessionKey) -> String {
    session::seal(session, key.id, &key.signing())
}

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
