use origin_compose::seen;
use origin_engine::{
    applied::Applied,
    rows::{Versioned, id, json, moment, of_json, state},
    scope::Scope,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    audiences::Audiences,
    group::{Group, GroupPatch, NewGroup},
    string_enum::StringEnum,
};
use page_model::{Id, PageId, limits::PAGE_GROUPS_MAX};

use crate::{
    access::audiences,
    archive::archive_months,
    components::{position, room},
    family::{Family, FamilyChange, Order, delete_row},
};

pub type GroupChange = FamilyChange<Group>;

impl Family for Group {
    type New = NewGroup;
    type Patch = GroupPatch;

    const TABLE: &'static str = "component_groups";
    const NAME: &'static str = "group";
    const TAKEN: &'static str = "a group";
    const ORDER: Order = Order::Ascending("position");
    const MOST: Option<(usize, &'static str)> = Some((PAGE_GROUPS_MAX, "groups"));

    fn id(new: &NewGroup) -> Option<&Id> {
        new.id.as_ref()
    }

    async fn load(_: &mut Connection, _: &Scope, row: &Row) -> sql::Result<Self> {
        Ok(Self {
            id: id(row, "id")?,
            audiences: of_json(row, "audiences")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            position: row.try_get("position")?,
            display: state(row, "display")?,
            created_at: moment(row, "created_at_ms")?,
            updated_at: moment(row, "updated_at_ms")?,
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewGroup) -> Result<bool, Refusal> {
        audiences::expect(tx.conn, &scope.page, &new.audiences).await?;
        let position = match new.position {
            Some(position) => position,
            None => position::next(tx.conn, &scope.page).await?,
        };
        let created_at_ms = tx.created(new.created_at)?;
        let query = sql::query(
            "INSERT INTO component_groups (page_id, id, name, description, description_html, position, display,
                 created_at_ms, updated_at_ms, ordinal, seq, audiences)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11) ON CONFLICT DO NOTHING",
        );
        let query = query
            .bind(scope.page.as_str())
            .bind(id.as_str())
            .bind(new.name.as_str());
        let query = query.bind(&new.description.text).bind(&new.description.html);
        let query = query.bind(position).bind(new.display.as_str());
        let query = query.bind(created_at_ms).bind(tx.now_ms).bind(tx.seq);
        let query = query.bind(json(&new.audiences));
        if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
            return Ok(false);
        }
        room::expect(tx, &scope.page, &new.description.text, &new.description.html).await?;
        Ok(true)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        before: Versioned<Self>,
        patch: GroupPatch,
    ) -> Result<(), Refusal> {
        let known = &before.object;
        let is_named = patch.name.as_ref().is_some_and(|name| name.as_str() != known.name);
        let is_moved = patch.position.is_some_and(|position| position != known.position);
        if is_moved || is_named {
            for component in members(tx.conn, &scope.page, id).await? {
                match is_moved {
                    true => archive_months::mark_placed(tx, &scope.page, &component).await?,
                    false => archive_months::mark_named(tx, &scope.page, &component).await?,
                }
            }
        }
        let audiences = audiences::patched(tx, &scope.page, &known.audiences, patch.audiences.as_ref()).await?;
        let (text, html) = patch.description.map(|new| (new.text, new.html)).unzip();
        let (known, before) = (json(&before.object), before.object);
        let seen_by = before.audiences.clone();
        let after = Self {
            name: patch.name.map_or(before.name, |name| name.into_string()),
            description: text.clone().unwrap_or(before.description),
            position: patch.position.unwrap_or(before.position),
            display: patch.display.unwrap_or(before.display),
            audiences: patch.audiences.unwrap_or(before.audiences),
            ..before
        };
        // What it was already is no change of it.
        let updated_at_ms = if json(&after) == known {
            after.updated_at.0
        } else {
            tx.now_ms
        };
        let query = sql::query(
            "UPDATE component_groups SET name = $3, position = $4, display = $5, updated_at_ms = $6, seq = $7,
                 description = COALESCE($8, description), description_html = COALESCE($9, description_html),
                 audiences = $10
             WHERE page_id = $1 AND id = $2",
        );
        let query = query.bind(scope.page.as_str()).bind(id.as_str()).bind(&after.name);
        let query = query.bind(after.position).bind(after.display.as_str());
        let query = query.bind(updated_at_ms).bind(tx.seq).bind(&text).bind(&html);
        query.bind(audiences).execute(&mut *tx.conn).await?;
        room::expect(tx, &scope.page, &text.unwrap_or_default(), &html.unwrap_or_default()).await?;
        match after.audiences == seen_by {
            true => Ok(()),
            false => settle_members(tx, &scope.page, id, (&seen_by, &after.audiences)).await,
        }
    }

    /// Its components stay, without a group, and nobody sees one for that who did not before.
    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, before: Versioned<Self>) -> Result<Applied, Refusal> {
        for component in members(tx.conn, &scope.page, id).await? {
            archive_months::mark_placed(tx, &scope.page, &component).await?;
        }
        if !before.object.audiences.is_public() {
            for (component, own) in members_audiences(tx.conn, &scope.page, id).await? {
                let audiences = seen::of_component(&own, &before.object.audiences);
                audiences::give(tx, &scope.page, &component, &audiences).await?;
            }
        }
        let query = sql::query(
            "UPDATE components SET group_id = NULL, updated_at_ms = $3, seq = $4 WHERE page_id = $1 AND group_id = $2",
        );
        let query = query.bind(scope.page.as_str()).bind(id.as_str());
        query.bind(tx.now_ms).bind(tx.seq).execute(&mut *tx.conn).await?;
        delete_row::<Self>(tx, scope, id).await?;
        Ok(Applied::deleted())
    }
}

async fn members(conn: &mut Connection, page: &PageId, group: &Id) -> sql::Result<Vec<Id>> {
    let query = sql::query("SELECT id FROM components WHERE page_id = $1 AND group_id = $2");
    let rows = query.bind(page.as_str()).bind(group.as_str()).fetch_all(conn).await?;
    rows.iter().map(|row| id(row, "id")).collect()
}

/// Whom each component of a group is for.
async fn members_audiences(conn: &mut Connection, page: &PageId, group: &Id) -> sql::Result<Vec<(Id, Audiences)>> {
    let query = sql::query("SELECT id, audiences FROM components WHERE page_id = $1 AND group_id = $2");
    let rows = query.bind(page.as_str()).bind(group.as_str()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| Ok((id(row, "id")?, of_json(row, "audiences")?)))
        .collect()
}

/// A group is for others than before, so that others see its components.
async fn settle_members(
    tx: &mut Tx<'_>,
    page: &PageId,
    group: &Id,
    (before, now): (&Audiences, &Audiences),
) -> Result<(), Refusal> {
    audiences::mark_seen(tx, page).await?;
    for (component, own) in members_audiences(tx.conn, page, group).await? {
        if seen::opens(&seen::of_component(&own, before), &seen::of_component(&own, now)) {
            audiences::name_anew(tx, page, &component).await?;
        }
    }
    Ok(())
}
