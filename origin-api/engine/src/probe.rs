//! What readiness writes: a row of its own, on disk like any other change.

use crate::{
    applied::Applied,
    sql,
    tx::{Refusal, Tx},
};

pub async fn probe(tx: &mut Tx<'_>) -> Result<Applied, Refusal> {
    let query = sql::query(
        "INSERT INTO probes (one, at_ms) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET at_ms = excluded.at_ms",
    );
    query.bind(tx.now_ms).execute(&mut *tx.conn).await?;
    Ok(Applied::done())
}
