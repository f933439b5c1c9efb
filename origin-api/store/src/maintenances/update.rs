use origin_objects::{
    maintenance::Maintenance,
    moment::Moment,
    update::{MaintenanceUpdate, NewMaintenanceUpdate, UpdatePatch},
};
use page_model::{Id, status::MaintenanceStatus};

use crate::{
    components::statuses,
    engine::{
        family::{self, Family, FamilyChange, Order},
        rows::Versioned,
        scope::{Kind, Scope},
        sql::{self, Connection, Row},
        tx::{Refusal, Tx},
    },
    maintenances::{
        course::{self, NewUpdate},
        state,
    },
    updates::{self, Update},
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
        Ok(Self {
            components: statuses::of_update(conn, &scope.page, &update.id).await?,
            id: update.id,
            status: update.status,
            body: update.body,
            at: update.at,
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewMaintenanceUpdate) -> Result<bool, Refusal> {
        let parent = scope.parent()?;
        let page = Scope::page(scope.page.clone());
        let before = family::existing::<Maintenance>(tx.conn, &page, parent.id).await?.object;
        let update = NewUpdate {
            id: id.clone(),
            status: new.status.unwrap_or(before.status),
            body: new.body,
            at: Moment(tx.moment(new.at)?),
        };
        course::add(tx, parent, &before, update, new.components.as_deref()).await
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        _: Versioned<Self>,
        patch: UpdatePatch,
    ) -> Result<(), Refusal> {
        let parent = scope.parent()?;
        updates::correct(tx, parent, id, patch).await?;
        state::derive(tx, parent.page, parent.id).await
    }

    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, _: Versioned<Self>) -> Result<(), Refusal> {
        let parent = scope.parent()?;
        updates::remove(tx, parent, id).await?;
        state::derive(tx, parent.page, parent.id).await
    }
}
