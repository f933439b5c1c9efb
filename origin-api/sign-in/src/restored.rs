//! The database of sign-ins where a backup is restored. An older state of it would let in by what was used since: what any of
//! the two knows as used stays used, and a sign-in goes on only where neither says that it is over.

use std::path::Path;

use origin_engine::sql::{self, Connection, execute};

use crate::used;

/// The one that is there stays, and is told what the backup's knows beyond it, whichever of them is the later state.
pub async fn join(here: &mut Connection, backup: &Path) -> sql::Result<()> {
    let path = backup.to_string_lossy().into_owned();
    sql::query("ATTACH DATABASE $1 AS backup")
        .bind(path)
        .execute(&mut *here)
        .await?;
    let joined = join_attached(here).await;
    if joined.is_err() {
        // Where nothing began this only says so.
        let _ = execute(here, "ROLLBACK").await;
    }
    execute(here, "DETACH DATABASE backup").await?;
    joined
}

async fn join_attached(here: &mut Connection) -> sql::Result<()> {
    execute(here, "BEGIN IMMEDIATE").await?;
    for statement in JOIN {
        execute(here, statement).await?;
    }
    execute(here, "COMMIT").await
}

/// There is no other than the backup's, or none at all: nothing of before lets anybody in. Sessions stay in the list for their
/// time and count no longer, as every page's epoch is raised.
pub async fn alone(conn: &mut Connection, now_ms: i64) -> sql::Result<()> {
    execute(conn, "BEGIN IMMEDIATE").await?;
    execute(conn, "DELETE FROM mail_links").await?;
    execute(conn, "DELETE FROM mail_sign_ins").await?;
    used::forgotten(conn, now_ms).await?;
    execute(conn, "COMMIT").await
}

const JOIN: [&str; 3] = [
    "INSERT INTO main.used (hash, until_ms) SELECT hash, until_ms FROM backup.used WHERE TRUE
        ON CONFLICT (hash) DO UPDATE SET until_ms = MAX(used.until_ms, excluded.until_ms)",
    // It began before the last that the backup knows of, and is not in it: it was over by then. Who is let in by one is a session.
    "DELETE FROM main.mail_sign_ins WHERE flow_hash NOT IN (SELECT flow_hash FROM backup.mail_sign_ins)
        AND asked_ms <= MAX(
            (SELECT COALESCE(MAX(asked_ms), 0) FROM backup.mail_sign_ins),
            (SELECT COALESCE(MAX(renewed_ms), 0) FROM backup.sessions))",
    "UPDATE main.mail_sign_ins SET tries = MAX(main.mail_sign_ins.tries, there.tries)
        FROM backup.mail_sign_ins AS there WHERE there.flow_hash = main.mail_sign_ins.flow_hash",
];

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    async fn database(folder: &Path, statements: &[&str]) -> Connection {
        std::fs::create_dir_all(folder).expect("a folder");
        let (mut conn, readers) = sql::open_sign_in(folder).await.expect("it opens");
        readers.close().await;
        for statement in statements {
            let query = sql::query(sql::built((*statement).to_owned()));
            query.execute(&mut conn).await.expect("it is written");
        }
        conn
    }

    /// Sign-ins by mail: flow, address, when it was asked, tries.
    fn flows(rows: &[(u8, &str, i64, i64)]) -> String {
        let rows = rows.iter().map(|(flow, address, asked_ms, tries)| {
            format!("(x'{flow:02x}', 'p', 'h', 'o', '{address}', 'en', '/', '', {asked_ms}, {tries})")
        });
        let rows: Vec<String> = rows.collect();
        format!(
            "INSERT INTO mail_sign_ins (flow_hash, page_id, host, origin, address, language, return_to, network, asked_ms, tries)
             VALUES {}",
            rows.join(", ")
        )
    }

    async fn told(conn: &mut Connection, query: &'static str) -> Vec<String> {
        let rows = sql::query_scalar(query).fetch_all(conn).await;
        rows.expect("rows")
    }

    /// Which of the two states is the later one is not known, and does not matter.
    #[tokio::test]
    async fn what_either_knows_as_used_stays_used() {
        let dir = TempDir::new().expect("a folder");
        let (there, here) = (dir.path().join("backup"), dir.path().join("here"));
        let of_backup = flows(&[(1, "both", 100, 4), (2, "old", 200, 0)]);
        let session = "INSERT INTO sessions (id, page_id, host, way, epoch, began_ms, renewed_ms, expires_ms)
            VALUES (x'01', 'p', 'h', 'mail', 1, 300, 300, 900)";
        let used = "INSERT INTO used VALUES (x'aa', 9), (x'bb', 5)";
        let backup = database(&there, &[used, &of_backup, session]).await;
        sql::close(backup).await.expect("it closes");
        let of_here = flows(&[(1, "both", 100, 1), (3, "over", 250, 0), (4, "later", 400, 0)]);
        let used = "INSERT INTO used VALUES (x'bb', 7), (x'cc', 1)";
        let mut here = database(&here, &[used, &of_here]).await;
        join(&mut here, &sql::sign_in_file(&there))
            .await
            .expect("they are joined");
        let used = "SELECT lower(hex(hash)) || ' ' || until_ms FROM used ORDER BY hash";
        assert_eq!(told(&mut here, used).await, ["aa 9", "bb 7", "cc 1"]);
        let flows = "SELECT address || ' ' || tries FROM mail_sign_ins ORDER BY flow_hash";
        let flows = told(&mut here, flows).await;
        assert_eq!(flows, ["both 4", "later 0"], "one was over before the backup");
        let sessions = told(&mut here, "SELECT way FROM sessions").await;
        assert!(sessions.is_empty(), "those of the backup are over");
    }

    #[tokio::test]
    async fn alone_it_lets_nobody_in_by_what_was_before() {
        let dir = TempDir::new().expect("a folder");
        let flow = flows(&[(1, "before", 100, 0)]);
        let link = "INSERT INTO mail_links VALUES (x'11', x'01', x'21')";
        let mut conn = database(dir.path(), &[&flow, link, "INSERT INTO used VALUES (x'aa', 9)"]).await;
        alone(&mut conn, 1_000).await.expect("it is written");
        for query in [
            "SELECT address FROM mail_sign_ins",
            "SELECT hex(token_hash) FROM mail_links",
        ] {
            assert!(told(&mut conn, query).await.is_empty(), "{query}");
        }
        let used = told(&mut conn, "SELECT hex(hash) FROM used WHERE hash <> x'aa'").await;
        assert_eq!(used.len(), 1, "that others are not known is noted");
    }
}
