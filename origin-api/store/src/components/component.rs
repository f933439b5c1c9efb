use origin_engine::{
    applied::Applied,
    rows::{Versioned, id, json, moment, of_json, optional_id, state},
    scope::Scope,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    component::{Component, ComponentPatch, DeletedComponent, NewComponent},
    fault::Fault,
};
use page_model::{Id, PageId, limits::PAGE_COMPONENTS_MAX, status::Status};

use crate::{
    access::audiences,
    archive::archive_months,
    components::{planned, position, room, statuses},
    family::{Family, FamilyChange, Order, delete_row},
};

pub type ComponentChange = FamilyChange<Component>;

impl Family for Component {
    type New = NewComponent;
    type Patch = ComponentPatch;

    const TABLE: &'static str = "components";
    const NAME: &'static str = "component";
    const TAKEN: &'static str = "a component";
    const ORDER: Order = Order::Ascending("position");
    const MORE: &'static str = ",
        (SELECT o.status FROM own_statuses o WHERE o.page_id = components.page_id AND o.component_id = components.id
         ORDER BY o.at_ms DESC, o.ordinal DESC LIMIT 1) AS last_own_status";
    const MOST: Option<(usize, &'static str)> = Some((PAGE_COMPONENTS_MAX, "components"));

    fn id(new: &NewComponent) -> Option<&Id> {
        new.id.as_ref()
    }

    async fn load(_: &mut Connection, _: &Scope, row: &Row) -> sql::Result<Self> {
        let own_status: Option<&str> = row.try_get("last_own_status")?;
        let held_by: Option<&str> = row.try_get("held_by")?;
        Ok(Self {
            own_status: match own_status {
                Some(_) => state(row, "last_own_status")?,
                None => Status::Operational,
            },
            audiences: of_json(row, "audiences")?,
            held_by: held_by.map_or(Ok(Vec::new()), |_| of_json(row, "held_by"))?,
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
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewComponent) -> Result<bool, Refusal> {
        let page = &scope.page;
        check_group(tx.conn, page, new.group_id.as_ref()).await?;
        audiences::expect(tx.conn, page, &new.audiences).await?;
        let created_at_ms = tx.created(new.created_at)?;
        let position = match new.position {
            Some(position) => position,
            None => position::next(tx.conn, page).await?,
        };
        let query = sql::query(
            "INSERT INTO components (page_id, id, group_id, name, description, description_html, position, status,
                 show_uptime, only_show_if_degraded, start_date, created_at_ms, updated_at_ms, ordinal, seq, audiences)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'operational', $8, $9, $10, $11, $12, $13, $13, $14) ON CONFLICT DO NOTHING",
        );
        let query = query.bind(page.as_str()).bind(id.as_str());
        let query = query
            .bind(new.group_id.as_ref().map(Id::as_str))
            .bind(new.name.as_str());
        let query = query
            .bind(&new.description.text)
            .bind(&new.description.html)
            .bind(position);
        let query = query.bind(new.show_uptime).bind(new.only_show_if_degraded);
        let query = query.bind(new.started_on.map(String::from));
        let query = query.bind(created_at_ms).bind(tx.now_ms).bind(tx.seq);
        let query = query.bind(json(&new.audiences));
        if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
            return Ok(false);
        }
        room::expect(tx, page, &new.description.text, &new.description.html).await?;
        let seen_before = audiences::take_up(tx, page, id).await?;
        audiences::settle_component(tx, page, id, &seen_before).await?;
        statuses::take_up(tx, page, id).await?;
        if let Some(status) = new.status {
            statuses::say(tx, page, id, status).await?;
        }
        Ok(true)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        before: Versioned<Self>,
        patch: ComponentPatch,
    ) -> Result<(), Refusal> {
        let page = &scope.page;
        check_group(tx.conn, page, patch.group_id.as_ref().and_then(Option::as_ref)).await?;
        let known = &before.object;
        let is_named = patch.name.as_ref().is_some_and(|name| name.as_str() != known.name);
        let is_moved = patch.group_id.as_ref().is_some_and(|group| *group != known.group_id);
        if is_moved || patch.position.is_some_and(|position| position != known.position) {
            archive_months::mark_placed(tx, page, id).await?;
        } else if is_named {
            archive_months::mark_named(tx, page, id).await?;
        }
        let status = patch.status;
        let is_for_others = is_moved || patch.audiences.as_ref().is_some_and(|new| *new != known.audiences);
        let seen_before = match is_for_others {
            true => Some(audiences::of_component(tx.conn, page, id).await?),
            false => None,
        };
        write(tx, page, before.object, patch).await?;
        if let Some(seen_before) = seen_before {
            audiences::settle_component(tx, page, id, &seen_before).await?;
        }
        if let Some(status) = status {
            statuses::say(tx, page, id, status).await?;
        }
        Ok(())
    }

    /// What events told of it stays. What is planned for it goes on without it.
    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, _: Versioned<Self>) -> Result<Applied, Refusal> {
        let maintenances = planned::leave_out(tx, &scope.page, id).await?;
        archive_months::mark_placed(tx, &scope.page, id).await?;
        audiences::remember(tx, &scope.page, id).await?;
        delete_row::<Self>(tx, scope, id).await?;
        Ok(match maintenances.is_empty() {
            true => Applied::deleted(),
            false => Applied::deleted().answering(&DeletedComponent { maintenances }),
        })
    }
}

async fn write(tx: &mut Tx<'_>, page: &PageId, before: Component, patch: ComponentPatch) -> Result<(), Refusal> {
    let (text, html) = patch.description.map(|new| (new.text, new.html)).unzip();
    let known = json(&before);
    let audiences = audiences::patched(tx, page, &before.audiences, patch.audiences.as_ref()).await?;
    let after = Component {
        name: patch.name.map_or(before.name, |name| name.into_string()),
        description: text.clone().unwrap_or(before.description),
        group_id: patch.group_id.unwrap_or(before.group_id),
        position: patch.position.unwrap_or(before.position),
        show_uptime: patch.show_uptime.unwrap_or(before.show_uptime),
        only_show_if_degraded: patch.only_show_if_degraded.unwrap_or(before.only_show_if_degraded),
        started_on: patch.started_on.unwrap_or(before.started_on),
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
        "UPDATE components SET name = $3, group_id = $4, position = $5, show_uptime = $6, only_show_if_degraded = $7,
             start_date = $8, updated_at_ms = $9, seq = $10,
             description = COALESCE($11, description), description_html = COALESCE($12, description_html),
             audiences = $13
         WHERE page_id = $1 AND id = $2",
    );
    let query = query.bind(page.as_str()).bind(after.id.as_str()).bind(after.name);
    let query = query.bind(after.group_id.map(String::from)).bind(after.position);
    let query = query.bind(after.show_uptime).bind(after.only_show_if_degraded);
    let query = query.bind(after.started_on.map(String::from));
    let query = query.bind(updated_at_ms).bind(tx.seq).bind(&text).bind(&html);
    let query = query.bind(audiences);
    query.execute(&mut *tx.conn).await?;
    room::expect(tx, page, &text.unwrap_or_default(), &html.unwrap_or_default()).await
}

async fn check_group(conn: &mut Connection, page: &PageId, group: Option<&Id>) -> Result<(), Refusal> {
    let Some(group) = group else { return Ok(()) };
    let query = sql::query("SELECT id FROM component_groups WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(group.as_str());
    match query.fetch_optional(conn).await? {
        Some(_) => Ok(()),
        None => Err(Fault::invalid("group_id", format!("the page has no group {group}")).into()),
    }
}
