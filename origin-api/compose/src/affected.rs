//! What updates said of components: the status before and after.

use std::collections::HashMap;

use page_model::{Id, status::Status};

/// One word of an update about a component.
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

/// By update; those that say nothing of components are not in it. A component's old status is what the same event said of
/// it last, `operational` before its first word: so each event reads as one story, whatever others say meanwhile.
pub fn affected(words_oldest_first: impl Iterator<Item = ReportedStatus>) -> HashMap<Id, Vec<Affected>> {
    let mut last: HashMap<(Id, Id), Status> = HashMap::new();
    let mut affected: HashMap<Id, Vec<Affected>> = HashMap::new();
    for word in words_oldest_first {
        let old_status = last.insert((word.event, word.component.clone()), word.status);
        let said = affected.entry(word.update).or_default();
        match said.iter_mut().find(|known| known.component == word.component) {
            Some(known) => known.new_status = word.status,
            None => said.push(Affected {
                component: word.component,
                old_status: old_status.unwrap_or(Status::Operational),
                new_status: word.status,
            }),
        }
    }
    affected
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(event: char, update: char, component: char, status: Status) -> ReportedStatus {
        let id = |letter: char| Id::parse(&letter.to_string().repeat(12)).expect("an id");
        ReportedStatus {
            event: id(event),
            update: id(update),
            component: id(component),
            status,
        }
    }

    #[test]
    fn each_event_tells_its_own_story() {
        use Status::{DegradedPerformance, MajorOutage, Operational, PartialOutage};
        let words = [
            word('e', 'u', 'c', DegradedPerformance),
            word('f', 'v', 'c', MajorOutage),
            word('e', 'w', 'c', DegradedPerformance),
            word('e', 'w', 'd', Operational),
            word('e', 'x', 'c', PartialOutage),
            word('e', 'x', 'c', Operational),
        ];
        let affected = affected(words.into_iter());
        let said = |update: char| -> Vec<(Status, Status)> {
            let said = &affected[&word('e', update, 'c', Operational).update];
            said.iter().map(|one| (one.old_status, one.new_status)).collect()
        };
        assert_eq!(said('u'), [(Operational, DegradedPerformance)]);
        assert_eq!(
            said('v'),
            [(Operational, MajorOutage)],
            "another event's words do not count"
        );
        assert_eq!(
            said('w'),
            [(DegradedPerformance, DegradedPerformance), (Operational, Operational)],
            "what stays is told too"
        );
        assert_eq!(
            said('x'),
            [(DegradedPerformance, Operational)],
            "two words of one update are one"
        );
    }
}
