//! Databases of many pages, made from one page that was pushed: no number of requests would make a hundred thousand in minutes.

use std::path::Path;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use origin_engine::sql::{self, Columns as _, Connection};
use serde_json::json;
use tests::{
    Page, System,
    push::{NewIncident, NewUpdate, Touched},
};

/// A small page as many have it: two groups, an incident of last month and one of yesterday, and a maintenance that is planned.
pub async fn push_one(system: &System) -> Result<Page> {
    let page = Page::create(&system.push, "scale", COMPONENTS).await?;
    for days in [40, 1] {
        let at =
            |minutes: SignedDuration| (Timestamp::now() - SignedDuration::from_hours(24 * days) + minutes).to_string();
        let incident = NewIncident {
            name: "Webhooks are delayed".into(),
            body: "Deliveries wait for up to **ten minutes**. None is lost.".into(),
            at: Some(at(SignedDuration::ZERO)),
            components: vec![Touched::new(&page.component(4), "degraded_performance")],
            ..NewIncident::default()
        };
        let incident = system.push.incident(&page.id, &incident).await?.id()?.to_owned();
        let resolved = NewUpdate {
            body: "All deliveries have arrived.".into(),
            status: Some("resolved".into()),
            at: Some(at(SignedDuration::from_mins(30))),
            ..NewUpdate::default()
        };
        system.push.update(&page.id, &incident, &resolved).await?;
    }
    let starts = Timestamp::now() + SignedDuration::from_hours(24 * 7);
    let maintenance = json!({
        "name": "New disks",
        "body": "Uploads pause for some minutes.",
        "starts_at": starts.to_string(),
        "ends_at": (starts + SignedDuration::from_hours(1)).to_string(),
        "components": [page.component(0)],
    });
    system.push.create(&page.path("/maintenances"), &maintenance).await?;
    Ok(page)
}

/// The id and the host of the copy with this number.
pub fn copy(number: usize) -> (String, String) {
    (format!("p{number:011}"), format!("page{number}.localhost"))
}

/// Copies the page so often, each with an id and a host of its own. Nobody has the database meanwhile.
pub async fn multiply(folder: &Path, page: &str, copies: usize) -> Result<()> {
    let (mut conn, _readers) = sql::open(folder).await?;
    let conn = &mut conn;
    sql::execute(conn, "PRAGMA foreign_keys = OFF").await?;
    sql::execute(conn, "PRAGMA synchronous = OFF").await?;
    sql::execute(conn, "BEGIN IMMEDIATE").await?;
    for table in tables(conn).await? {
        let columns = columns(conn, &table).await?;
        let of_page = match table.as_str() {
            "pages" => "id",
            _ => "page_id",
        };
        if !columns.iter().any(|column| column == of_page) {
            continue;
        }
        let copied: Vec<String> = columns.iter().map(|column| copied(&table, column, of_page)).collect();
        let text = format!(
            "WITH RECURSIVE copies (copy) AS (SELECT 1 UNION ALL SELECT copy + 1 FROM copies WHERE copy < $1)
             INSERT INTO {table} ({}) SELECT {} FROM copies CROSS JOIN {table} WHERE {of_page} = $2",
            columns.join(", "),
            copied.join(", "),
        );
        let query = sql::query(sql::built(text)).bind(copies as i64).bind(page);
        query.execute(&mut *conn).await?;
    }
    sql::execute(conn, "COMMIT").await?;
    sql::execute(conn, "PRAGMA wal_checkpoint(TRUNCATE)").await?;
    Ok(())
}

/// As `copy` names them; the sequence numbers go on. Tables have columns of many names.
fn copied(table: &str, column: &str, of_page: &str) -> String {
    match (table, column) {
        (_, column) if column == of_page => "printf('p%011d', copies.copy)".to_owned(),
        ("hosts", "host") | ("pages", "first_host") => format!("printf('page%d.localhost', copies.copy) AS {column}"),
        ("outbox", "seq") => "copies.copy + (SELECT MAX(last.seq) FROM outbox last)".to_owned(),
        _ => format!("{table}.{column}"),
    }
}

/// Every page was composed a day ago, and the clock finds it as soon as the origin starts: the midnight of all of them.
pub async fn let_a_day_pass(folder: &Path) -> Result<()> {
    let (mut conn, _readers) = sql::open(folder).await?;
    sql::execute(&mut conn, "UPDATE outbox SET at_ms = at_ms - 86400000").await?;
    sql::execute(&mut conn, "UPDATE pages SET look_at_ms = 0").await?;
    Ok(())
}

/// Pages that the clock has still to look at.
pub async fn due(folder: &Path, now_ms: i64) -> Result<i64> {
    let mut conn = sql::open_file(&sql::file(folder)).await?;
    let query = sql::query_scalar("SELECT COUNT(*) FROM pages WHERE look_at_ms <= $1");
    Ok(query.bind(now_ms).fetch_one(&mut conn).await?)
}

async fn tables(conn: &mut Connection) -> Result<Vec<String>> {
    let query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\'";
    Ok(sql::query_scalar(query).fetch_all(conn).await?)
}

/// Without those that the database makes itself.
async fn columns(conn: &mut Connection, table: &str) -> Result<Vec<String>> {
    let query = sql::query("SELECT name FROM pragma_table_info($1)").bind(table.to_owned());
    let rows = query.fetch_all(conn).await?;
    Ok(rows.iter().map(|row| row.try_get("name")).collect::<sql::Result<_>>()?)
}

const COMPONENTS: usize = 10;
