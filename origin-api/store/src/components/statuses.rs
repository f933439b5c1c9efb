//! What is said of components, and how their status follows from it. A word is never written over another's: each holds what it
//! holds, and the worst is shown.

use origin_compose::{
    held::difference,
    timeline::{Course, Timeline},
};
use origin_engine::{
    rows::{json, state},
    scope::Parent,
    sql::{self, Columns as _, Connection, execute},
    tx::Tx,
};
use page_model::{Id, PageId, status::Status};

use crate::components::history::{self, Now, Span};

/// The publisher says itself what a component is; it holds until the next such word.
pub async fn say(tx: &mut Tx<'_>, page: &PageId, component: &Id, status: Status) -> sql::Result<()> {
    let (last_ms, last) = last_own(tx.conn, page, component).await?.unzip();
    if last.unwrap_or(Status::Operational) == status {
        return Ok(());
    }
    let at_ms = tx.after(last_ms).await?;
    let query = sql::query(
        "INSERT INTO own_statuses (page_id, component_id, at_ms, ordinal, status) VALUES ($1, $2, $3, $4, $5)",
    );
    let query = query.bind(page.as_str()).bind(component.as_str());
    let query = query.bind(at_ms).bind(tx.seq).bind(status.as_str());
    query.execute(&mut *tx.conn).await?;
    let span = Span {
        from_ms: at_ms,
        until_ms: None,
    };
    follow(tx, page, component, span).await
}

/// Lets the components follow an event that was changed: each where what is held of it differs.
pub async fn follow_event<S: Course>(
    tx: &mut Tx<'_>,
    event: Parent<'_>,
    before: &Timeline<S>,
    after: &Timeline<S>,
) -> sql::Result<()> {
    let mut components = before.components();
    components.extend(after.components());
    for component in components.into_keys() {
        if let Some((from_ms, until_ms)) = difference(&before.held(component), &after.held(component)) {
            follow(tx, event.page, component, Span { from_ms, until_ms }).await?;
        }
    }
    Ok(())
}

/// A component comes with an id that events told of before: it is the same to them.
pub async fn take_up(tx: &mut Tx<'_>, page: &PageId, component: &Id) -> sql::Result<()> {
    let query = sql::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM incident_components WHERE page_id = $1 AND component_id = $2)
             OR EXISTS (SELECT 1 FROM maintenance_components WHERE page_id = $1 AND component_id = $2)",
    );
    let query = query.bind(page.as_str()).bind(component.as_str());
    match query.fetch_one(&mut *tx.conn).await? {
        true => follow(tx, page, component, Span::ALWAYS).await,
        false => Ok(()),
    }
}

/// Makes what is missing, after a migration has brought what was said into a new shape.
pub async fn make_missing(conn: &mut Connection) -> sql::Result<()> {
    let query = sql::query_as("SELECT page_id, id FROM components WHERE held_by IS NULL");
    let missing: Vec<(String, String)> = query.fetch_all(&mut *conn).await?;
    if missing.is_empty() {
        return Ok(());
    }
    execute(conn, "BEGIN IMMEDIATE").await?;
    for (page, component) in missing {
        let unreadable = |_| sql::unreadable(format!("component {component} of page {page} has no valid id"));
        let page = PageId::parse(&page).map_err(unreadable)?;
        make(conn, &page, &Id::parse(&component).map_err(unreadable)?).await?;
    }
    execute(conn, "COMMIT").await
}

/// Makes the whole history of a component, and what it is now.
pub async fn make(conn: &mut Connection, page: &PageId, component: &Id) -> sql::Result<()> {
    let Some(Now { status, held_by }) = history::make(conn, page, component, Span::ALWAYS).await? else {
        return Ok(());
    };
    let query = sql::query("UPDATE components SET status = $3, held_by = $4 WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(component.as_str());
    query.bind(status.as_str()).bind(json(&held_by)).execute(conn).await?;
    Ok(())
}

/// Makes the history of a component in a span, and what it is now.
async fn follow(tx: &mut Tx<'_>, page: &PageId, component: &Id, span: Span) -> sql::Result<()> {
    if !exists(tx.conn, page, component).await? {
        return Ok(());
    }
    let Some(Now { status, held_by }) = history::make(tx.conn, page, component, span).await? else {
        return Ok(());
    };
    let query = sql::query(
        "UPDATE components SET status = $3, held_by = $4, seq = $6,
             updated_at_ms = CASE WHEN status <> $3 THEN $5 ELSE updated_at_ms END
         WHERE page_id = $1 AND id = $2 AND (status <> $3 OR held_by <> $4)",
    );
    let query = query.bind(page.as_str()).bind(component.as_str());
    let query = query.bind(status.as_str()).bind(json(&held_by));
    query.bind(tx.now_ms).bind(tx.seq).execute(&mut *tx.conn).await?;
    Ok(())
}

async fn exists(conn: &mut Connection, page: &PageId, component: &Id) -> sql::Result<bool> {
    let query = sql::query("SELECT id FROM components WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(component.as_str());
    Ok(query.fetch_optional(conn).await?.is_some())
}

async fn last_own(conn: &mut Connection, page: &PageId, component: &Id) -> sql::Result<Option<(i64, Status)>> {
    let query = sql::query(
        "SELECT at_ms, status FROM own_statuses WHERE page_id = $1 AND component_id = $2
         ORDER BY at_ms DESC, ordinal DESC LIMIT 1",
    );
    let query = query.bind(page.as_str()).bind(component.as_str());
    let row = query.fetch_optional(conn).await?;
    row.map(|row| Ok((row.try_get("at_ms")?, state(&row, "status")?)))
        .transpose()
}
