//! Makes the history of every component again from what was said, and tells whether it differs from the one that is kept.

use std::path::Path;

use anyhow::Context;
use origin_engine::{
    clock::now_ms,
    lock::Lock,
    outbox,
    rows::id,
    sql::{self, Columns as _, Connection, execute},
};
use page_model::{Id, PageId};

use crate::components::statuses;

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Components that were looked at.
    pub components: usize,
    /// Those whose history differs from what was said.
    pub differing: Vec<(PageId, Id)>,
}

/// Checks the database in a folder; with `rebuild` the history that was made again is kept. Nothing else may be using it.
pub async fn check(folder: &Path, rebuild: bool) -> anyhow::Result<Checked> {
    let file = sql::file(folder);
    anyhow::ensure!(file.is_file(), "there is no database {}", file.display());
    let _lock = Lock::take(folder)?;
    let (mut conn, _) = sql::open(folder).await?;
    statuses::make_missing(&mut conn).await?;
    let checked = check_all(&mut conn, rebuild).await;
    checked.context("the history cannot be made again")
}

async fn check_all(conn: &mut Connection, rebuild: bool) -> sql::Result<Checked> {
    execute(conn, "BEGIN IMMEDIATE").await?;
    let mut checked = Checked::default();
    for row in sql::query("SELECT page_id, id FROM components")
        .fetch_all(&mut *conn)
        .await?
    {
        let (page, component): (PageId, Id) = (id(&row, "page_id")?, id(&row, "id")?);
        checked.components += 1;
        let before = kept(conn, &page, &component).await?;
        statuses::make(conn, &page, &component).await?;
        if kept(conn, &page, &component).await? != before {
            checked.differing.push((page, component));
        }
    }
    if !rebuild {
        execute(conn, "ROLLBACK").await?;
        return Ok(checked);
    }
    let mut pages: Vec<&PageId> = checked.differing.iter().map(|(page, _)| page).collect();
    pages.dedup();
    for (page, seq) in pages.into_iter().zip(outbox::head(conn).await? + 1..) {
        outbox::append(conn, seq, page, now_ms(), false).await?;
    }
    execute(conn, "COMMIT").await?;
    Ok(checked)
}

/// What is kept of a component: its history, and what it is now.
async fn kept(
    conn: &mut Connection,
    page: &PageId,
    component: &Id,
) -> sql::Result<(Vec<(i64, String)>, String, String)> {
    let query = sql::query_as(
        "SELECT at_ms, status FROM status_changes WHERE page_id = $1 AND component_id = $2 ORDER BY at_ms",
    );
    let query = query.bind(page.as_str()).bind(component.as_str());
    let history = query.fetch_all(&mut *conn).await?;
    let query = sql::query("SELECT status, held_by FROM components WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(component.as_str());
    let row = query.fetch_one(conn).await?;
    Ok((history, row.try_get("status")?, row.try_get("held_by")?))
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, sqlite::SqliteConnectOptions};
    use tempfile::TempDir;

    use super::*;
    use crate::Store;
    use origin_engine::sql::migrate_to;

    /// A page of the build before: what was shown was what was said last.
    const OLD: &str = "
        INSERT INTO pages (id, name, description, description_html, time_zone, created_at_ms, ordinal, seq)
            VALUES ('page00000001', 'Acme', '', '', 'Etc/UTC', 1, 1, 1);
        INSERT INTO outbox (seq, page_id, at_ms) VALUES (9, 'page00000001', 100);
        INSERT INTO component_groups (page_id, id, name, description, description_html, position, ordinal, seq)
            VALUES ('page00000001', 'group0000001', 'Europe', '', '', 1, 1, 1);
        INSERT INTO components (page_id, id, group_id, name, description, description_html, position, status, show_uptime,
                ordinal, seq)
            VALUES ('page00000001', 'comp00000001', 'group0000001', 'API', '', '', 1, 'operational', TRUE, 2, 2),
                ('page00000001', 'comp00000002', NULL, 'Web', '', '', 2, 'operational', TRUE, 3, 3);
        INSERT INTO incidents (page_id, id, name, status, impact, impact_is_given, started_at_ms, resolved_at_ms, month,
                ordinal, seq)
            VALUES ('page00000001', 'incident0001', 'Slow', 'resolved', 'major', FALSE, 20, 30, '1970-01', 4, 4);
        INSERT INTO maintenances (page_id, id, name, status, starts_at_ms, ends_at_ms, completed_at_ms, month, created_at_ms,
                ordinal, seq)
            VALUES ('page00000001', 'maint0000001', 'Move', 'completed', 40, 50, 50, '1970-01', 5, 5, 5);
        INSERT INTO updates (page_id, id, parent_kind, parent_id, status, body, body_html, at_ms, ordinal, seq)
            VALUES ('page00000001', 'update000001', 'incident', 'incident0001', 'investigating', '', '', 20, 4, 4),
                ('page00000001', 'update000002', 'incident', 'incident0001', 'resolved', '', '', 30, 5, 5),
                ('page00000001', 'update000003', 'maintenance', 'maint0000001', 'scheduled', '', '', 5, 6, 6),
                ('page00000001', 'update000004', 'maintenance', 'maint0000001', 'in_progress', '', '', 40, 7, 7),
                ('page00000001', 'update000005', 'maintenance', 'maint0000001', 'completed', '', '', 50, 8, 8);
        INSERT INTO incident_components (page_id, incident_id, component_id, status)
            VALUES ('page00000001', 'incident0001', 'comp00000001', 'operational');
        INSERT INTO maintenance_components (page_id, maintenance_id, component_id)
            VALUES ('page00000001', 'maint0000001', 'comp00000002');
        INSERT INTO status_changes (page_id, component_id, at_ms, ordinal, status, update_id)
            VALUES ('page00000001', 'comp00000001', 10, 3, 'degraded_performance', NULL),
                ('page00000001', 'comp00000001', 20, 4, 'partial_outage', 'update000001'),
                ('page00000001', 'comp00000001', 30, 5, 'operational', 'update000002'),
                ('page00000001', 'comp00000002', 40, 7, 'under_maintenance', 'update000004'),
                ('page00000001', 'comp00000002', 50, 8, 'operational', 'update000005'),
                ('page00000001', 'comp00000002', 60, 9, 'major_outage', NULL);";

    async fn old_database() -> TempDir {
        let folder = TempDir::new().expect("a folder");
        let options = SqliteConnectOptions::new()
            .filename(sql::file(folder.path()))
            .create_if_missing(true);
        let mut conn = sqlx::SqliteConnection::connect_with(&options).await.expect("it opens");
        migrate_to(5, &mut conn).await.expect("the old schema");
        sqlx::raw_sql(OLD).execute(&mut conn).await.expect("old rows");
        conn.close().await.expect("it closes");
        folder
    }

    async fn rows(store: &Store, sql: &'static str) -> Vec<String> {
        let mut reader = store.reader().await.expect("a reader");
        sql::query_scalar(sql).fetch_all(&mut *reader).await.expect("rows")
    }

    #[tokio::test]
    async fn old_database_shows_what_it_showed() {
        let folder = old_database().await;
        let (store, _writer) = Store::open(folder.path()).await.expect("it opens");
        let history = rows(
            &store,
            "SELECT component_id || ' ' || at_ms || ' ' || status FROM status_changes ORDER BY 1",
        );
        let history = history.await;
        let expected = [
            "comp00000001 10 degraded_performance",
            "comp00000001 20 partial_outage",
            "comp00000001 30 operational",
            "comp00000002 40 under_maintenance",
            "comp00000002 50 operational",
            "comp00000002 60 major_outage",
        ];
        assert_eq!(history, expected);
        let own = rows(
            &store,
            "SELECT component_id || ' ' || at_ms || ' ' || status FROM own_statuses ORDER BY 1",
        )
        .await;
        let expected = [
            "comp00000001 10 degraded_performance",
            "comp00000001 20 operational",
            "comp00000002 60 major_outage",
        ];
        assert_eq!(own, expected, "a word ends where the next one was another's");
        let said = rows(
            &store,
            "SELECT update_id || ' ' || component_name || ' ' || status FROM reported_statuses",
        )
        .await;
        assert_eq!(
            said,
            ["update000001 Europe - API partial_outage"],
            "what follows by itself is not said"
        );
        let silent = rows(&store, "SELECT id FROM updates WHERE NOT components_given ORDER BY id").await;
        assert_eq!(silent, ["update000002", "update000004", "update000005"]);
        let now = rows(&store, "SELECT status || ' ' || held_by FROM components ORDER BY id").await;
        assert_eq!(now, ["operational []", "major_outage []"]);
    }

    #[tokio::test]
    async fn finds_and_mends_a_history_that_differs() {
        let folder = old_database().await;
        let wrong = async |rebuild| check(folder.path(), rebuild).await.expect("it is checked");
        let found = wrong(false).await;
        assert_eq!((found.components, found.differing.len()), (2, 0));
        let (mut conn, _) = sql::open(folder.path()).await.expect("it opens");
        execute(
            &mut conn,
            "UPDATE status_changes SET status = 'major_outage' WHERE at_ms = 20",
        )
        .await
        .expect("spoiled");
        drop(conn);
        let component = Id::parse("comp00000001").expect("an id");
        assert_eq!(wrong(false).await.differing[0].1, component);
        assert_eq!(
            wrong(true).await.differing.len(),
            1,
            "looking alone had changed nothing"
        );
        assert_eq!(wrong(false).await.differing.len(), 0);
    }

    #[tokio::test]
    async fn second_one_on_a_folder_ends_at_once_and_says_what_to_do() {
        let folder = TempDir::new().expect("a folder");
        let (_store, writer) = Store::open(folder.path()).await.expect("it opens");
        let own = std::process::id();
        let expected = format!(
            "the database in {} is in use by process {own}: stop that one, or name another folder with --data",
            folder.path().display()
        );
        let second = Store::open(folder.path()).await.err().expect("it is refused");
        assert_eq!(format!("{second:#}"), expected);
        let checked = check(folder.path(), true).await.expect_err("it is refused");
        assert_eq!(format!("{checked:#}"), expected);
        drop(writer);
        Store::open(folder.path()).await.expect("it is free again");
    }
}
