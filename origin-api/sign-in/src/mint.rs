//! A session that the operator makes at the origin's machine, for when nobody gets in otherwise: no mail arrives, the provider is away.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use origin_access::{
    session_keys,
    sets::{self, Standing},
    visited::{self, VisitedPage},
};
use origin_engine::{
    audit::{self, Entry},
    clock::now_ms,
    random,
    sql::{self, Connection, execute},
};
use origin_objects::audit::AuditBy;
use page_model::{
    Host, Id, PageId,
    access::{SESSION_ID_BYTES, Session},
    body, session,
    site::Visibility,
};
use serde_json::json;

use crate::{
    limits::{MINTED_MAX, RENEW_MS},
    session::{Proof, audiences_of},
};

/// What is wanted of it.
#[derive(Debug)]
pub struct Wanted {
    pub page: PageId,
    pub host: Host,
    pub audience: Id,
    pub lasts: Duration,
}

/// The text of a session, which is in the audit log. The origin may be at work: it is written beside it in one short transaction.
pub async fn mint(conn: &mut Connection, wanted: &Wanted) -> anyhow::Result<String> {
    ensure!(
        !wanted.lasts.is_zero() && wanted.lasts <= MINTED_MAX,
        "a session that is made here lasts at most {} hours",
        MINTED_MAX.as_secs() / 3_600
    );
    execute(conn, "BEGIN IMMEDIATE")
        .await
        .context("the database cannot be written")?;
    let minted = written(conn, wanted).await;
    let end = if minted.is_ok() { "COMMIT" } else { "ROLLBACK" };
    execute(conn, end).await.context("the database cannot be written")?;
    minted
}

async fn written(conn: &mut Connection, wanted: &Wanted) -> anyhow::Result<String> {
    let page = page_at(conn, wanted).await?;
    let proof = Proof::Minted {
        audience: wanted.audience.clone(),
    };
    let Some(audiences) = audiences_of(conn, &page.page, &proof, now_ms().unsigned_abs()).await? else {
        bail!("page {} has no audience {}", wanted.page, wanted.audience);
    };
    let at_ms = now_ms();
    let visitor = sets::of_visitor(conn, &page.page, &audiences, at_ms).await?;
    ensure!(
        visitor.standing == Standing::InUse,
        "the regions have nothing for this audience"
    );
    let (began_ms, lasts_ms) = (at_ms.unsigned_abs(), wanted.lasts.as_millis() as u64);
    let session = Session {
        page: page.page.clone(),
        host: wanted.host.clone(),
        audience: visitor.set.id,
        id: random::bytes::<SESSION_ID_BYTES>().to_vec(),
        revision: page.revision,
        epoch: page.epoch,
        began_ms,
        renew_ms: began_ms + RENEW_MS,
        expires_ms: began_ms + lasts_ms,
        person: None,
        way: None,
        proof: body::encode(&proof),
    };
    let entry = Entry {
        page: Some(&page.page),
        action: "minted",
        kind: "session",
        object: None,
        changed: Some(json!({
            "audience": wanted.audience.as_str(),
            "host": wanted.host.as_str(),
            "minutes": wanted.lasts.as_secs() / 60,
        })),
    };
    audit::add(conn, at_ms, &AuditBy::Operator, &entry).await?;
    let keys = session_keys::all(conn).await?;
    let key = keys.first().ok_or_else(|| sql::unreadable("session_keys is empty"))?;
    Ok(session::seal(&session, key.id, &key.signing()))
}

async fn page_at(conn: &mut Connection, wanted: &Wanted) -> anyhow::Result<VisitedPage> {
    let page = visited::at(conn, &wanted.host).await?;
    let page = page.filter(|page| page.page == wanted.page);
    let page = page.with_context(|| format!("{} is no host of page {}", wanted.host, wanted.page))?;
    ensure!(
        page.visibility != Visibility::Public,
        "page {} is public: everybody sees it without a session",
        wanted.page
    );
    Ok(page)
}
