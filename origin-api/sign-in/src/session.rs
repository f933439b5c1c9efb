//! Sessions: what a visitor is let in with, and whether it still holds.

use std::time::Duration;

use origin_engine::{
    random,
    sql::{self, Connection},
};
use origin_objects::mail::MailAddress;
use origin_store::{
    Store,
    access::{
        mail, passwords,
        session_keys::{self, SessionKey},
        visited::VisitedPage,
    },
};
use page_model::{
    Host, Id, PageId,
    access::{self, Session},
    body, session,
};
use serde::{Deserialize, Serialize};

use crate::{
    limits::{DELIVERED_WAIT_MAX, RENEW_MS},
    set,
};

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

/// A new session of a page; `None` where the proof lets nobody in. No connection is held while its content is made.
pub async fn begin(
    store: &Store,
    page: &VisitedPage,
    host: &Host,
    proof: &Proof,
    now_ms: u64,
) -> sql::Result<Option<String>> {
    let lasts_ms = u64::from(page.sign_in.session_days) * DAY_MS;
    let mut reader = store.reader().await?;
    let Some(audiences) = audiences_of(&mut reader, &page.page, proof).await? else {
        return Ok(None);
    };
    let keys = session_keys::all(&mut reader).await?;
    drop(reader);
    let key = keys.first().ok_or_else(|| sql::unreadable("session_keys is empty"))?;
    let session = Session {
        page: page.page.clone(),
        host: host.clone(),
        audience: set::of(store, &page.page, &audiences, DELIVERED_WAIT_MAX).await?,
        id: random::bytes::<16>().to_vec(),
        revision: page.revision,
        epoch: page.epoch,
        began_ms: now_ms,
        renew_ms: now_ms + RENEW_MS,
        expires_ms: now_ms + lasts_ms,
        proof: body::encode(proof),
    };
    Ok(Some(seal(&session, key)))
}

/// The same session for another while, if what it stands on still holds.
pub async fn renewed(
    store: &Store,
    page: &VisitedPage,
    host: &Host,
    text: &str,
    now_ms: u64,
) -> sql::Result<Option<String>> {
    let mut reader = store.reader().await?;
    let keys = session_keys::all(&mut reader).await?;
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
    let Some(audiences) = audiences_of(&mut reader, &page.page, &proof).await? else {
        return Ok(None);
    };
    drop(reader);
    let session = Session {
        // The edge waits for less than content takes; until that comes the page says so.
        audience: set::of(store, &page.page, &audiences, Duration::ZERO).await?,
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
