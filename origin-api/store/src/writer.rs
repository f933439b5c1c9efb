//! What the writer makes of a change, and which changes let others go first, and whose they are.

use origin_engine::{
    applied::Applied,
    tx::{Refusal, Tx},
    work::Work,
    writer,
};
use page_model::PageId;

use crate::commit::Change;

pub type Writer = writer::Writer<Change>;

impl Work for Change {
    async fn apply(self, tx: &mut Tx<'_>) -> Result<Applied, Refusal> {
        Change::apply(self, tx).await
    }

    fn is_unhurried(&self) -> bool {
        match self {
            Self::Page(_, change) => !change.is_awaited(),
            Self::Looked(_) | Self::Delivered(_) | Self::PostponeSeries(_) | Self::Prune => true,
            _ => false,
        }
    }

    fn page(&self) -> Option<&PageId> {
        match self {
            Self::Group(change) => Some(&change.scope.page),
            Self::Component(change) => Some(&change.scope.page),
            Self::Incident(change) => Some(&change.scope.page),
            Self::IncidentUpdate(change) => Some(&change.scope.page),
            Self::IncidentTemplate(change) => Some(&change.scope.page),
            Self::Maintenance(change) => Some(&change.scope.page),
            Self::MaintenanceUpdate(change) => Some(&change.scope.page),
            Self::MaintenanceSeries(change) => Some(&change.scope.page),
            Self::Metric(change) => Some(&change.scope.page),
            Self::Audience(change) => Some(&change.scope.page),
            Self::Link(change) => Some(&change.scope.page),
            Self::Members(of, _) => Some(&of.page),
            Self::Page(page, _)
            | Self::TakeUpSet(page, _)
            | Self::Points(page, ..)
            | Self::Flooded(page, _)
            | Self::SetsFull(page) => Some(page),
            Self::CreateToken(_)
            | Self::PatchToken(..)
            | Self::DeleteToken(_)
            | Self::Delivered(_)
            | Self::PostponeSeries(_)
            | Self::Looked(_)
            | Self::SendsMail(_)
            | Self::Probe
            | Self::Overtaken { .. }
            | Self::Prune => None,
        }
    }
}

#[cfg(test)]
mod tests;
