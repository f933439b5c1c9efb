//! Everything that can change, on one screen.

use origin_access::{
    ended::{self, Ended},
    mail,
    members::{self, MembersChange, MembersOf},
    provider, revision, token_keys,
};
use origin_engine::{
    applied::{Applied, Outcome},
    lineage, probe,
    scope::{Kind, Scope},
    tx::{Refusal, Tx},
};
use origin_objects::{
    announcement::NewAnnouncement,
    audience::PAGE_SETS_MAX,
    delivery::Delivered,
    incident::Incident,
    maintenance::Maintenance,
    metric::NewMetricPoint,
    page::{NewPage, PagePatch},
    picture::{Picture, Role},
    provider::NewProvider,
    token::{NewToken, TokenPatch},
    token_key::NewTokenKey,
};
use page_model::{AudienceId, Id, PageId};

use crate::{
    access::{
        audience::AudienceChange,
        link::{self, LinkChange},
        sets,
    },
    accounts::{audit, tokens},
    archive::filing,
    components::{component::ComponentChange, group::GroupChange},
    events::deliveries,
    family::{self, Family, FamilyChange, Verb},
    incidents::{incident::IncidentChange, template::IncidentTemplateChange, update::IncidentUpdateChange},
    maintenances::{
        course,
        maintenance::MaintenanceChange,
        occurrences::{self, Plan},
        remind,
        series::{self, MaintenanceSeriesChange, SeriesVersion},
        update::MaintenanceUpdateChange,
    },
    metrics::{metric::MetricChange, points},
    pages::{
        announcements, assets,
        days::{self, Look},
        page,
    },
    retention,
};

#[derive(Debug)]
pub enum Change {
    Group(Box<GroupChange>),
    Component(Box<ComponentChange>),
    Incident(Box<IncidentChange>),
    IncidentUpdate(Box<IncidentUpdateChange>),
    IncidentTemplate(Box<IncidentTemplateChange>),
    Maintenance(Box<MaintenanceChange>),
    MaintenanceUpdate(Box<MaintenanceUpdateChange>),
    MaintenanceSeries(Box<MaintenanceSeriesChange>),
    Metric(Box<MetricChange>),
    Audience(Box<AudienceChange>),
    Link(Box<LinkChange>),
    /// Who is in an audience.
    Members(MembersOf, MembersChange),
    /// A change of a page itself, or of what belongs to it.
    Page(PageId, PageChange),
    /// Somebody was let in by all of these audiences.
    TakeUpSet(PageId, Vec<AudienceId>),
    /// Points of a metric, which change the page when they are folded.
    Points(PageId, Id, Vec<NewMetricPoint>),
    CreateToken(NewToken),
    PatchToken(Id, TokenPatch),
    DeleteToken(Id),
    Delivered(Delivered),
    /// The clock: a series cannot be planned.
    PostponeSeries(SeriesVersion),
    /// The clock: pages that are due later.
    Looked(Vec<Look>),
    /// Whether this origin sends mail.
    SendsMail(bool),
    /// So many wrong passwords came to a page that its publisher should know.
    Flooded(PageId, u32),
    /// Somebody sees less than they may, as the page has no room for another set of audiences.
    SetsFull(PageId),
    /// Writes something, to see whether that is possible.
    Probe,
    /// A region has seen sequence numbers up to this that are not of this database.
    Overtaken {
        database: Id,
        seq: i64,
    },
    /// Forgets what has served; `Deleted` where there may be more of it.
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
    PutProvider(Box<NewProvider>),
    DeleteProvider,
    PutTokenKey(Id, Box<NewTokenKey>),
    DeleteTokenKey(Id),
    /// Nobody who was let in stays so.
    EndSessions,
    /// These are let in no longer.
    EndEach(Vec<Ended>),
    /// The clock, or a change of a series: its next occurrences.
    PlanMaintenances(Plan),
    /// The clock: a maintenance starts soon.
    Remind(Id),
    /// The clock: points that wait come to the page.
    FoldPoints,
    /// The clock: a maintenance starts or ends at its time.
    AdvanceMaintenance(Id),
    /// The clock: time itself changed what the page shows.
    Tick,
}

macro_rules! family_changes {
    ($($family:ident($change:ident)),+) => {
        $(impl From<$change> for Change {
            fn from(change: $change) -> Self {
                Self::$family(Box::new(change))
            }
        })+
    };
}

family_changes!(
    Group(GroupChange),
    Component(ComponentChange),
    Incident(IncidentChange),
    IncidentUpdate(IncidentUpdateChange),
    IncidentTemplate(IncidentTemplateChange),
    Maintenance(MaintenanceChange),
    MaintenanceUpdate(MaintenanceUpdateChange),
    MaintenanceSeries(MaintenanceSeriesChange),
    Metric(MetricChange),
    Audience(AudienceChange),
    Link(LinkChange)
);

impl Change {
    pub async fn apply(self, tx: &mut Tx<'_>) -> Result<Applied, Refusal> {
        match self {
            Self::Group(change) => object(tx, change).await,
            Self::Component(change) => object(tx, change).await,
            Self::Incident(change) => object(tx, change).await,
            Self::IncidentUpdate(change) => object(tx, change).await,
            Self::IncidentTemplate(change) => object(tx, change).await,
            Self::Maintenance(change) => object(tx, change).await,
            Self::MaintenanceUpdate(change) => object(tx, change).await,
            Self::MaintenanceSeries(change) => object(tx, change).await,
            Self::Metric(change) => object(tx, change).await,
            Self::Audience(change) => object(tx, change).await,
            Self::Link(change) => with_secret(tx, change).await,
            Self::Members(of, change) => {
                let seq = tx.announce(&of.page).await?;
                let applied = Box::pin(members::apply(tx, &of, change)).await?;
                sets::settle(tx, &of.page).await?;
                Ok(applied.at(seq))
            }
            Self::TakeUpSet(page, audiences) => sets::take_up(tx, &page, &audiences).await,
            Self::Page(page, change) => {
                let seq = match change.is_awaited() {
                    true => tx.announce(&page).await?,
                    false => tx.announce_in_passing(&page).await?,
                };
                let told = change.told();
                let before = audit::state(tx, &page, told.as_ref()).await?;
                let applied = change.apply(tx, &page).await?;
                audit::page_changed(tx, &page, told.as_ref(), before).await?;
                sets::settle(tx, &page).await?;
                Ok(applied.at(seq))
            }
            Self::Points(page, metric, points) => points::take(tx, &page, &metric, points).await,
            Self::CreateToken(new) => tokens::create(tx, new).await,
            Self::PatchToken(id, patch) => tokens::change(tx, &id, patch).await,
            Self::DeleteToken(id) => tokens::delete(tx, &id).await,
            Self::Delivered(delivered) => deliveries::keep(tx, delivered).await,
            Self::PostponeSeries(failed) => series::postpone(tx, failed).await,
            Self::Overtaken { database, seq } => lineage::overtaken(tx, &database, seq).await,
            Self::Looked(looks) => {
                days::looked(tx, &looks).await?;
                Ok(Applied::done())
            }
            Self::SendsMail(is_sent) => mail::set_sent(tx, is_sent).await,
            Self::Flooded(page, wrong_passwords) => origin_engine::audit::flooded(tx, &page, wrong_passwords).await,
            Self::SetsFull(page) => origin_engine::audit::sets_full(tx, &page, PAGE_SETS_MAX).await,
            Self::Probe => probe::probe(tx).await,
            Self::Prune => retention::prune(tx).await,
        }
    }
}

impl PageChange {
    /// What the audit log says of it: what was done, and to what.
    fn told(&self) -> Option<audit::Told> {
        let (action, kind, object) = match self {
            Self::Create(_) => ("created", "page", None),
            Self::Patch(_) => ("changed", "page", None),
            Self::Delete => ("deleted", "page", None),
            Self::PutPicture(role, _) => ("set", role.as_str(), None),
            Self::DeletePicture(role) => ("deleted", role.as_str(), None),
            Self::PutAnnouncement(_) => ("set", "announcement", None),
            Self::DeleteAnnouncement => ("deleted", "announcement", None),
            Self::PutProvider(_) => ("set", "provider", None),
            Self::DeleteProvider => ("deleted", "provider", None),
            Self::PutTokenKey(id, _) => ("set", "token key", Some(id.clone())),
            Self::DeleteTokenKey(id) => ("deleted", "token key", Some(id.clone())),
            Self::EndSessions | Self::EndEach(_) => ("ended", "session", None),
            Self::PlanMaintenances(_)
            | Self::Remind(_)
            | Self::FoldPoints
            | Self::AdvanceMaintenance(_)
            | Self::Tick => return None,
        };
        Some(audit::Told { action, kind, object })
    }

    /// Whether somebody told it, or planned it for this moment.
    pub(crate) fn is_awaited(&self) -> bool {
        !matches!(self, Self::Tick | Self::FoldPoints)
    }

    async fn apply(self, tx: &mut Tx<'_>, page: &PageId) -> Result<Applied, Refusal> {
        match self {
            Self::Create(new) => Box::pin(page::create(tx, page, *new)).await,
            Self::Patch(patch) => Box::pin(page::change(tx, page, *patch)).await,
            Self::Delete => Box::pin(page::delete(tx, page)).await,
            Self::PutPicture(role, picture) => Box::pin(assets::put(tx, page, role, picture)).await,
            Self::DeletePicture(role) => Box::pin(assets::delete(tx, page, role)).await,
            Self::PutAnnouncement(new) => Box::pin(announcements::put(tx, page, new)).await,
            Self::DeleteAnnouncement => Box::pin(announcements::delete(tx, page)).await,
            Self::PutProvider(new) => Box::pin(provider::put(tx, page, *new)).await,
            Self::DeleteProvider => Box::pin(provider::delete(tx, page)).await,
            Self::PutTokenKey(id, new) => Box::pin(token_keys::put(tx, page, id, *new)).await,
            Self::DeleteTokenKey(id) => Box::pin(token_keys::delete(tx, page, &id)).await,
            Self::EndSessions => Box::pin(revision::end_sessions(tx, page)).await,
            Self::EndEach(sessions) => Box::pin(ended::end(tx, page, &sessions)).await,
            Self::PlanMaintenances(plan) => Box::pin(occurrences::plan(tx, page, plan)).await,
            Self::Remind(id) => Box::pin(remind::remind(tx, page, &id)).await,
            Self::FoldPoints => Box::pin(points::fold(tx, page)).await,
            Self::AdvanceMaintenance(id) => Box::pin(course::advance(tx, page, &id)).await,
            Self::Tick => {
                assets::forget(tx, page).await?;
                filing::file_what_goes_on(tx, page).await?;
                days::ticked(tx, page).await?;
                Ok(Applied::done())
            }
        }
    }
}

/// An object of a page. The future is boxed: together they would make every change as large as the largest.
async fn object<F: Family>(tx: &mut Tx<'_>, change: Box<FamilyChange<F>>) -> Result<Applied, Refusal> {
    if matches!(change.verb, Verb::Create(_)) {
        expect_parent_known(tx, &change.scope).await?;
    }
    let seq = tx.announce(&change.scope.page).await?;
    let page = change.scope.page.clone();
    let applied = Box::pin(family::apply(tx, *change)).await?;
    sets::settle(tx, &page).await?;
    Ok(applied.at(seq))
}

/// A link, whose secret is shown once.
async fn with_secret(tx: &mut Tx<'_>, mut change: Box<LinkChange>) -> Result<Applied, Refusal> {
    let (secret, page) = (link::begin(&mut change), change.scope.page.clone());
    let mut applied = object(tx, change).await?;
    if let (Some(secret), Outcome::Created { id }) = (secret, &applied.outcome) {
        applied.shown_once = Some(link::shown_once(tx.conn, &page, id, secret).await?);
    }
    Ok(applied)
}

/// The condition under which something is created speaks of what it is created below.
async fn expect_parent_known(tx: &mut Tx<'_>, scope: &Scope) -> Result<(), Refusal> {
    if tx.condition.if_match.is_none() {
        return Ok(());
    }
    let on_page = Scope::page(scope.page.clone());
    match &scope.parent {
        None => page::expect_known(tx, &scope.page).await,
        Some((Kind::Incident, id)) => family::expect_known::<Incident>(tx, &on_page, id).await,
        Some((Kind::Maintenance, id)) => family::expect_known::<Maintenance>(tx, &on_page, id).await,
    }
}
