//! The same key and the same request get the same answer. Key, change and what became of it are stored in one transaction,
//! so a change is applied once however often and however concurrently it is sent.

use origin_objects::fault::Fault;
use page_model::body;

use crate::{
    applied::Applied,
    limits::IDEMPOTENCY_KEPT_MS,
    sql::{self, Columns as _},
    tx::{Refusal, Tx},
};

pub async fn earlier(tx: &mut Tx<'_>) -> Result<Option<Applied>, Refusal> {
    let Some(known) = &tx.condition.idempotency else {
        return Ok(None);
    };
    let query =
        sql::query("SELECT fingerprint, answer FROM idempotency WHERE token_id = $1 AND key = $2 AND at_ms > $3");
    let query = query
        .bind(&known.token_id)
        .bind(&known.key)
        .bind(tx.now_ms - IDEMPOTENCY_KEPT_MS);
    let Some(row) = query.fetch_optional(&mut *tx.conn).await? else {
        return Ok(None);
    };
    if row.try_get::<&[u8], _>("fingerprint")? != known.fingerprint {
        let detail = "this key was used for another request in the last 24 hours; take a new one";
        return Err(Fault::invalid("idempotency-key", detail).into());
    }
    let applied = body::decode::<Applied>(row.try_get::<&[u8], _>("answer")?).map_err(|error| {
        tracing::warn!(%error, "what became of a change cannot be read any longer");
        let detail = "this request was applied by another version, whose answer can no longer be read; read the object";
        Fault::conflict(detail).at("idempotency-key")
    })?;
    Ok(Some(Applied {
        replayed: true,
        ..applied
    }))
}

pub async fn keep(tx: &mut Tx<'_>, applied: &Applied) -> Result<(), Refusal> {
    let Some(known) = &tx.condition.idempotency else {
        return Ok(());
    };
    let query = sql::query(
        "INSERT INTO idempotency (token_id, key, fingerprint, answer, at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (token_id, key)
         DO UPDATE SET fingerprint = excluded.fingerprint, answer = excluded.answer, at_ms = excluded.at_ms",
    );
    let query = query
        .bind(&known.token_id)
        .bind(&known.key)
        .bind(known.fingerprint.as_slice());
    query
        .bind(body::encode(applied))
        .bind(tx.now_ms)
        .execute(&mut *tx.conn)
        .await?;
    Ok(())
}
