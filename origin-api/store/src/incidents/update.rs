use origin_objects::update::{IncidentUpdate, NewIncidentUpdate, UpdatePatch};
use page_model::{Id, status::IncidentStatus};

use crate::{
    components::statuses,
    engine::{
        family::{Family, FamilyChange, Order},
        rows::Versioned,
        scope::{Kind, Parent, Scope},
        sql::{self, Connection, Row},
        tx::{Refusal, Tx},
    },
    incidents::{
        components,
        state::{IncidentState, derive, state_of},
    },
    updates::{self, Update},
};

pub type IncidentUpdateChange = FamilyChange<IncidentUpdate>;

impl Family for IncidentUpdate {
    type New = NewIncidentUpdate;
    type Patch = UpdatePatch;

    const TABLE: &'static str = "updates";
    const NAME: &'static str = "update";
    const TAKEN: &'static str = "an update";
    const ORDER: Order = Order::Descending("at_ms");
    const PARENT: Option<Kind> = Some(Kind::Incident);

    fn id(new: &NewIncidentUpdate) -> Option<&Id> {
        new.id.as_ref()
    }

    async fn load(conn: &mut Connection, scope: &Scope, row: &Row) -> sql::Result<Self> {
        let update: Update<IncidentStatus> = updates::of_row(row)?;
        Ok(Self {
            components: statuses::of_update(conn, &scope.page, &update.id).await?,
            id: update.id,
            status: update.status,
            body: update.body,
            at: update.at,
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewIncidentUpdate) -> Result<bool, Refusal> {
        let parent = scope.parent()?;
        let before = state_of(tx.conn, parent.page, parent.id).await?;
        let at_ms = tx.moment(new.at)?;
        let status = match new.status {
            Some(status) => status,
            None => status_at(tx.conn, parent, &before, at_ms).await?,
        };
        let changes = match new.components {
            Some(changes) => changes,
            None if status.is_over() && !before.status.is_over() => {
                components::released(tx.conn, parent.page, parent.id).await?
            }
            None => Vec::new(),
        };
        if !updates::insert(tx, parent, id, status.as_str(), &new.body, at_ms).await? {
            return Ok(false);
        }
        components::add_changes(tx, parent, id, &changes, at_ms).await?;
        if at_ms < before.last_at_ms && !changes.is_empty() {
            components::recount(tx, parent).await?;
        }
        derive(tx, parent.page, &before, &changes).await?;
        Ok(true)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        _: Versioned<Self>,
        patch: UpdatePatch,
    ) -> Result<(), Refusal> {
        let parent = scope.parent()?;
        let before = state_of(tx.conn, parent.page, parent.id).await?;
        updates::correct(tx, parent, id, patch).await?;
        components::recount(tx, parent).await?;
        derive(tx, parent.page, &before, &[]).await
    }

    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, _: Versioned<Self>) -> Result<(), Refusal> {
        let parent = scope.parent()?;
        let before = state_of(tx.conn, parent.page, parent.id).await?;
        updates::remove(tx, parent, id).await?;
        components::recount(tx, parent).await?;
        derive(tx, parent.page, &before, &[]).await
    }
}

/// An update that names no status keeps the one that the incident had at its moment.
async fn status_at(
    conn: &mut Connection,
    parent: Parent<'_>,
    before: &IncidentState,
    at_ms: i64,
) -> sql::Result<IncidentStatus> {
    if at_ms >= before.last_at_ms {
        return Ok(before.status);
    }
    let last = updates::last(conn, parent, at_ms).await?;
    Ok(last.map_or(IncidentStatus::Investigating, |last| last.status))
}
