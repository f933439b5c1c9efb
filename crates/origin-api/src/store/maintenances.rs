use page_model::{
    Id, PageId,
    status::{MaintenanceStatus, Status},
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    archive_months, pages,
    paging::{Listed, Window},
    rows::{Kept, id, moment, optional_moment, state},
    statuses,
    tx::{Answer, Refusal, Tx},
    updates::{self, Kind, Parent, Said},
};
use crate::{
    objects::{
        component::Told,
        maintenance::{Maintenance, MaintenancePatch, NewMaintenance, check_times},
        markdown::Body,
    },
    problem::Problem,
    random, zone,
};

pub async fn create(tx: &mut Tx<'_>, page: &PageId, new: NewMaintenance) -> Result<Answer, Refusal> {
    let zone = pages::zone_of(tx.conn, page).await?;
    let at_ms = tx.moment(new.at)?;
    let month = zone::month(&zone, new.starts_at.0);
    let maintenance = new.id.clone().unwrap_or_else(random::id);
    insert(tx, page, &maintenance, &new, at_ms, &month).await?;
    add_components(tx, page, &maintenance, &new.components).await?;
    let update = new.update_id.unwrap_or_else(random::id);
    let parent = parent(page, &maintenance);
    let inserted = updates::insert(tx, parent, &update, new.status.as_str(), &new.body, at_ms).await;
    inserted.map_err(super::incidents::first_update_taken)?;
    if new.status.is_under_way() {
        begin(tx, page, &new.components, &update, at_ms).await?;
    }
    archive_months::settle(tx, page, &month).await?;
    let kept = existing(tx.conn, page, &maintenance).await?;
    Ok(Answer::created(
        &kept.object,
        tx.seq,
        format!("/v1/pages/{page}/maintenances/{maintenance}"),
    ))
}

pub async fn change(tx: &mut Tx<'_>, page: &PageId, id: &Id, patch: MaintenancePatch) -> Result<Answer, Refusal> {
    let Kept {
        object: before, seq, ..
    } = existing(tx.conn, page, id).await?;
    tx.expect_version(seq)?;
    let starts_at = patch.starts_at.unwrap_or(before.starts_at);
    let ends_at = patch.ends_at.unwrap_or(before.ends_at);
    check_times(starts_at, ends_at)?;
    let old_month = month_of(tx.conn, page, id).await?;
    let month = zone::month(&pages::zone_of(tx.conn, page).await?, starts_at.0);
    let query = sqlx::query(
        "UPDATE maintenances SET name = $3, starts_at_ms = $4, ends_at_ms = $5, month = $6, seq = $7
         WHERE page_id = $1 AND id = $2",
    );
    let name = patch.name.map_or(before.name.clone(), |name| name.into_string());
    let query = query
        .bind(page.as_str())
        .bind(id.as_str())
        .bind(name)
        .bind(starts_at.0)
        .bind(ends_at.0);
    query.bind(&month).bind(tx.seq).execute(&mut *tx.conn).await?;
    if let Some(components) = patch.components {
        replace_components(tx, page, &before, &components).await?;
    }
    archive_months::settle(tx, page, &old_month).await?;
    archive_months::settle(tx, page, &month).await?;
    let kept = existing(tx.conn, page, id).await?;
    Ok(Answer::changed(&kept.object, tx.seq))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, maintenance).await?;
    tx.expect_version(before.seq)?;
    updates::delete_all(tx, parent(page, maintenance)).await?;
    let month = month_of(tx.conn, page, maintenance).await?;
    let query = sqlx::query("DELETE FROM maintenances WHERE page_id = $1 AND id = $2");
    query
        .bind(page.as_str())
        .bind(maintenance.as_str())
        .execute(&mut *tx.conn)
        .await?;
    archive_months::settle(tx, page, &month).await?;
    Ok(Answer::done())
}

/// The clock's change: starts a maintenance whose time has come, or ends it.
pub async fn advance(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, maintenance).await?.object;
    let (status, words, due) = match before.status {
        MaintenanceStatus::Scheduled => (MaintenanceStatus::InProgress, BEGUN, before.starts_at),
        MaintenanceStatus::InProgress | MaintenanceStatus::Verifying => {
            (MaintenanceStatus::Completed, COMPLETE, before.ends_at)
        }
        MaintenanceStatus::Completed => return Err(Problem::conflict("the maintenance is complete").into()),
    };
    if due.0 > tx.now_ms {
        return Err(Problem::conflict("the maintenance's time has not come").into());
    }
    let last = updates::last::<MaintenanceStatus>(tx.conn, parent(page, maintenance), i64::MAX).await?;
    let said = Said {
        id: random::id(),
        status,
        body: Body::try_from(words.to_owned()).map_err(|detail| Problem::conflict(detail))?,
        // Never before what was said last, or that would go on being the latest word.
        at: due.max(last.map_or(due, |last| last.object.at)),
    };
    say(tx, page, &before, said).await?;
    Ok(Answer::done())
}

/// Adds an update and lets the maintenance and its components follow.
pub async fn say(
    tx: &mut Tx<'_>,
    page: &PageId,
    before: &Maintenance,
    said: Said<MaintenanceStatus, Body>,
) -> Result<(), Refusal> {
    let parent = parent(page, &before.id);
    updates::insert(tx, parent, &said.id, said.status.as_str(), &said.body, said.at.0).await?;
    if said.status.is_under_way() && !before.status.is_under_way() {
        begin(tx, page, &before.components, &said.id, said.at.0).await?;
    }
    if said.status.is_over() && before.status.is_under_way() {
        end(tx, page, &before.components, &said.id, said.at.0).await?;
    }
    derive(tx, page, &before.id).await
}

/// Brings what follows from the updates up to date.
pub async fn derive(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id) -> Result<(), Refusal> {
    let query = sqlx::query(DERIVE)
        .bind(page.as_str())
        .bind(maintenance.as_str())
        .bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    let month = month_of(tx.conn, page, maintenance).await?;
    Ok(archive_months::settle(tx, page, &month).await?)
}

pub async fn read(
    conn: &mut SqliteConnection,
    page: &PageId,
    maintenance: &Id,
) -> sqlx::Result<Option<Kept<Maintenance>>> {
    let query = sqlx::query("SELECT * FROM maintenances WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(maintenance.as_str());
    let Some(row) = query.fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    kept(conn, page, &row).await.map(Some)
}

/// The one that starts last comes first.
pub async fn list(conn: &mut SqliteConnection, page: &PageId, window: Window) -> sqlx::Result<Listed<Maintenance>> {
    let query = sqlx::query(
        "SELECT * FROM maintenances WHERE page_id = $1 AND (starts_at_ms, ordinal) < ($2, $3)
         ORDER BY starts_at_ms DESC, ordinal DESC LIMIT $4",
    );
    let (sort, ordinal) = window.descending();
    let query = query.bind(page.as_str()).bind(sort).bind(ordinal).bind(window.rows());
    let mut maintenances = Vec::new();
    for row in query.fetch_all(&mut *conn).await? {
        maintenances.push(kept(conn, page, &row).await?);
    }
    Ok(window.cut(maintenances))
}

pub async fn existing(
    conn: &mut SqliteConnection,
    page: &PageId,
    maintenance: &Id,
) -> Result<Kept<Maintenance>, Refusal> {
    let kept = read(conn, page, maintenance).await?;
    kept.ok_or_else(|| absent(page, maintenance).into())
}

pub async fn expect(conn: &mut SqliteConnection, page: &PageId, maintenance: &Id) -> Result<(), Problem> {
    let found = read(conn, page, maintenance).await?;
    found.map(|_| ()).ok_or_else(|| absent(page, maintenance))
}

pub fn parent<'a>(page: &'a PageId, maintenance: &'a Id) -> Parent<'a> {
    Parent {
        page,
        kind: Kind::Maintenance,
        id: maintenance,
    }
}

/// A component with an outage keeps it: maintenance does not paint over trouble.
async fn begin(tx: &mut Tx<'_>, page: &PageId, components: &[Id], update: &Id, at_ms: i64) -> sqlx::Result<()> {
    turn(
        tx,
        page,
        components,
        update,
        at_ms,
        Status::Operational,
        Status::UnderMaintenance,
    )
    .await
}

async fn end(tx: &mut Tx<'_>, page: &PageId, components: &[Id], update: &Id, at_ms: i64) -> sqlx::Result<()> {
    turn(
        tx,
        page,
        components,
        update,
        at_ms,
        Status::UnderMaintenance,
        Status::Operational,
    )
    .await
}

async fn turn(
    tx: &mut Tx<'_>,
    page: &PageId,
    components: &[Id],
    update: &Id,
    at_ms: i64,
    from: Status,
    to: Status,
) -> sqlx::Result<()> {
    for component in components {
        if statuses::at(tx.conn, page, component, at_ms).await? != from {
            continue;
        }
        let told = Told {
            id: component.clone(),
            status: to,
        };
        statuses::tell(tx, page, &told, at_ms, Some(update)).await?;
    }
    Ok(())
}

async fn replace_components(
    tx: &mut Tx<'_>,
    page: &PageId,
    before: &Maintenance,
    components: &[Id],
) -> Result<(), Refusal> {
    let query = sqlx::query("DELETE FROM maintenance_components WHERE page_id = $1 AND maintenance_id = $2");
    query
        .bind(page.as_str())
        .bind(before.id.as_str())
        .execute(&mut *tx.conn)
        .await?;
    add_components(tx, page, &before.id, components).await?;
    let last = updates::last::<MaintenanceStatus>(tx.conn, parent(page, &before.id), i64::MAX).await?;
    let Some(last) = last.filter(|_| before.status.is_under_way()) else {
        return Ok(());
    };
    let (gone, come) = (
        differing(&before.components, components),
        differing(components, &before.components),
    );
    end(tx, page, &gone, &last.object.id, tx.now_ms).await?;
    begin(tx, page, &come, &last.object.id, tx.now_ms).await?;
    Ok(())
}

fn differing(these: &[Id], those: &[Id]) -> Vec<Id> {
    these.iter().filter(|id| !those.contains(id)).cloned().collect()
}

async fn insert(
    tx: &mut Tx<'_>,
    page: &PageId,
    maintenance: &Id,
    new: &NewMaintenance,
    at_ms: i64,
    month: &str,
) -> Result<(), Refusal> {
    let query = sqlx::query(
        "INSERT INTO maintenances (page_id, id, name, status, starts_at_ms, ends_at_ms, completed_at_ms, month,
             created_at_ms, ordinal, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) ON CONFLICT DO NOTHING",
    );
    let query = query
        .bind(page.as_str())
        .bind(maintenance.as_str())
        .bind(new.name.as_str())
        .bind(new.status.as_str());
    let query = query
        .bind(new.starts_at.0)
        .bind(new.ends_at.0)
        .bind(new.status.is_over().then_some(at_ms));
    if query
        .bind(month)
        .bind(tx.now_ms)
        .bind(tx.seq)
        .execute(&mut *tx.conn)
        .await?
        .rows_affected()
        > 0
    {
        return Ok(());
    }
    Err(Problem::taken("id", format!("the page has a maintenance {maintenance} already")).into())
}

async fn add_components(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id, components: &[Id]) -> Result<(), Refusal> {
    for (index, component) in components.iter().enumerate() {
        let query = sqlx::query(
            "INSERT INTO maintenance_components (page_id, maintenance_id, component_id)
             SELECT page_id, $2, id FROM components WHERE page_id = $1 AND id = $3",
        );
        let query = query
            .bind(page.as_str())
            .bind(maintenance.as_str())
            .bind(component.as_str());
        if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
            let detail = format!("the page has no component {component}");
            return Err(Problem::invalid(format!("components[{index}]"), detail).into());
        }
    }
    Ok(())
}

async fn month_of(conn: &mut SqliteConnection, page: &PageId, maintenance: &Id) -> sqlx::Result<String> {
    let query = sqlx::query_scalar("SELECT month FROM maintenances WHERE page_id = $1 AND id = $2");
    query
        .bind(page.as_str())
        .bind(maintenance.as_str())
        .fetch_one(conn)
        .await
}

async fn components(conn: &mut SqliteConnection, page: &PageId, maintenance: &Id) -> sqlx::Result<Vec<Id>> {
    let query =
        sqlx::query("SELECT component_id FROM maintenance_components WHERE page_id = $1 AND maintenance_id = $2");
    let rows = query
        .bind(page.as_str())
        .bind(maintenance.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| id(row, "component_id")).collect()
}

async fn kept(conn: &mut SqliteConnection, page: &PageId, row: &SqliteRow) -> sqlx::Result<Kept<Maintenance>> {
    let maintenance: Id = id(row, "id")?;
    let maintenance = Maintenance {
        name: row.try_get("name")?,
        status: state(row, "status")?,
        starts_at: moment(row, "starts_at_ms")?,
        ends_at: moment(row, "ends_at_ms")?,
        completed_at: optional_moment(row, "completed_at_ms")?,
        components: components(conn, page, &maintenance).await?,
        id: maintenance,
    };
    Kept::of(row, maintenance, row.try_get("starts_at_ms")?)
}

fn absent(page: &PageId, maintenance: &Id) -> Problem {
    Problem::absent(format!("page {page} has no maintenance {maintenance}"))
}

const BEGUN: &str = "The maintenance has begun.";
const COMPLETE: &str = "The maintenance is complete.";

const DERIVE: &str = "
    UPDATE maintenances SET seq = $3,
        status = (SELECT status FROM updates WHERE page_id = $1 AND parent_kind = 'maintenance' AND parent_id = $2
                  ORDER BY at_ms DESC, ordinal DESC LIMIT 1),
        completed_at_ms = CASE
            WHEN (SELECT status FROM updates WHERE page_id = $1 AND parent_kind = 'maintenance' AND parent_id = $2
                  ORDER BY at_ms DESC, ordinal DESC LIMIT 1) = 'completed'
            THEN (SELECT MIN(at_ms) FROM updates WHERE page_id = $1 AND parent_kind = 'maintenance'
                  AND parent_id = $2 AND status = 'completed')
            END
    WHERE page_id = $1 AND id = $2";
