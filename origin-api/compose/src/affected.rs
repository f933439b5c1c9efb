//! The status of components before and after each update.

use std::collections::HashMap;

use page_model::{Id, status::Status};

/// The status that an update reports for a component.
#[derive(Debug, Clone)]
pub struct ReportedStatus {
    /// The incident or maintenance.
    pub event: Id,
    pub update: Id,
    pub component: Id,
    pub status: Status,
}

/// A component's status before and after an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    pub component: Id,
    pub old_status: Status,
    pub new_status: Status,
}

/// By update; those that name no components are not in it. A component's old status is what the same event reported last,
/// `operational` before its first report: so each event reads by itself, whatever others report meanwhile.
pub fn affected(reported_oldest_first: impl Iterator<Item = ReportedStatus>) -> HashMap<Id, Vec<Affected>> {
    let mut last: HashMap<(Id, Id), Status> = HashMap::new();
    let mut affected: HashMap<Id, Vec<Affected>> = HashMap::new();
    for report in reported_oldest_first {
        let old_status = last.insert((report.event, report.component.clone()), report.status);
        let of_update = affected.entry(report.update).or_default();
        match of_update.iter_mut().find(|known| known.component == report.component) {
            Some(known) => known.new_status = report.status,
            None => of_update.push(Affected {
                component: report.component,
                old_status: old_status.unwrap_or(Status::Operational),
                new_status: report.status,
            }),
        }
    }
    affected
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(event: char, update: char, component: char, status: Status) -> ReportedStatus {
        let id = |letter: char| Id::parse(&letter.to_string().repeat(12)).expect("an id");
        ReportedStatus {
            event: id(event),
            update: id(update),
            component: id(component),
            status,
        }
    }

    #[test]
    fn old_status_is_what_the_same_event_reported_last() {
        use Status::{DegradedPerformance, MajorOutage, Operational, PartialOutage};
        let reports = [
            reported('e', 'u', 'c', DegradedPerformance),
            reported('f', 'v', 'c', MajorOutage),
            reported('e', 'w', 'c', DegradedPerformance),
            reported('e', 'w', 'd', Operational),
            reported('e', 'x', 'c', PartialOutage),
            reported('e', 'x', 'c', Operational),
        ];
        let affected = affected(reports.into_iter());
        let changes = |update: char| -> Vec<(Status, Status)> {
            let changes = &affected[&reported('e', update, 'c', Operational).update];
            changes.iter().map(|one| (one.old_status, one.new_status)).collect()
        };
        assert_eq!(changes('u'), [(Operational, DegradedPerformance)]);
        assert_eq!(
            changes('v'),
            [(Operational, MajorOutage)],
            "reports of another event do not count"
        );
        assert_eq!(
            changes('w'),
            [(DegradedPerformance, DegradedPerformance), (Operational, Operational)],
            "an unchanged status is listed too"
        );
        assert_eq!(
            changes('x'),
            [(DegradedPerformance, Operational)],
            "two reports of one update are one"
        );
    }
}
