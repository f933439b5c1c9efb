use std::collections::BTreeSet;

use origin_compose::timeline::Timeline;
use origin_engine::{
    applied::Applied,
    random,
    rows::{Versioned, id, json, moment, of_json, optional_id, optional_moment, state},
    scope::{Kind, Parent, Scope},
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    maintenance::{Maintenance, MaintenancePatch, NewMaintenance, check_times},
    reminder::ReminderMinutes,
};
use origin_time::zone;
use page_model::{Id, PageId, status::MaintenanceStatus};

use crate::{
    access::audiences,
    archive::filing,
    family::{Family, FamilyChange, Order},
    maintenances::{
        cancelled, components, reminders,
        state::{mark_changed, mark_told, settle},
    },
    pages::lookup,
    timelines,
    updates::{self, NewUpdate},
};

pub type MaintenanceChange = FamilyChange<Maintenance>;

impl Family for Maintenance {
    type New = NewMaintenance;
    type Patch = MaintenancePatch;

    const TABLE: &'static str = "maintenances";
    const NAME: &'static str = "maintenance";
    const TAKEN: &'static str = "a maintenance";
    /// The one that starts last comes first.
    const ORDER: Order = Order::Descending("starts_at_ms");
    const MORE: &'static str = ",
        (SELECT u.id FROM updates u WHERE u.page_id = maintenances.page_id AND u.parent_kind = 'maintenance'
             AND u.parent_id = maintenances.id ORDER BY u.ordinal DESC LIMIT 1) AS latest_update,
        (SELECT json_group_array(c.component_id) FROM maintenance_components c
         WHERE c.page_id = maintenances.page_id AND c.maintenance_id = maintenances.id) AS component_ids";
    const SHARES_LINKS_WITH: Option<(&'static str, &'static str)> = Some(("incidents", "an incident"));

    fn id(new: &NewMaintenance) -> Option<&Id> {
        new.id.as_ref()
    }

    async fn load(_: &mut Connection, _: &Scope, row: &Row) -> sql::Result<Self> {
        Ok(Self {
            name: row.try_get("name")?,
            audiences: of_json(row, "audiences")?,
            status: state(row, "status")?,
            starts_at: moment(row, "starts_at_ms")?,
            ends_at: moment(row, "ends_at_ms")?,
            began_at: optional_moment(row, "began_at_ms")?,
            completed_at: optional_moment(row, "completed_at_ms")?,
            updated_at: optional_moment(row, "updated_at_ms")?,
            series: optional_id(row, "series_id")?,
            reminder_minutes: of_json(row, "reminder_minutes")?,
            latest_update: optional_id(row, "latest_update")?,
            components: of_json(row, "component_ids")?,
            id: id(row, "id")?,
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewMaintenance) -> Result<bool, Refusal> {
        let page = &scope.page;
        audiences::expect(tx.conn, page, &new.audiences).await?;
        let at_ms = tx.moment(new.at)?;
        let month = zone::month(&lookup::zone_of(tx.conn, page).await?, new.starts_at.0);
        if !insert_row(tx, page, id, &new, at_ms, &month).await? {
            return Ok(false);
        }
        let maintenance = parent(page, id);
        components::list(tx, maintenance, &new.components).await?;
        let first = NewUpdate {
            id: &new.update_id.unwrap_or_else(random::id),
            status: Some(new.status),
            audiences: None,
            body: &new.body,
            at_ms,
            displayed_at: new.displayed_at,
            components: new.update_components.as_deref(),
            field: "update_components",
        };
        updates::insert_first(tx, maintenance, first).await?;
        let after = timelines::load(tx.conn, maintenance).await?;
        settle(tx, maintenance, &Timeline::default(), &after).await?;
        reminders::plan(tx, page, id, new.starts_at.0, &new.reminder_minutes).await?;
        Ok(true)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        before: Versioned<Self>,
        patch: MaintenancePatch,
    ) -> Result<(), Refusal> {
        let (page, before) = (&scope.page, before.object);
        let starts_at = patch.starts_at.unwrap_or(before.starts_at);
        let ends_at = patch.ends_at.unwrap_or(before.ends_at);
        check_times(starts_at, ends_at)?;
        if before.began_at.is_some() && starts_at != before.starts_at && starts_at.0 > tx.now_ms {
            let detail = "the maintenance has begun; plan another one for what is to come";
            return Err(Fault::invalid("starts_at", detail).into());
        }
        let minutes = patch
            .reminder_minutes
            .unwrap_or(ReminderMinutes(before.reminder_minutes.clone()));
        let maintenance = parent(page, id);
        let audiences = audiences::patched(tx, page, &before.audiences, patch.audiences.as_ref()).await?;
        let is_for_others = patch.audiences.is_some_and(|audiences| audiences != before.audiences);
        let timeline = timelines::load(tx.conn, maintenance).await?;
        let query = sql::query(
            "UPDATE maintenances SET name = $3, starts_at_ms = $4, ends_at_ms = $5, reminder_minutes = $6, seq = $7,
                 audiences = $8
             WHERE page_id = $1 AND id = $2",
        );
        let name = patch.name.map_or(before.name.clone(), |name| name.into_string());
        let is_same = name == before.name
            && (starts_at, ends_at) == (before.starts_at, before.ends_at)
            && minutes.0 == before.reminder_minutes
            && patch.components.as_ref().is_none_or(|new| is_listed(&timeline, new));
        let query = query.bind(page.as_str()).bind(id.as_str()).bind(name);
        let query = query.bind(starts_at.0).bind(ends_at.0);
        let query = query.bind(json(&minutes)).bind(tx.seq).bind(audiences);
        query.execute(&mut *tx.conn).await?;
        if is_for_others {
            audiences::mark_seen(tx, page).await?;
        }
        if is_same {
            return Ok(mark_told(tx, maintenance).await?);
        }
        reminders::plan(tx, page, id, starts_at.0, &minutes).await?;
        if let Some(components) = patch.components {
            components::list(tx, maintenance, &components).await?;
        }
        mark_changed(tx, maintenance).await?;
        let after = timelines::load(tx.conn, maintenance).await?;
        settle(tx, maintenance, &timeline, &after).await?;
        Ok(())
    }

    /// One that has not begun is called off; any other is as if it had never been.
    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, before: Versioned<Self>) -> Result<Applied, Refusal> {
        let page = &scope.page;
        let maintenance = parent(page, id);
        let timeline = timelines::load(tx.conn, maintenance).await?;
        updates::remove_all(tx, maintenance).await?;
        let query = sql::query("DELETE FROM maintenances WHERE page_id = $1 AND id = $2 RETURNING revision");
        let query = query.bind(page.as_str()).bind(id.as_str());
        let row = query.fetch_one(&mut *tx.conn).await?;
        let revision: u32 = row.try_get("revision")?;
        let about = &before.object.components;
        let seen_by = audiences::of_event(tx.conn, page, &before.object.audiences, about).await?;
        components::follow(tx, maintenance, &timeline, &Timeline::default()).await?;
        if before.object.status == MaintenanceStatus::Scheduled {
            cancelled::add(tx, page, &before.object, revision.saturating_add(1), &seen_by).await?;
        }
        filing::file(tx, maintenance).await?;
        Ok(Applied::deleted())
    }
}

fn parent<'a>(page: &'a PageId, maintenance: &'a Id) -> Parent<'a> {
    Parent {
        page,
        kind: Kind::Maintenance,
        id: maintenance,
    }
}

/// Whether these are the components that it was given, in whatever order.
fn is_listed(timeline: &Timeline<MaintenanceStatus>, components: &[Id]) -> bool {
    let listed: BTreeSet<&Id> = timeline.listed.iter().map(|one| &one.id).collect();
    listed == components.iter().collect()
}

async fn insert_row(
    tx: &mut Tx<'_>,
    page: &PageId,
    maintenance: &Id,
    new: &NewMaintenance,
    at_ms: i64,
    month: &str,
) -> sql::Result<bool> {
    let revision = cancelled::revive(tx, page, maintenance).await?;
    let query = sql::query(
        "INSERT INTO maintenances (page_id, id, name, status, starts_at_ms, ends_at_ms, month, announced_at_ms,
             revision, reminder_minutes, told_late, told_at_ms, created_at_ms, ordinal, seq, audiences)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $13, $14) ON CONFLICT DO NOTHING",
    );
    let query = query.bind(page.as_str()).bind(maintenance.as_str());
    let query = query.bind(new.name.as_str()).bind(new.status.as_str());
    let query = query.bind(new.starts_at.0).bind(new.ends_at.0);
    let query = query.bind(month).bind(at_ms);
    let query = query.bind(revision.map_or(0, |last| last.saturating_add(1)));
    let query = query.bind(json(&new.reminder_minutes));
    let query = query.bind(new.ends_at.0 < tx.now_ms).bind(tx.now_ms).bind(tx.seq);
    let query = query.bind(json(&new.audiences));
    Ok(query.execute(&mut *tx.conn).await?.rows_affected() > 0)
}
