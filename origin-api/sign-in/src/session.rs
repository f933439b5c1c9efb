//! Sessions: what a visitor is let in with, and whether it still holds.

use std::time::Duration;

use origin_access::{
    claims,
    ended::{self, Ended},
    kiosks, mail, passwords, provider,
    session_keys::{self, SessionKey},
    sessions::{self, Counting, Made},
    token_keys,
    visited::VisitedPage,
};
use origin_engine::{
    random,
    sql::{self, Connection},
};
use origin_objects::{
    mail::MailAddress,
    provider::Provider,
    session::{SessionId, SessionWay},
};
use origin_store::{Change, Condition, Store, access::audiences, commit::PageChange};
use page_model::{
    Host, Id, PageId,
    access::{self, SESSION_ID_BYTES, Session},
    body, session,
    sign_in::Answer,
};
use serde::{Deserialize, Serialize};

use crate::{
    database::Database,
    limits::{DELIVERED_WAIT_MAX, RENEW_MS},
    proof::{OfProvider, OfToken},
    provider::claims::still_meets,
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
    /// The operator made the session at the origin's machine.
    Minted {
        audience: Id,
    },
    /// Their screen was opened by a link.
    Link {
        link: Id,
        name: String,
    },
    Provider(OfProvider),
    Token(OfToken),
}

/// Which audiences a proof puts somebody in now. `None`: it does not count any longer, and they are refused.
pub async fn audiences_of(
    conn: &mut Connection,
    page: &PageId,
    proof: &Proof,
    now_ms: u64,
) -> sql::Result<Option<Vec<Id>>> {
    let audiences = match proof {
        Proof::Password { audience, seq } => {
            let is_current = passwords::is_current(conn, page, audience, *seq).await?;
            is_current.then(|| audience.clone()).into_iter().collect()
        }
        Proof::Minted { audience } => {
            let is_there = audiences::exists(conn, page, audience).await?;
            is_there.then(|| audience.clone()).into_iter().collect()
        }
        // What is for everybody who is let in needs no audience.
        Proof::Link { link, .. } => {
            let kiosk = kiosks::read(conn, page, link, now_ms).await?;
            return Ok(kiosk.map(|kiosk| kiosk.audiences));
        }
        Proof::Mail { address } => by_address(conn, page, address).await?,
        Proof::Provider(of) => by_provider(conn, page, of).await?,
        Proof::Token(of) => by_token(conn, page, of).await?,
    };
    Ok(Some(audiences).filter(|audiences| !audiences.is_empty()))
}

async fn by_address(conn: &mut Connection, page: &PageId, address: &MailAddress) -> sql::Result<Vec<Id>> {
    let known = mail::audiences_of(conn, page, address).await?;
    Ok(known.into_iter().map(|known| known.audience).collect())
}

async fn by_provider(conn: &mut Connection, page: &PageId, of: &OfProvider) -> sql::Result<Vec<Id>> {
    let provider = provider::read(conn, page).await?;
    let is_same = |now: &Provider| now.issuer == of.issuer && now.client_id == of.client_id;
    let Some(provider) = provider.filter(is_same) else {
        return Ok(Vec::new());
    };
    let rules = claims::of_page(conn, page).await?;
    let met = rules.into_iter().filter(|(_, rules)| still_meets(&of.rules, rules));
    let mut audiences: Vec<Id> = met.map(|(audience, _)| audience).collect();
    let counts = |address: &&MailAddress| of.is_verified || provider.vouches_for(address.as_str());
    if let Some(address) = of.address.as_ref().filter(counts) {
        audiences.extend(by_address(conn, page, address).await?);
    }
    Ok(audiences)
}

async fn by_token(conn: &mut Connection, page: &PageId, of: &OfToken) -> sql::Result<Vec<Id>> {
    let keys = token_keys::known(conn, page).await?;
    if !keys.iter().any(|known| known.key.id == of.key && known.seq == of.seq) {
        return Ok(Vec::new());
    }
    let names = claims::names(conn, page).await?;
    let named = names
        .into_iter()
        .filter(|(audience, _)| of.audiences.contains(audience));
    let mut audiences: Vec<Id> = named.map(|(audience, _)| audience).collect();
    if let Some(address) = &of.address {
        audiences.extend(by_address(conn, page, address).await?);
    }
    Ok(audiences)
}

/// A new session of a page; `None` where the proof lets nobody in. No connection is held while its content is made.
pub async fn begin(
    store: &Store,
    database: &Database,
    page: &VisitedPage,
    host: &Host,
    proof: &Proof,
    now_ms: u64,
) -> sql::Result<Option<String>> {
    let mut reader = store.reader().await?;
    let Some(audiences) = audiences_of(&mut reader, &page.page, proof, now_ms).await? else {
        return Ok(None);
    };
    let keys = session_keys::all(&mut reader).await?;
    drop(reader);
    let key = keys.first().ok_or_else(|| sql::unreadable("session_keys is empty"))?;
    let (way, person) = proof.told();
    let session = Session {
        page: page.page.clone(),
        host: host.clone(),
        audience: set::of(store, &page.page, &audiences, DELIVERED_WAIT_MAX).await?,
        id: random::bytes::<SESSION_ID_BYTES>().to_vec(),
        revision: page.revision,
        epoch: page.epoch,
        began_ms: now_ms,
        renew_ms: now_ms + RENEW_MS,
        expires_ms: expires_ms(page, now_ms),
        person: person.map(str::to_owned),
        way: way.shown(),
        proof: body::encode(proof),
    };
    keep(database, &session, proof, now_ms).await?;
    Ok(Some(seal(&session, key)))
}

/// The same session for another while, if what it stands on still holds.
pub async fn renewed(
    store: &Store,
    database: &Database,
    page: &VisitedPage,
    host: &Host,
    text: &str,
    now_ms: u64,
) -> sql::Result<Option<String>> {
    let mut reader = store.reader().await?;
    let keys = session_keys::all(&mut reader).await?;
    let Some((session, proof)) = opened(&mut reader, &keys, page, host, text, now_ms).await? else {
        return Ok(None);
    };
    let Some(audiences) = audiences_of(&mut reader, &page.page, &proof, now_ms).await? else {
        return Ok(None);
    };
    drop(reader);
    let (way, person) = proof.told();
    let session = Session {
        // The edge waits for less than content takes; until that comes the page says so.
        audience: set::of(store, &page.page, &audiences, Duration::ZERO).await?,
        revision: page.revision,
        renew_ms: now_ms + RENEW_MS,
        // Nobody stands before a screen to sign in again: it stays in for as long as it is on and its link counts.
        expires_ms: match &proof {
            Proof::Link { .. } => expires_ms(page, now_ms),
            _ => session.expires_ms,
        },
        person: person.map(str::to_owned),
        way: way.shown(),
        ..session
    };
    // It holds, whether or not its publisher sees that it goes on.
    if let Err(error) = keep(database, &session, &proof, now_ms).await {
        tracing::warn!(%error, page = %page.page, "that a session goes on is not listed");
    }
    Ok(keys.first().map(|key| seal(&session, key)))
}

/// Ends every session of whoever brings one, on every device, and that one where nobody knows who it is. One that holds no longer is
/// as good as ended.
pub async fn end_everywhere(
    store: &Store,
    database: &Database,
    page: &VisitedPage,
    host: &Host,
    text: &str,
    now_ms: u64,
) -> sql::Result<Answer> {
    let mut reader = store.reader().await?;
    let keys = session_keys::all(&mut reader).await?;
    let Some((session, proof)) = opened(&mut reader, &keys, page, host, text, now_ms).await? else {
        return Ok(Answer::Refused);
    };
    let over = ended::over(&mut reader, &page.page).await?;
    drop(reader);
    let mut ended: Vec<Ended> = id_of(&session).into_iter().collect();
    if let ((_, Some(person)), Some(over)) = (proof.told(), over) {
        let counting = Counting {
            page: &page.page,
            over: &over,
            now_ms: i64::try_from(now_ms).unwrap_or(i64::MAX),
            person: Some(person),
        };
        let mut reader = database.reader().await?;
        let theirs = sessions::of_person(&mut reader, &counting).await?;
        ended.extend(theirs.into_iter().filter(|one| one.id.0 != *session.id));
    }
    // It is theirs to end, and no entry of the audit log: they could fill that.
    let change = Change::Page(page.page.clone(), PageChange::EndEach(ended));
    match store.change(change, Condition::default()).await {
        Ok(_) => Ok(Answer::Refused),
        Err(fault) => {
            tracing::warn!(?fault, page = %page.page, "the sessions of a person cannot be ended");
            Ok(Answer::Away)
        }
    }
}

/// A session of that page and host that holds, and what it stands on.
async fn opened(
    conn: &mut Connection,
    keys: &[SessionKey],
    page: &VisitedPage,
    host: &Host,
    text: &str,
    now_ms: u64,
) -> sql::Result<Option<(Session, Proof)>> {
    let public: Vec<access::SessionKey> = keys.iter().map(SessionKey::public).collect();
    let Ok((session, _)) = session::open(text, &public) else {
        return Ok(None);
    };
    let is_of_here = session.page == page.page && session.host == *host;
    if !is_of_here || session.epoch < page.epoch || session.expires_ms <= now_ms {
        return Ok(None);
    }
    let Ok(proof) = body::decode::<Proof>(&session.proof) else {
        return Ok(None);
    };
    let has_ended = ended::contains(conn, &page.page, &session.id).await?;
    Ok((!has_ended).then_some((session, proof)))
}

fn expires_ms(page: &VisitedPage, now_ms: u64) -> u64 {
    now_ms + u64::from(page.sign_in.session_days) * DAY_MS
}

fn id_of(session: &Session) -> Option<Ended> {
    let id = <[u8; SESSION_ID_BYTES]>::try_from(session.id.as_slice()).ok()?;
    Some(Ended {
        id: SessionId(id),
        expires_ms: i64::try_from(session.expires_ms).unwrap_or(i64::MAX),
    })
}

/// So that its publisher sees it and can end it.
async fn keep(database: &Database, session: &Session, proof: &Proof, now_ms: u64) -> sql::Result<()> {
    let Some(Ended { id, .. }) = id_of(session) else {
        return Ok(());
    };
    let (way, person) = proof.told();
    let made = Made {
        id,
        page: session.page.clone(),
        host: session.host.clone(),
        way,
        person: person.map(str::to_owned),
        epoch: session.epoch,
        began_ms: session.began_ms,
        renewed_ms: now_ms,
        expires_ms: session.expires_ms,
    };
    database.write(move |conn| Box::pin(sessions::keep(conn, made))).await
}

impl Proof {
    /// How somebody was let in, and who it was, for the publisher.
    fn told(&self) -> (SessionWay, Option<&str>) {
        match self {
            Self::Password { .. } => (SessionWay::Password, None),
            Self::Minted { .. } => (SessionWay::Minted, None),
            Self::Link { name, .. } => (SessionWay::Link, Some(name.as_str())),
            Self::Mail { address } => (SessionWay::Mail, Some(address.as_str())),
            Self::Provider(of) => (SessionWay::Provider, Some(called(&of.subject, of.address.as_ref()))),
            Self::Token(of) => (SessionWay::Token, Some(called(&of.subject, of.address.as_ref()))),
        }
    }
}

fn called<'a>(subject: &'a str, address: Option<&'a MailAddress>) -> &'a str {
    address.map_or(subject, MailAddress::as_str)
}

fn seal(session: &Session, key: &SessionKey) -> String {
    session::seal(session, key.id, &key.signing())
}

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
