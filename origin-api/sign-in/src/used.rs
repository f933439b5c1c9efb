//! What lets somebody in once.

use origin_engine::sql::{self, Connection};
use sha2::{Digest, Sha256};

use crate::{
    database::Database,
    limits::{TOKEN_S_MAX, TOKEN_SKEW_S_MAX},
};

/// Whether it was not used before. It is on disk then, and stays until it counts no longer anyhow.
pub async fn first_use(database: &Database, what: &str, until_ms: u64, now_ms: u64) -> sql::Result<bool> {
    let hash = Sha256::digest(what).to_vec();
    let milliseconds = |at: u64| i64::try_from(at).unwrap_or(i64::MAX);
    let (until_ms, now_ms) = (milliseconds(until_ms), milliseconds(now_ms));
    let write = database.write(move |conn| {
        Box::pin(async move {
            let gone = sql::query("DELETE FROM used WHERE until_ms < $1").bind(now_ms);
            gone.execute(&mut *conn).await?;
            let query = sql::query("INSERT INTO used (hash, until_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING");
            let inserted = query.bind(hash).bind(until_ms).execute(&mut *conn).await?;
            Ok(inserted.rows_affected() > 0)
        })
    });
    write.await
}

/// Notes that not all is known that was used until now.
pub async fn forgotten(conn: &mut Connection, now_ms: i64) -> sql::Result<()> {
    let query = sql::query(
        "INSERT INTO used (hash, until_ms) VALUES ($1, $2)
         ON CONFLICT (hash) DO UPDATE SET until_ms = MAX(used.until_ms, excluded.until_ms)",
    );
    let until_ms = now_ms.saturating_add(FORGOTTEN_MS);
    let query = query.bind(forgotten_hash()).bind(until_ms);
    query.execute(conn).await.map(|_| ())
}

/// Since when it is known what was used, where something from before may still count.
pub async fn known_since_ms(database: &Database, now_ms: u64) -> sql::Result<Option<u64>> {
    let mut reader = database.reader().await?;
    let query = sql::query_scalar("SELECT until_ms FROM used WHERE hash = $1 AND until_ms > $2");
    let now_ms = i64::try_from(now_ms).unwrap_or(i64::MAX);
    let until_ms: Option<i64> = query
        .bind(forgotten_hash())
        .bind(now_ms)
        .fetch_optional(&mut *reader)
        .await?;
    Ok(until_ms.map(|until_ms| u64::try_from(until_ms - FORGOTTEN_MS).unwrap_or(0)))
}

fn forgotten_hash() -> Vec<u8> {
    Sha256::digest("forgotten").to_vec()
}

/// How long a token from before may count: what a provider was asked is over with the process that asked.
const FORGOTTEN_MS: i64 = 1_000 * (TOKEN_S_MAX + 2 * TOKEN_SKEW_S_MAX + 1) as i64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::in_memory;

    #[tokio::test]
    async fn it_counts_once() {
        let (database, writer) = in_memory().await.expect("it opens");
        tokio::spawn(writer.run());
        let uses = async |what, until_ms, now_ms| {
            let used = first_use(&database, what, until_ms, now_ms).await;
            used.expect("it is written")
        };
        assert!(uses("one", 2_000, 1_000).await);
        assert!(!uses("one", 2_000, 1_000).await);
        assert!(uses("two", 2_000, 1_000).await);
        assert!(!uses("one", 2_000, 2_000).await, "as long as it counts");
        assert!(uses("three", 9_000, 2_001).await);
        let mut reader = database.reader().await.expect("a reader");
        let rows: i64 = sql::query_scalar("SELECT COUNT(*) FROM used")
            .fetch_one(&mut *reader)
            .await
            .expect("a count");
        assert_eq!(rows, 1, "what counts no longer is forgotten");
    }
}
