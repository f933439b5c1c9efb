use origin_engine::{
    applied::Applied,
    rows::{Versioned, state},
    scope::{Kind, Scope},
    sql::{self, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::update::{MaintenanceUpdate, NewMaintenanceUpdate, UpdatePatch};
use page_model::{Id, status::MaintenanceStatus};

use crate::{
    components::words,
    family::{Family, FamilyChange, Order},
    maintenances::state::{go_on, mark_changed, mark_told, settle},
    timelines,
    updates::{self, NewUpdate, Update},
};

pub type MaintenanceUpdateChange = FamilyChange<MaintenanceUpdate>;

impl Family for MaintenanceUpdate {
    type New = NewMaintenanceUpdate;
    type Patch = UpdatePatch;

    const TABLE: &'static str = "updates";
    const NAME: &'static str = "update";
    const TAKEN: &'static str = "an update";
    const ORDER: Order = Order::Descending("at_ms");
    const PARENT: Option<Kind> = Some(Kind::Maintenance);

    fn id(new: &NewMaintenanceUpdate) -> Option<&Id> {
        new.id.as_ref()
    }

    async fn load(conn: &mut Connection, scope: &Scope, row: &Row) -> sql::Result<Self> {
        let update: Update<MaintenanceStatus> = updates::of_row(row)?;
        let may_imply = update.status.is_over() || update.status.is_under_way();
        let said = timelines::said::<MaintenanceStatus>(conn, scope, row, may_imply).await?;
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

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewMaintenanceUpdate) -> Result<bool, Refusal> {
        let maintenance = scope.parent()?;
        if new.status.is_none() && new.components.is_none() {
            let (told, at) = ((&new.body, new.audiences.as_ref()), (new.at, new.displayed_at));
            if !updates::insert_silent::<MaintenanceStatus>(tx, maintenance, id, told, at).await? {
                return Ok(false);
            }
            mark_told(tx, maintenance).await?;
            go_on(tx, maintenance).await?;
            return Ok(true);
        }
        let before = timelines::load(tx.conn, maintenance).await?;
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
        let Some(told) = updates::insert(tx, maintenance, update).await? else {
            return Ok(false);
        };
        mark_told(tx, maintenance).await?;
        settle(tx, maintenance, &before, &before.with(told)).await?;
        Ok(true)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        known: Versioned<Self>,
        patch: UpdatePatch,
    ) -> Result<(), Refusal> {
        let (maintenance, known) = (scope.parent()?, known.object);
        let Some(patch) = patch.changing(&known.body, &known.audiences, known.at, known.displayed_at) else {
            return Ok(mark_told(tx, maintenance).await?);
        };
        let before = timelines::load(tx.conn, maintenance).await?;
        updates::correct(tx, maintenance, &before, id, patch).await?;
        mark_changed(tx, maintenance).await?;
        let after = timelines::load(tx.conn, maintenance).await?;
        settle(tx, maintenance, &before, &after).await
    }

    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, _: Versioned<Self>) -> Result<Applied, Refusal> {
        let maintenance = scope.parent()?;
        let before = timelines::load(tx.conn, maintenance).await?;
        updates::remove(tx, maintenance, &before, id).await?;
        mark_changed(tx, maintenance).await?;
        let after = timelines::load(tx.conn, maintenance).await?;
        settle(tx, maintenance, &before, &after).await?;
        Ok(Applied::deleted())
    }

    async fn answer(self, conn: &mut Connection, scope: &Scope) -> sql::Result<Option<Self>> {
        let query = sql::query("SELECT status FROM maintenances WHERE page_id = $1 AND id = $2");
        let maintenance = scope.parent.as_ref().map(|(_, id)| id.as_str());
        let row = query
            .bind(scope.page.as_str())
            .bind(maintenance)
            .fetch_one(conn)
            .await?;
        Ok(Some(Self {
            event_status: Some(state(&row, "status")?),
            ..self
        }))
    }
}
