//! The status of components before and after each update.

use std::collections::HashMap;

use page_model::{Id, status::Status};

use crate::timeline::Word;

/// A component's status before and after an update, by the name that it had then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    pub component: Id,
    pub name: String,
    pub old_status: Status,
    pub new_status: Status,
}

/// By update; those that say nothing of components are not in it. A component's old status is what the same event said last,
/// `operational` before its first word: so each event reads by itself, whatever others say meanwhile.
pub fn affected(said_oldest_first: impl Iterator<Item = (Id, Vec<Word>)>) -> HashMap<Id, Vec<Affected>> {
    let mut last: HashMap<Id, Status> = HashMap::new();
    let mut affected = HashMap::new();
    for (update, words) in said_oldest_first.filter(|(_, words)| !words.is_empty()) {
        let of_update = words.into_iter().map(|word| Affected {
            old_status: last
                .insert(word.component.clone(), word.status)
                .unwrap_or(Status::Operational),
            component: word.component,
            name: word.name,
            new_status: word.status,
        });
        affected.insert(update, of_update.collect());
    }
    affected
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(letter: char) -> Id {
        Id::parse(&letter.to_string().repeat(12)).expect("an id")
    }

    #[test]
    fn old_status_is_what_the_event_said_last() {
        use Status::{DegradedPerformance, Operational, PartialOutage};
        let word = |component: char, status| Word {
            component: id(component),
            name: "API".into(),
            status,
        };
        let said = [
            (id('u'), vec![word('c', DegradedPerformance)]),
            (id('v'), vec![]),
            (id('w'), vec![word('c', DegradedPerformance), word('d', Operational)]),
            (id('x'), vec![word('c', PartialOutage)]),
        ];
        let affected = affected(said.into_iter());
        let changes = |update: char| -> Vec<(Status, Status)> {
            let changes = &affected[&id(update)];
            changes.iter().map(|one| (one.old_status, one.new_status)).collect()
        };
        assert_eq!(changes('u'), [(Operational, DegradedPerformance)]);
        assert!(!affected.contains_key(&id('v')));
        assert_eq!(
            changes('w'),
            [(DegradedPerformance, DegradedPerformance), (Operational, Operational)],
            "an unchanged status is listed too"
        );
        assert_eq!(changes('x'), [(DegradedPerformance, PartialOutage)]);
    }
}
