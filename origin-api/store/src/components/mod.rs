//! Components.

pub mod groups;
pub mod statuses;

use origin_objects::{
    component::{Component, ComponentPatch, NewComponent},
    status_change::StatusChange,
    fault::Fault,
};
use page_model::{Id, PageId, limits::PAGE_COMPONENTS_MAX};

use crate::{
    archive::archive_months,
    engine::{
        paging::{Listed, Window},
        random,
        rows::{Kept, id, moment, optional_id, state},
        sql::{self, Columns as _, Connection, Row},
        tx::{Answer, Refusal, Tx},
    },
    pages,
};

pub async fn create(tx: &mut Tx<'_>, page: &PageId, new: NewComponent) -> Result<Answer, Refusal> {
    if !pages::exists(tx.conn, page).await? {
        return Err(pages::absent(page).into());
    }
    room(tx.conn, page).await?;
    check_group(tx.conn, page, new.group_id.as_ref()).await?;
    let component = new.id.unwrap_or_else(random::id);
    let created_at_ms = tx.created(new.created_at)?;
    let position = match new.position {
        Some(position) => position,
        None => next_position(tx.conn, page).await?,
    };
    let query = sql::query(
        "INSERT INTO components (page_id, id, group_id, name, description, description_html, position, status,
             show_uptime, only_show_if_degraded, start_date, created_at_ms, updated_at_ms, ordinal, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'operational', $8, $9, $10, $11, $12, $13, $13) ON CONFLICT DO NOTHING",
    );
    let query = query
        .bind(page.as_str())
        .bind(component.as_str())
        .bind(new.group_id.as_ref().map(Id::as_str));
    let query = query
        .bind(new.name.as_str())
        .bind(new.description.text)
        .bind(new.description.html)
        .bind(position);
    let query = query
        .bind(new.show_uptime)
        .bind(new.only_show_if_degraded)
        .bind(new.started_on.map(String::from));
    let query = query.bind(created_at_ms).bind(tx.now_ms).bind(tx.seq);
    if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
        return Err(Fault::taken("id", format!("the page has a component {component} already")).into());
    }
    if let Some(status) = new.status {
        let told = StatusChange {
            id: component.clone(),
            status,
        };
        statuses::tell(tx, page, &told, tx.now_ms, None).await?;
    }
    let kept = existing(tx.conn, page, &component).await?;
    Ok(Answer::created(
        &kept.object,
        tx.seq,
        format!("/v1/pages/{page}/components/{component}"),
    ))
}

pub async fn change(tx: &mut Tx<'_>, page: &PageId, component: &Id, patch: ComponentPatch) -> Result<Answer, Refusal> {
    let Kept {
        object: before, seq, ..
    } = existing(tx.conn, page, component).await?;
    tx.expect_version(seq)?;
    check_group(tx.conn, page, patch.group_id.as_ref().and_then(Option::as_ref)).await?;
    let told = patch
        .status
        .filter(|status| *status != before.status)
        .map(|status| StatusChange {
            id: component.clone(),
            status,
        });
    if patch.name.is_some() || patch.group_id.is_some() {
        archive_months::mark_all(tx, page).await?;
    }
    if let Some(description) = &patch.description {
        let query =
            sql::query("UPDATE components SET description = $3, description_html = $4 WHERE page_id = $1 AND id = $2");
        let query = query
            .bind(page.as_str())
            .bind(component.as_str())
            .bind(&description.text)
            .bind(&description.html);
        query.execute(&mut *tx.conn).await?;
    }
    write(tx, page, before, patch).await?;
    if let Some(told) = told {
        statuses::tell(tx, page, &told, tx.now_ms, None).await?;
    }
    let kept = existing(tx.conn, page, component).await?;
    Ok(Answer::changed(&kept.object, tx.seq))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId, component: &Id) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, component).await?;
    tx.expect_version(before.seq)?;
    let query = sql::query("DELETE FROM components WHERE page_id = $1 AND id = $2");
    query
        .bind(page.as_str())
        .bind(component.as_str())
        .execute(&mut *tx.conn)
        .await?;
    archive_months::mark_all(tx, page).await?;
    Ok(Answer::done())
}

pub async fn read(conn: &mut Connection, page: &PageId, component: &Id) -> sql::Result<Option<Kept<Component>>> {
    let query = sql::query("SELECT * FROM components WHERE page_id = $1 AND id = $2");
    let row = query
        .bind(page.as_str())
        .bind(component.as_str())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(kept).transpose()
}

pub async fn list(conn: &mut Connection, page: &PageId, window: Window) -> sql::Result<Listed<Component>> {
    let query = sql::query(
        "SELECT * FROM components WHERE page_id = $1 AND (position, ordinal) > ($2, $3)
         ORDER BY position, ordinal LIMIT $4",
    );
    let (sort, ordinal) = window.ascending();
    let rows = query
        .bind(page.as_str())
        .bind(sort)
        .bind(ordinal)
        .bind(window.rows())
        .fetch_all(conn)
        .await?;
    Ok(window.cut(rows.iter().map(kept).collect::<Result<_, _>>()?))
}

/// Behind all groups and components of the page.
pub async fn next_position(conn: &mut Connection, page: &PageId) -> sql::Result<i32> {
    let query = sql::query_as(
        "SELECT (SELECT MAX(position) FROM components WHERE page_id = $1),
                (SELECT MAX(position) FROM component_groups WHERE page_id = $1)",
    );
    let (components, groups): (Option<i32>, Option<i32>) = query.bind(page.as_str()).fetch_one(conn).await?;
    Ok(components.max(groups).map_or(1, |last| last.saturating_add(1)))
}

async fn write(tx: &mut Tx<'_>, page: &PageId, before: Component, patch: ComponentPatch) -> Result<(), Refusal> {
    let query = sql::query(
        "UPDATE components SET name = $3, group_id = $4, position = $5, show_uptime = $6, only_show_if_degraded = $7,
             start_date = $8, updated_at_ms = $9, seq = $10
         WHERE page_id = $1 AND id = $2",
    );
    let query = query.bind(page.as_str()).bind(before.id.as_str());
    let query = query.bind(patch.name.map_or(before.name, |name| name.into_string()));
    let query = query.bind(patch.group_id.unwrap_or(before.group_id).map(String::from));
    let query = query.bind(patch.position.unwrap_or(before.position));
    let query = query.bind(patch.show_uptime.unwrap_or(before.show_uptime));
    let query = query.bind(patch.only_show_if_degraded.unwrap_or(before.only_show_if_degraded));
    let query = query.bind(patch.started_on.unwrap_or(before.started_on).map(String::from));
    let query = query.bind(tx.now_ms).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

async fn existing(conn: &mut Connection, page: &PageId, component: &Id) -> Result<Kept<Component>, Refusal> {
    let kept = read(conn, page, component).await?;
    kept.ok_or_else(|| Fault::absent(format!("page {page} has no component {component}")).into())
}

async fn check_group(conn: &mut Connection, page: &PageId, group: Option<&Id>) -> Result<(), Refusal> {
    let Some(group) = group else { return Ok(()) };
    let query = sql::query("SELECT id FROM component_groups WHERE page_id = $1 AND id = $2");
    match query
        .bind(page.as_str())
        .bind(group.as_str())
        .fetch_optional(conn)
        .await?
    {
        Some(_) => Ok(()),
        None => Err(Fault::invalid("group_id", format!("the page has no group {group}")).into()),
    }
}

async fn room(conn: &mut Connection, page: &PageId) -> Result<(), Refusal> {
    let query = sql::query_scalar("SELECT COUNT(*) FROM components WHERE page_id = $1");
    let count: i64 = query.bind(page.as_str()).fetch_one(conn).await?;
    if count < PAGE_COMPONENTS_MAX as i64 {
        return Ok(());
    }
    Err(Fault::conflict(format!("a page has at most {PAGE_COMPONENTS_MAX} components")).into())
}

fn kept(row: &Row) -> sql::Result<Kept<Component>> {
    let component = Component {
        id: id(row, "id")?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        group_id: optional_id(row, "group_id")?,
        position: row.try_get("position")?,
        status: state(row, "status")?,
        show_uptime: row.try_get("show_uptime")?,
        only_show_if_degraded: row.try_get("only_show_if_degraded")?,
        started_on: optional_id(row, "start_date")?,
        created_at: moment(row, "created_at_ms")?,
        updated_at: moment(row, "updated_at_ms")?,
    };
    Kept::of(row, component, row.try_get("position")?)
}
