//! Everything that can change, on one screen.

use origin_objects::{
    announcement::NewAnnouncement,
    component::{ComponentPatch, NewComponent},
    delivery::Delivered,
    group::{GroupPatch, NewGroup},
    incident::{IncidentPatch, NewIncident},
    incident_template::{IncidentTemplatePatch, NewIncidentTemplate},
    maintenance::{MaintenancePatch, NewMaintenance},
    maintenance_series::{MaintenanceSeriesPatch, NewMaintenanceSeries},
    metric::{MetricPatch, NewMetric, NewMetricPoint},
    page::{NewPage, PagePatch},
    picture::{Picture, Role},
    token::{NewToken, TokenPatch},
    update::{NewIncidentUpdate, NewMaintenanceUpdate, UpdatePatch},
};
use page_model::{Id, PageId};

use crate::{
    accounts::tokens,
    components::{self, groups},
    engine::{
        idempotency, outbox,
        tx::{Answer, Refusal, Tx},
    },
    events::{self, deliveries},
    incidents::{self, incident_templates, incident_updates},
    maintenances::{
        self, maintenance_series, maintenance_updates,
        occurrences::{self, Plan},
        reminders,
    },
    metrics::{self, metric_points},
    pages::{self, announcements, assets},
};

#[derive(Debug)]
pub enum Change {
    /// A change of a page, announced in the outbox.
    Page(PageId, PageChange),
    /// Points of a metric, which change the page when they are folded.
    Points(PageId, Id, Vec<NewMetricPoint>),
    CreateToken(NewToken),
    PatchToken(Id, TokenPatch),
    DeleteToken(Id),
    Delivered(Delivered),
    /// Forgets idempotency keys, outbox rows, events and steps of metrics that have served.
    Prune,
}

#[derive(Debug)]
pub enum PageChange {
    Create(Box<NewPage>),
    Patch(Box<PagePatch>),
    Delete,
    PutPicture(Role, Picture),
    DeletePicture(Role),
    PutAnnouncement(NewAnnouncement),
    DeleteAnnouncement,
    CreateGroup(NewGroup),
    PatchGroup(Id, GroupPatch),
    DeleteGroup(Id),
    CreateComponent(NewComponent),
    PatchComponent(Id, ComponentPatch),
    DeleteComponent(Id),
    CreateIncident(NewIncident),
    PatchIncident(Id, IncidentPatch),
    DeleteIncident(Id),
    CreateIncidentUpdate(Id, NewIncidentUpdate),
    PatchIncidentUpdate(Id, Id, UpdatePatch),
    DeleteIncidentUpdate(Id, Id),
    CreateMaintenance(NewMaintenance),
    PatchMaintenance(Id, MaintenancePatch),
    DeleteMaintenance(Id),
    CreateMaintenanceUpdate(Id, NewMaintenanceUpdate),
    PatchMaintenanceUpdate(Id, Id, UpdatePatch),
    DeleteMaintenanceUpdate(Id, Id),
    CreateIncidentTemplate(Box<NewIncidentTemplate>),
    PatchIncidentTemplate(Id, Box<IncidentTemplatePatch>),
    DeleteIncidentTemplate(Id),
    CreateMaintenanceSeries(Box<NewMaintenanceSeries>),
    PatchMaintenanceSeries(Id, Box<MaintenanceSeriesPatch>),
    DeleteMaintenanceSeries(Id),
    /// The clock, or a change of a series: its next occurrences.
    PlanMaintenances(Plan),
    /// The clock: a maintenance starts soon.
    Remind(Id),
    CreateMetric(NewMetric),
    PatchMetric(Id, MetricPatch),
    DeleteMetric(Id),
    /// The clock: points that wait come to the page.
    FoldPoints,
    /// The clock: a maintenance starts or ends at its time.
    AdvanceMaintenance(Id),
    /// The clock: time itself changed what the page shows.
    Tick,
}

impl Change {
    pub async fn apply(self, tx: &mut Tx<'_>) -> Result<Answer, Refusal> {
        match self {
            Self::Page(page, change) => {
                let seq = tx.announce(&page).await?;
                let answer = change.apply(tx, &page).await?;
                Ok(Answer {
                    seq: Some(seq),
                    ..answer
                })
            }
            Self::Points(page, metric, points) => metric_points::take(tx, &page, &metric, points).await,
            Self::CreateToken(new) => tokens::create(tx, new).await,
            Self::PatchToken(id, patch) => tokens::change(tx, &id, patch).await,
            Self::DeleteToken(id) => tokens::delete(tx, &id).await,
            Self::Delivered(delivered) => deliveries::keep(tx, delivered).await,
            Self::Prune => prune(tx).await,
        }
    }
}

impl PageChange {
    /// Each family's future is boxed: together they would make every change as large as the largest.
    async fn apply(self, tx: &mut Tx<'_>, page: &PageId) -> Result<Answer, Refusal> {
        match self {
            Self::Create(new) => Box::pin(pages::create(tx, page, *new)).await,
            Self::Patch(patch) => Box::pin(pages::change(tx, page, *patch)).await,
            Self::Delete => Box::pin(pages::delete(tx, page)).await,
            Self::PutPicture(role, picture) => Box::pin(assets::put(tx, page, role, picture)).await,
            Self::DeletePicture(role) => Box::pin(assets::delete(tx, page, role)).await,
            Self::PutAnnouncement(new) => Box::pin(announcements::put(tx, page, new)).await,
            Self::DeleteAnnouncement => Box::pin(announcements::delete(tx, page)).await,
            Self::CreateGroup(new) => Box::pin(groups::create(tx, page, new)).await,
            Self::PatchGroup(id, patch) => Box::pin(groups::change(tx, page, &id, patch)).await,
            Self::DeleteGroup(id) => Box::pin(groups::delete(tx, page, &id)).await,
            Self::CreateComponent(new) => Box::pin(components::create(tx, page, new)).await,
            Self::PatchComponent(id, patch) => Box::pin(components::change(tx, page, &id, patch)).await,
            Self::DeleteComponent(id) => Box::pin(components::delete(tx, page, &id)).await,
            Self::CreateIncident(new) => Box::pin(incidents::create(tx, page, new)).await,
            Self::PatchIncident(id, patch) => Box::pin(incidents::change(tx, page, &id, patch)).await,
            Self::DeleteIncident(id) => Box::pin(incidents::delete(tx, page, &id)).await,
            Self::CreateIncidentUpdate(of, new) => Box::pin(incident_updates::create(tx, page, &of, new)).await,
            Self::PatchIncidentUpdate(of, id, patch) => {
                Box::pin(incident_updates::change(tx, page, &of, &id, patch)).await
            }
            Self::DeleteIncidentUpdate(of, id) => Box::pin(incident_updates::delete(tx, page, &of, &id)).await,
            Self::CreateMaintenance(new) => Box::pin(maintenances::create(tx, page, new)).await,
            Self::PatchMaintenance(id, patch) => Box::pin(maintenances::change(tx, page, &id, patch)).await,
            Self::DeleteMaintenance(id) => Box::pin(maintenances::delete(tx, page, &id)).await,
            Self::CreateMaintenanceUpdate(of, new) => Box::pin(maintenance_updates::create(tx, page, &of, new)).await,
            Self::PatchMaintenanceUpdate(of, id, patch) => {
                Box::pin(maintenance_updates::change(tx, page, &of, &id, patch)).await
            }
            Self::DeleteMaintenanceUpdate(of, id) => Box::pin(maintenance_updates::delete(tx, page, &of, &id)).await,
            Self::CreateIncidentTemplate(new) => Box::pin(incident_templates::create(tx, page, *new)).await,
            Self::PatchIncidentTemplate(id, patch) => Box::pin(incident_templates::change(tx, page, &id, *patch)).await,
            Self::DeleteIncidentTemplate(id) => Box::pin(incident_templates::delete(tx, page, &id)).await,
            Self::CreateMaintenanceSeries(new) => Box::pin(maintenance_series::create(tx, page, *new)).await,
            Self::PatchMaintenanceSeries(id, patch) => {
                Box::pin(maintenance_series::change(tx, page, &id, *patch)).await
            }
            Self::DeleteMaintenanceSeries(id) => Box::pin(maintenance_series::delete(tx, page, &id)).await,
            Self::PlanMaintenances(plan) => Box::pin(occurrences::plan(tx, page, plan)).await,
            Self::Remind(id) => Box::pin(reminders::remind(tx, page, &id)).await,
            Self::CreateMetric(new) => Box::pin(metrics::create(tx, page, new)).await,
            Self::PatchMetric(id, patch) => Box::pin(metrics::change(tx, page, &id, patch)).await,
            Self::DeleteMetric(id) => Box::pin(metrics::delete(tx, page, &id)).await,
            Self::FoldPoints => Box::pin(metric_points::fold(tx, page)).await,
            Self::AdvanceMaintenance(id) => Box::pin(maintenance_updates::advance(tx, page, &id)).await,
            Self::Tick => {
                assets::forget(tx, page).await?;
                Ok(Answer::done())
            }
        }
    }
}

async fn prune(tx: &mut Tx<'_>) -> Result<Answer, Refusal> {
    idempotency::prune(tx.conn, tx.now_ms).await?;
    outbox::prune(tx.conn, tx.now_ms).await?;
    events::prune(tx.conn, tx.now_ms).await?;
    metric_points::prune(tx.conn, tx.now_ms).await?;
    Ok(Answer::done())
}
