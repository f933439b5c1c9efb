//! Sessions: what a visitor is let in with, and whether it still holds.

use origin_engine::{
    random,
    sql::{self, Connection},
};
use origin_store::access::{
    passwords,
    session_keys::{self, SessionKey},
    sets,
    visited::VisitedPage,
};
use page_model::{
    Host, Id,
    access::{self, Session},
    body, session,
};
use serde::{Deserialize, Serialize};

use crate::limits::RENEW_MS;

/// By what somebody was let in, as it stands in the session.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    Password { audience: Id, seq: i64 },
}

/// A new session of a page.
pub async fn begin(
    conn: &mut Connection,
    page: &VisitedPage,
    host: &Host,
    proof: &Proof,
    now_ms: u64,
) -> sql::Result<Option<String>> {
    let lasts_ms = u64::from(page.sign_in.session_days) * DAY_MS;
    let Proof::Password { audience, .. } = proof;
    let session = Session {
        page: page.page.clone(),
        host: host.clone(),
        audience: sets::of_visitor(conn, &page.page, audience).await?,
        id: random::bytes::<16>().to_vec(),
        revision: page.revision,
        epoch: page.epoch,
        began_ms: now_ms,
        renew_ms: now_ms + RENEW_MS,
        expires_ms: now_ms + lasts_ms,
        proof: body::encode(proof),
    };
    let keys = session_keys::all(conn).await?;
    Ok(keys.first().map(|key| seal(&session, key)))
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
    let Ok(Proof::Password { audience, seq }) = body::decode(&session.proof) else {
        return Ok(None);
    };
    if !passwords::is_current(conn, &page.page, &audience, seq).await? {
        return Ok(None);
    }
    let session = Session {
        audience: sets::of_visitor(conn, &page.page, &audience).await?,
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
