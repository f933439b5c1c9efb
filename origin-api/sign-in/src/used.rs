//! What lets somebody in once.

use origin_engine::sql;
use sha2::{Digest, Sha256};

use crate::database::Database;

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
