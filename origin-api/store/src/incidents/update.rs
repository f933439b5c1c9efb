use origin_engine::{
    applied::Applied,
    rows::{Versioned, state},
    scope::{Kind, Scope},
    sql::{self, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::update::{IncidentUpdate, NewIncidentUpdate, UpdatePatch};
use page_model::{Id, status::IncidentStatus};

use crate::{
    components::words,
    family::{Family, FamilyChange, Order},
    incidents::state::{go_on, mark_changed, settle},
    timelines,
    updates::{self, NewUpdate, Update},
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
        let may_imply = update.status.is_over();
        let said = timelines::said::<IncidentStatus>(conn, scope, row, may_imply).await?;
        Ok(Self {
            components: words::reported(said),
            id: update.id,
            status: update.status,
            audiences: update.audiences,
            body: update.body,
            at: update.at,
            displayed_at: update.displayed_at,
            updated_at: update.updated_at,
            event_status: None,
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewIncidentUpdate) -> Result<bool, Refusal> {
        let incident = scope.parent()?;
        if new.status.is_none() && new.components.is_none() {
            let (told, at) = ((&new.body, new.audiences.as_ref()), (new.at, new.displayed_at));
            if !updates::insert_silent::<IncidentStatus>(tx, incident, id, told, at).await? {
                return Ok(false);
            }
            go_on(tx, incident).await?;
            return Ok(true);
        }
        let before = timelines::load(tx.conn, incident).await?;
        let update = NewUpdate {
            id,
            status: new.status,
            audiences: new.audiences.as_ref(),
            body: &new.body,
            at_ms: updates::moment_in(tx, before.start_ms(), before.newest_ms(), new.at).await?,
            displayed_at: new.displayed_at,
            components: new.components.as_deref(),
            field: "components",
        };
        let Some(told) = updates::insert(tx, incident, update).await? else {
            return Ok(false);
        };
        settle(tx, incident, &before, &before.with(told)).await?;
        Ok(true)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        known: Versioned<Self>,
        patch: UpdatePatch,
    ) -> Result<(), Refusal> {
        let (incident, known) = (scope.parent()?, known.object);
        let Some(patch) = patch.changing(&known.body, &known.audiences, known.at, known.displayed_at) else {
            return Ok(());
        };
        let before = timelines::load(tx.conn, incident).await?;
        updates::correct(tx, incident, &before, id, patch).await?;
        mark_changed(tx, incident).await?;
        let after = timelines::load(tx.conn, incident).await?;
        settle(tx, incident, &before, &after).await
    }

    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, _: Versioned<Self>) -> Result<Applied, Refusal> {
        let incident = scope.parent()?;
        let before = timelines::load(tx.conn, incident).await?;
        updates::remove(tx, incident, &before, id).await?;
        mark_changed(tx, incident).await?;
        let after = timelines::load(tx.conn, incident).await?;
        settle(tx, incident, &before, &after).await?;
        Ok(Applied::deleted())
    }

    async fn answer(self, conn: &mut Connection, scope: &Scope) -> sql::Result<Option<Self>> {
        let query = sql::query("SELECT status FROM incidents WHERE page_id = $1 AND id = $2");
        let incident = scope.parent.as_ref().map(|(_, id)| id.as_str());
        let row = query.bind(scope.page.as_str()).bind(incident).fetch_one(conn).await?;
        Ok(Some(Self {
            event_status: Some(state(&row, "status")?),
            ..self
        }))
    }
}
