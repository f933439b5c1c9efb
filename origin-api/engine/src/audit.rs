//! Who changed what, written in the transaction of the change itself. It holds no secret: of those it says that they were changed.

use origin_objects::audit::{AuditBy, AuditEntry};
use page_model::PageId;
use serde_json::{Map, Value, json};

use crate::{
    applied::Applied,
    limits::{AUDIT_PAGE_ENTRIES_MAX, AUDIT_VALUE_CHARS_MAX},
    paging::{Listed, Window},
    rows::{self, Versioned, moment, of_json},
    scope::page_exists,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};

/// What somebody did.
#[derive(Debug)]
pub struct Entry<'a> {
    /// `None` for what belongs to no page.
    pub page: Option<&'a PageId>,
    pub action: &'static str,
    pub kind: &'a str,
    pub object: Option<&'a str>,
    pub changed: Option<Value>,
}

/// What a change does by itself, or time, is no entry of its own.
pub async fn note(tx: &mut Tx<'_>, entry: Entry<'_>) -> sql::Result<()> {
    let secrets = std::mem::take(&mut tx.secrets_changed);
    let Some(by) = tx.condition.by.clone() else {
        return Ok(());
    };
    let mut changed = entry.changed;
    for secret in secrets {
        let fields = changed.get_or_insert_with(|| json!({}));
        if let Value::Object(fields) = fields {
            fields.insert(secret.to_owned(), json!("changed"));
        }
    }
    add(tx.conn, tx.now_ms, &by, &Entry { changed, ..entry }).await
}

/// What the program itself has to tell.
pub async fn add(conn: &mut Connection, now_ms: i64, by: &AuditBy, entry: &Entry<'_>) -> sql::Result<()> {
    let page = entry.page.map_or("", PageId::as_str);
    let query = sql::query_scalar(
        "INSERT INTO audit (page_id, number, at_ms, who, action, kind, object, changed, has_people)
         VALUES ($1, (SELECT COALESCE(MAX(number), 0) + 1 FROM audit WHERE page_id = $1), $2, $3, $4, $5, $6, $7, $8)
         RETURNING number",
    );
    let query = query.bind(page).bind(now_ms).bind(rows::json(by));
    let query = query.bind(entry.action).bind(entry.kind).bind(entry.object);
    let query = query.bind(entry.changed.as_ref().map(Value::to_string));
    let has_people = KINDS_WITH_PEOPLE.contains(&entry.kind);
    let number: i64 = query.bind(has_people).fetch_one(&mut *conn).await?;
    let query = sql::query("DELETE FROM audit WHERE page_id = $1 AND number <= $2");
    let query = query.bind(page).bind(number - AUDIT_PAGE_ENTRIES_MAX);
    query.execute(conn).await.map(|_| ())
}

/// Each field that differs, before and after. Both are objects as JSON, and `None` what there is not.
pub fn difference(before: Option<&str>, after: Option<&str>) -> Option<Value> {
    let (before, after) = (fields(before), fields(after));
    let names = before
        .keys()
        .chain(after.keys().filter(|name| !before.contains_key(*name)));
    let changed = names.filter(|name| before.get(*name) != after.get(*name) && !FOLLOWING.contains(&name.as_str()));
    let changed = changed.map(|name| {
        let mut sides = Map::new();
        for (side, fields) in [("before", &before), ("after", &after)] {
            if let Some(value) = fields.get(name) {
                sides.insert(side.to_owned(), cut(value));
            }
        }
        (name.clone(), Value::Object(sides))
    });
    let changed: Map<String, Value> = changed.collect();
    (!changed.is_empty()).then_some(Value::Object(changed))
}

/// The newest first; of a page, or of what belongs to none.
pub async fn list(
    conn: &mut Connection,
    page: Option<&PageId>,
    kind: Option<&str>,
    window: Window,
) -> sql::Result<Listed<AuditEntry>> {
    let (_, number) = window.descending();
    let query = match kind {
        None => sql::query("SELECT * FROM audit WHERE page_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3"),
        Some(_) => sql::query(
            "SELECT * FROM audit WHERE page_id = $1 AND number < $2 AND kind = $4 ORDER BY number DESC LIMIT $3",
        ),
    };
    let query = query
        .bind(page.map_or("", PageId::as_str))
        .bind(number)
        .bind(window.rows());
    let query = match kind {
        None => query,
        Some(kind) => query.bind(kind),
    };
    let rows = query.fetch_all(conn).await?;
    let entries = rows.iter().map(entry);
    Ok(window.cut(entries.collect::<sql::Result<_>>()?))
}

/// Wrong passwords in numbers, of which the publisher should know.
pub async fn flooded(tx: &mut Tx<'_>, page: &PageId, wrong_passwords: u32) -> Result<Applied, Refusal> {
    if page_exists(tx.conn, page).await? {
        let entry = Entry {
            page: Some(page),
            action: "noticed",
            kind: "sign-in",
            object: None,
            changed: Some(json!({ "wrong_passwords": wrong_passwords })),
        };
        add(tx.conn, tx.now_ms, &AuditBy::Visitors, &entry).await?;
    }
    Ok(Applied::done())
}

/// That a page has no room for another set of audiences, of which its publisher is told once in a while.
pub async fn sets_full(tx: &mut Tx<'_>, page: &PageId, sets: usize) -> Result<Applied, Refusal> {
    let told = sets_were_full_at(tx.conn, page).await?;
    let is_new = told.is_none_or(|at_ms| at_ms < tx.now_ms - SETS_FULL_TOLD_EVERY_MS);
    if is_new && page_exists(tx.conn, page).await? {
        let entry = Entry {
            page: Some(page),
            action: "noticed",
            kind: SETS_FULL,
            object: None,
            changed: Some(json!({ "sets": sets })),
        };
        add(tx.conn, tx.now_ms, &AuditBy::Visitors, &entry).await?;
    }
    Ok(Applied::done())
}

pub async fn sets_were_full_at(conn: &mut Connection, page: &PageId) -> sql::Result<Option<i64>> {
    let query = sql::query_scalar("SELECT MAX(at_ms) FROM audit WHERE page_id = $1 AND kind = $2");
    query.bind(page.as_str()).bind(SETS_FULL).fetch_one(conn).await
}

fn entry(row: &Row) -> sql::Result<Versioned<AuditEntry>> {
    let number = row.try_get("number")?;
    let changed: Option<&str> = row.try_get("changed")?;
    let entry = AuditEntry {
        number,
        at: moment(row, "at_ms")?,
        by: of_json(row, "who")?,
        action: row.try_get("action")?,
        kind: row.try_get("kind")?,
        object: row.try_get("object")?,
        changed: match changed {
            Some(_) => Some(of_json(row, "changed")?),
            None => None,
        },
    };
    Ok(Versioned {
        object: entry,
        version: number,
        sort: 0,
        ordinal: number,
    })
}

fn fields(object: Option<&str>) -> Map<String, Value> {
    match object.and_then(|text| serde_json::from_str(text).ok()) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// What is long is told by its beginning.
fn cut(value: &Value) -> Value {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(AUDIT_VALUE_CHARS_MAX) {
        Some((end, _)) => Value::String(format!("{}…", &text[..end])),
        None => value.clone(),
    }
}

const SETS_FULL: &str = "audience sets";
/// How often a publisher is told that they are full.
pub const SETS_FULL_TOLD_EVERY_MS: i64 = 24 * 60 * 60 * 1_000;
/// What follows from any change of an object.
const FOLLOWING: [&str; 2] = ["created_at", "updated_at"];
/// What may name people by their address.
const KINDS_WITH_PEOPLE: [&str; 3] = ["audience", "member", "session"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn difference_names_the_fields_that_differ() {
        let before = r#"{"id":"a","name":"One","updated_at":"1","audiences":["public"]}"#;
        let after = r#"{"id":"a","name":"Two","updated_at":"2","audiences":["public"]}"#;
        let changed = difference(Some(before), Some(after)).expect("a difference");
        assert_eq!(changed, json!({"name": {"before": "One", "after": "Two"}}));
        assert_eq!(difference(Some(before), Some(before)), None);
        let created = difference(None, Some(r#"{"name":"One"}"#)).expect("a difference");
        assert_eq!(created, json!({"name": {"after": "One"}}));
        let long = format!(r#"{{"name":"{}"}}"#, "ä".repeat(10_000));
        let changed = difference(None, Some(&long)).expect("a difference");
        let told = changed["name"]["after"].as_str().expect("a text");
        assert_eq!(told.chars().count(), AUDIT_VALUE_CHARS_MAX + 1);
    }
}
