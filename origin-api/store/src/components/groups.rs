use origin_objects::{
    fault::Fault,
    group::{Group, GroupPatch, NewGroup},
    string_enum::StringEnum,
};
use page_model::{Id, PageId, limits::PAGE_GROUPS_MAX};

use crate::{
    archive::archive_months,
    components,
    engine::{
        paging::{Listed, Window},
        random,
        rows::{Kept, id, moment, state},
        sql::{self, Columns as _, Connection, Row},
        tx::{Answer, Refusal, Tx},
    },
    pages,
};

pub async fn create(tx: &mut Tx<'_>, page: &PageId, new: NewGroup) -> Result<Answer, Refusal> {
    if !pages::exists(tx.conn, page).await? {
        return Err(pages::absent(page).into());
    }
    room(tx.conn, page).await?;
    let group = new.id.unwrap_or_else(random::id);
    let position = match new.position {
        Some(position) => position,
        None => components::next_position(tx.conn, page).await?,
    };
    let created_at_ms = tx.created(new.created_at)?;
    let query = sql::query(
        "INSERT INTO component_groups (page_id, id, name, description, description_html, position, display,
             created_at_ms, updated_at_ms, ordinal, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) ON CONFLICT DO NOTHING",
    );
    let query = query.bind(page.as_str()).bind(group.as_str()).bind(new.name.as_str());
    let query = query
        .bind(new.description.text)
        .bind(new.description.html)
        .bind(position)
        .bind(new.display.as_str());
    let query = query.bind(created_at_ms).bind(tx.now_ms).bind(tx.seq);
    if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
        return Err(Fault::taken("id", format!("the page has a group {group} already")).into());
    }
    let kept = existing(tx.conn, page, &group).await?;
    Ok(Answer::created(
        &kept.object,
        tx.seq,
        format!("/v1/pages/{page}/groups/{group}"),
    ))
}

pub async fn change(tx: &mut Tx<'_>, page: &PageId, group: &Id, patch: GroupPatch) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, group).await?;
    tx.expect_version(before.seq)?;
    if let Some(description) = patch.description {
        let query = sql::query(
            "UPDATE component_groups SET description = $3, description_html = $4 WHERE page_id = $1 AND id = $2",
        );
        let query = query
            .bind(page.as_str())
            .bind(group.as_str())
            .bind(description.text)
            .bind(description.html);
        query.execute(&mut *tx.conn).await?;
    }
    let query = sql::query(
        "UPDATE component_groups SET name = $3, position = $4, display = $5, updated_at_ms = $6, seq = $7
         WHERE page_id = $1 AND id = $2",
    );
    let query = query.bind(page.as_str()).bind(group.as_str());
    let query = query.bind(patch.name.map_or(before.object.name, |name| name.into_string()));
    let query = query
        .bind(patch.position.unwrap_or(before.object.position))
        .bind(patch.display.unwrap_or(before.object.display).as_str());
    let query = query.bind(tx.now_ms).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    archive_months::mark_all(tx, page).await?;
    let kept = existing(tx.conn, page, group).await?;
    Ok(Answer::changed(&kept.object, tx.seq))
}

/// Its components stay, without a group.
pub async fn delete(tx: &mut Tx<'_>, page: &PageId, group: &Id) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, group).await?;
    tx.expect_version(before.seq)?;
    let query = sql::query(
        "UPDATE components SET group_id = NULL, updated_at_ms = $3, seq = $4 WHERE page_id = $1 AND group_id = $2",
    );
    query
        .bind(page.as_str())
        .bind(group.as_str())
        .bind(tx.now_ms)
        .bind(tx.seq)
        .execute(&mut *tx.conn)
        .await?;
    let query = sql::query("DELETE FROM component_groups WHERE page_id = $1 AND id = $2");
    query
        .bind(page.as_str())
        .bind(group.as_str())
        .execute(&mut *tx.conn)
        .await?;
    archive_months::mark_all(tx, page).await?;
    Ok(Answer::done())
}

pub async fn read(conn: &mut Connection, page: &PageId, group: &Id) -> sql::Result<Option<Kept<Group>>> {
    let query = sql::query("SELECT * FROM component_groups WHERE page_id = $1 AND id = $2");
    let row = query
        .bind(page.as_str())
        .bind(group.as_str())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(kept).transpose()
}

pub async fn list(conn: &mut Connection, page: &PageId, window: Window) -> sql::Result<Listed<Group>> {
    let query = sql::query(
        "SELECT * FROM component_groups WHERE page_id = $1 AND (position, ordinal) > ($2, $3)
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

async fn existing(conn: &mut Connection, page: &PageId, group: &Id) -> Result<Kept<Group>, Refusal> {
    let kept = read(conn, page, group).await?;
    kept.ok_or_else(|| Fault::absent(format!("page {page} has no group {group}")).into())
}

async fn room(conn: &mut Connection, page: &PageId) -> Result<(), Refusal> {
    let query = sql::query_scalar("SELECT COUNT(*) FROM component_groups WHERE page_id = $1");
    let count: i64 = query.bind(page.as_str()).fetch_one(conn).await?;
    if count < PAGE_GROUPS_MAX as i64 {
        return Ok(());
    }
    Err(Fault::conflict(format!("a page has at most {PAGE_GROUPS_MAX} groups")).into())
}

fn kept(row: &Row) -> sql::Result<Kept<Group>> {
    let group = Group {
        id: id(row, "id")?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        position: row.try_get("position")?,
        display: state(row, "display")?,
        created_at: moment(row, "created_at_ms")?,
        updated_at: moment(row, "updated_at_ms")?,
    };
    Kept::of(row, group, row.try_get("position")?)
}
