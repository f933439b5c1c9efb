//! The updates of an event in their order, and all that follows from them: its status and its times, the components that it is
//! about, and what it holds of each.

use std::collections::BTreeMap;

use origin_objects::status_change::impact_of;
use page_model::{
    Id,
    snapshot::Touched,
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};

use crate::held::{Steps, go_on};

/// The statuses of incidents, and those of maintenances: what each means for components.
pub trait Course: Copy + Eq {
    /// The status of an event that was never said to have one.
    const FIRST: Self;
    /// What an event holds of its components by itself.
    const HOLDS: Status;
    /// Whether words end with the stretch in which they were said. An incident that is opened again begins anew.
    const FORGETS: bool;

    /// Whether an event with this status holds its components.
    fn is_holding(self) -> bool;
    fn is_over(self) -> bool;
}

impl Course for IncidentStatus {
    const FIRST: Self = Self::Investigating;
    const HOLDS: Status = Status::Operational;
    const FORGETS: bool = true;

    fn is_holding(self) -> bool {
        !self.is_over()
    }

    fn is_over(self) -> bool {
        self.is_over()
    }
}

impl Course for MaintenanceStatus {
    const FIRST: Self = Self::Scheduled;
    const HOLDS: Status = Status::UnderMaintenance;
    const FORGETS: bool = false;

    fn is_holding(self) -> bool {
        self.is_under_way()
    }

    fn is_over(self) -> bool {
        self.is_over()
    }
}

/// By the order of updates: moments, then the order in which they were pushed.
#[derive(Debug, Clone)]
pub struct Timeline<S> {
    /// The components that a maintenance was given.
    pub listed: Vec<Touched>,
    pub updates: Vec<Told<S>>,
}

#[derive(Debug, Clone)]
pub struct Told<S> {
    pub update: Id,
    pub at_ms: i64,
    /// `None` for one that leaves the event as it was.
    pub status: Option<S>,
    /// `None` for one that says nothing of components.
    pub words: Option<Vec<Word>>,
}

/// What is said of a component, by the name that it has then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub component: Id,
    pub name: String,
    pub status: Status,
}

impl<S> Default for Timeline<S> {
    fn default() -> Self {
        Self {
            listed: Vec::new(),
            updates: Vec::new(),
        }
    }
}

impl<S: Course> Timeline<S> {
    /// Each update with the status in which it leaves the event.
    pub fn course(&self) -> impl Iterator<Item = (&Told<S>, S)> {
        self.updates.iter().scan(S::FIRST, |status, told| {
            *status = told.status.unwrap_or(*status);
            Some((told, *status))
        })
    }

    /// With one update more, which was pushed last.
    #[must_use]
    pub fn with(&self, told: Told<S>) -> Self {
        let mut timeline = self.clone();
        let place = timeline.updates.partition_point(|other| other.at_ms <= told.at_ms);
        timeline.updates.insert(place, told);
        timeline
    }

    pub fn status(&self) -> S {
        self.course().last().map_or(S::FIRST, |(_, status)| status)
    }

    /// When an update first left the event in such a status.
    pub fn first_ms(&self, is_such: impl Fn(S) -> bool) -> Option<i64> {
        let mut course = self.course();
        course.find(|(_, status)| is_such(*status)).map(|(told, _)| told.at_ms)
    }

    /// Since when it is over; `None` where it is not.
    pub fn over_ms(&self) -> Option<i64> {
        self.course().fold(None, |since_ms: Option<i64>, (told, status)| {
            status.is_over().then(|| since_ms.unwrap_or(told.at_ms))
        })
    }

    pub fn start_ms(&self) -> Option<i64> {
        self.updates.first().map(|told| told.at_ms)
    }

    pub fn newest_ms(&self) -> Option<i64> {
        self.updates.last().map(|told| told.at_ms)
    }

    /// All that it is about, each by the name that it was told with last.
    pub fn components(&self) -> BTreeMap<&Id, &str> {
        let listed = self.listed.iter().map(|one| (&one.id, one.name.as_str()));
        listed
            .chain(self.words().map(|word| (&word.component, word.name.as_str())))
            .collect()
    }

    /// What it holds of a component.
    pub fn held(&self, component: &Id) -> Steps {
        let said = self.course().map(|(told, status)| {
            let words = told.words.iter().flatten();
            let word = words.into_iter().find(|word| word.component == *component);
            (told.at_ms, status, word.map(|word| word.status))
        });
        let touched =
            self.listed.iter().any(|one| one.id == *component) || self.words().any(|word| word.component == *component);
        if touched { held(said) } else { Steps::new() }
    }

    /// The impact that follows from the worst word.
    pub fn impact(&self) -> Impact {
        impact_of(self.words().map(|word| word.status))
    }

    /// What each update says of components. Where it says nothing itself, the beginning of a maintenance says that its
    /// components are under maintenance, and the end of an event that those are operational that it held.
    pub fn said(&self) -> Vec<Vec<Word>> {
        let components = self.components();
        let mut words: BTreeMap<&Id, Status> = BTreeMap::new();
        let mut was_holding = false;
        let mut said = Vec::with_capacity(self.updates.len());
        for (told, status) in self.course() {
            let word_of = |component: &Id| words.get(component).copied();
            let implied = |implied: &dyn Fn(&Id) -> Option<Status>| -> Vec<Word> {
                let of = |(component, name): (&&Id, &&str)| {
                    implied(component).map(|status| Word {
                        component: (*component).clone(),
                        name: (*name).to_owned(),
                        status,
                    })
                };
                components.iter().filter_map(of).collect()
            };
            said.push(match (&told.words, was_holding, status.is_holding()) {
                (Some(words), ..) => words.clone(),
                (None, false, true) if S::HOLDS != Status::Operational => {
                    implied(&|component| word_of(component).is_none().then_some(S::HOLDS))
                }
                (None, true, false) => implied(&|component| {
                    let held = word_of(component).unwrap_or(S::HOLDS);
                    (held != Status::Operational).then_some(Status::Operational)
                }),
                _ => Vec::new(),
            });
            was_holding = status.is_holding();
            if S::FORGETS && !was_holding {
                words.clear();
            } else {
                words.extend(told.words.iter().flatten().map(|word| (&word.component, word.status)));
            }
        }
        said
    }

    fn words(&self) -> impl Iterator<Item = &Word> {
        self.updates.iter().flat_map(|told| told.words.iter().flatten())
    }
}

/// What an event holds of a component that it is about: its updates' moments and statuses, and their words on it.
pub fn held<S: Course>(said: impl Iterator<Item = (i64, S, Option<Status>)>) -> Steps {
    let (mut steps, mut word) = (Steps::new(), None);
    for (at_ms, status, said) in said {
        word = match S::FORGETS && !status.is_holding() {
            true => None,
            false => said.or(word),
        };
        let held = match status.is_holding() {
            true => word.unwrap_or(S::HOLDS),
            false => Status::Operational,
        };
        go_on(&mut steps, at_ms, held);
    }
    steps
}

#[cfg(test)]
mod tests {
    use Status::{DegradedPerformance, MajorOutage, Operational, PartialOutage, UnderMaintenance};

    use super::*;

    fn component() -> Id {
        Id::parse("comp00000001").expect("an id")
    }

    /// A moment, the status of the event, and what is said: nothing of components, of none, or of the one.
    type Said<S> = (i64, Option<S>, Option<Option<Status>>);

    fn timeline<S: Course>(listed: bool, told: &[Said<S>]) -> Timeline<S> {
        let name = || "API".to_owned();
        let listed = listed.then(|| Touched {
            id: component(),
            name: name(),
        });
        let word = |status| Word {
            component: component(),
            name: name(),
            status,
        };
        let updates = told.iter().map(|(at_ms, status, words)| Told {
            update: Id::parse(&format!("update{at_ms:06}")).expect("an id"),
            at_ms: *at_ms,
            status: *status,
            words: words.map(|status| status.map(word).into_iter().collect()),
        });
        Timeline {
            listed: listed.into_iter().collect(),
            updates: updates.collect(),
        }
    }

    fn says(status: Status) -> Option<Option<Status>> {
        Some(Some(status))
    }

    #[test]
    fn incident_holds_its_last_word_while_it_is_open() {
        use IncidentStatus::{Investigating, Monitoring, Resolved};
        let incident = timeline(
            false,
            &[
                (1, Some(Investigating), says(MajorOutage)),
                (2, None, None),
                (3, Some(Monitoring), says(PartialOutage)),
                (4, Some(Resolved), says(DegradedPerformance)),
                (5, None, says(MajorOutage)),
                (6, Some(Monitoring), None),
                (7, None, says(PartialOutage)),
            ],
        );
        let held = [
            (1, MajorOutage),
            (3, PartialOutage),
            (4, Operational),
            (7, PartialOutage),
        ];
        assert_eq!(
            incident.held(&component()),
            held,
            "opened again it holds nothing until it speaks"
        );
        assert_eq!((incident.status(), incident.over_ms()), (Monitoring, None));
        assert_eq!(incident.impact(), Impact::Critical);
        let never_open = timeline(false, &[(1, Some(Resolved), says(MajorOutage))]);
        assert_eq!(never_open.held(&component()), []);
    }

    #[test]
    fn maintenance_holds_its_components_or_what_it_says_of_them() {
        use MaintenanceStatus::{Completed, InProgress, Scheduled, Verifying};
        let maintenance = timeline(
            true,
            &[
                (1, Some(Scheduled), None),
                (2, Some(InProgress), None),
                (3, None, says(MajorOutage)),
                (4, Some(Scheduled), None),
                (5, Some(Verifying), None),
                (6, Some(Completed), says(MajorOutage)),
            ],
        );
        let held = [
            (2, UnderMaintenance),
            (3, MajorOutage),
            (4, Operational),
            (5, MajorOutage),
            (6, Operational),
        ];
        assert_eq!(maintenance.held(&component()), held);
        assert_eq!(maintenance.first_ms(MaintenanceStatus::is_under_way), Some(2));
        assert_eq!(maintenance.over_ms(), Some(6));
    }

    #[test]
    fn silent_update_implies_what_follows_from_its_status() {
        use MaintenanceStatus::{Completed, InProgress, Scheduled};
        let course = [
            (1, Some(Scheduled), None),
            (2, Some(InProgress), None),
            (3, Some(Completed), None),
        ];
        let said = |timeline: &Timeline<MaintenanceStatus>| -> Vec<Vec<Status>> {
            let said = timeline.said();
            said.iter()
                .map(|words| words.iter().map(|word| word.status).collect())
                .collect()
        };
        assert_eq!(
            said(&timeline(true, &course)),
            [vec![], vec![UnderMaintenance], vec![Operational]]
        );
        let nothing = [(1, Some(InProgress), Some(None)), (2, Some(Completed), Some(None))];
        assert_eq!(
            said(&timeline(true, &nothing)),
            [vec![], vec![]],
            "what is said to be nothing is nothing"
        );
    }
}
