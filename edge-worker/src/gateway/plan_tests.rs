//! The whole cross product of what can come together, with what must hold of each.

use std::collections::BTreeMap;

use super::*;

const SOURCES: [SourceKind; 6] = [
    SourceKind::Site,
    SourceKind::Snapshot,
    SourceKind::Archive,
    SourceKind::Event,
    SourceKind::Asset,
    SourceKind::Raw,
];
const SITES: [SiteState; 8] = [
    SiteState::Unreadable,
    SiteState::Unknown,
    SiteState::Removed,
    SiteState::Moved,
    SiteState::Hidden,
    SiteState::Door,
    SiteState::NotYet,
    SiteState::Open,
];
const FINISHED: [FinishedState; 3] = [FinishedState::Absent, FinishedState::Current, FinishedState::Outdated];
const RECORDS: [RecordState; 5] = [
    RecordState::Current,
    RecordState::Older,
    RecordState::Absent,
    RecordState::Broken,
    RecordState::Undecodable,
];
const MONTHS: [MonthState; 3] = [MonthState::Named, MonthState::Unknown, MonthState::Broken];
const DRAWINGS: [Drawing; 6] = [
    Drawing::Text,
    Drawing::Missing,
    Drawing::Redirect,
    Drawing::Refused,
    Drawing::OverBudget,
    Drawing::Failed,
];
const PLACES: [Place; 2] = [Place::Direct, Place::Archive];
const BOTH: [bool; 2] = [true, false];

fn views() -> Vec<ViewFacts> {
    let mut views = Vec::new();
    for source in SOURCES {
        for scope in [Scope::Page, Scope::Object] {
            for has_skeleton in BOTH {
                for kept in BOTH {
                    views.extend(BOTH.map(|large| ViewFacts {
                        source,
                        scope,
                        has_skeleton,
                        kept,
                        large,
                    }));
                }
            }
        }
    }
    views
}

fn everything_found() -> Vec<Found> {
    let mut all: Vec<Found> = SITES.map(Found::Site).into();
    for is_unlisted in BOTH {
        all.extend(FINISHED.map(|finished| Found::Finished { finished, is_unlisted }));
    }
    for finished in FINISHED {
        all.extend(MONTHS.map(|month| Found::Permalinks { month, finished }));
        for place in PLACES {
            all.extend(RECORDS.map(|record| Found::Source {
                place,
                record,
                finished,
            }));
            for is_current in BOTH {
                all.extend(DRAWINGS.map(|drawing| Found::Drawing {
                    place,
                    is_current,
                    drawing,
                    finished,
                }));
            }
        }
    }
    all
}

/// Every view, whether the visitor has it, everything that can be found, and what is planned then.
fn table() -> Vec<(ViewFacts, bool, Found, Plan)> {
    let mut table = Vec::new();
    for view in views() {
        for found in everything_found() {
            table.extend(BOTH.map(|has| (view, has, found, plan(view, has, found))));
        }
    }
    table
}

fn finished_of(found: Found) -> FinishedState {
    match found {
        Found::Site(_) => FinishedState::Absent,
        Found::Finished { finished, .. }
        | Found::Source { finished, .. }
        | Found::Permalinks { finished, .. }
        | Found::Drawing { finished, .. } => finished,
    }
}

#[test]
fn table_covers_the_whole_cross_product() {
    // 6 sources, 2 scopes, skeleton, kept, large; 8 sites + 6 finished + 9 permalinks + 30 sources + 72 drawings.
    assert_eq!(views().len(), 96);
    assert_eq!(everything_found().len(), 125);
    assert_eq!(table().len(), 96 * 125 * 2);
}

#[test]
fn page_that_is_not_shown_is_read_no_further_whatever_is_asked() {
    for (view, has, found, plan) in table() {
        if matches!(found, Found::Site(SiteState::Hidden | SiteState::Unknown)) {
            assert_eq!(plan, Plan::UnknownHost, "{view:?} {has}");
        }
        let Found::Site(site) = found else { continue };
        let reads_on = !matches!(
            plan,
            Plan::UnknownHost | Plan::Door | Plan::Unavailable | Plan::Gone | Plan::HostMoved
        );
        assert_eq!(reads_on, site == SiteState::Open, "{view:?} {found:?} {plan:?}");
    }
}

#[test]
fn hit_only_with_a_current_finished_page() {
    for (view, has, found, plan) in table() {
        if plan == Plan::Hit {
            assert_eq!(finished_of(found), FinishedState::Current, "{view:?} {found:?}");
            assert!(!has, "the visitor has it: {view:?} {found:?}");
        }
        if matches!(plan, Plan::Outdated { .. }) {
            assert_ne!(finished_of(found), FinishedState::Absent, "{view:?} {found:?}");
        }
    }
}

#[test]
fn not_modified_only_where_the_visitor_has_the_current_representation() {
    for (view, has, found, plan) in table() {
        let Plan::NotModified { .. } = plan else { continue };
        assert!(has, "{view:?} {found:?}");
        let proven = match found {
            // The site record promises it only for a page as a whole.
            Found::Site(_) => view.scope == Scope::Page && view.is_named_by_site(),
            Found::Finished { finished, .. } => finished == FinishedState::Current,
            Found::Source { record, .. } => record == RecordState::Current || view.source == SourceKind::Asset,
            Found::Drawing { drawing, .. } => drawing == Drawing::Text,
            Found::Permalinks { .. } => false,
        };
        assert!(proven, "{view:?} {found:?}");
    }
}

/// A skeleton asks until the page is there, so a page must surely come.
#[test]
fn skeleton_only_where_the_page_surely_comes() {
    for (view, _, found, plan) in table() {
        let Plan::Skeleton { render_afterwards } = plan else {
            continue;
        };
        assert!(view.has_skeleton, "{view:?} {found:?}");
        match found {
            // It was drawn, so it is there, and what is finished afterwards is kept.
            Found::Drawing {
                place,
                drawing: Drawing::OverBudget,
                ..
            } => {
                assert!(
                    render_afterwards && view.kept && place == Place::Direct,
                    "{view:?} {found:?}"
                );
            }
            Found::Finished { .. } => {
                assert!(render_afterwards && view.kept && view.large, "{view:?} {found:?}");
                assert_eq!(view.scope, Scope::Page, "{view:?} {found:?}");
            }
            _ => assert_eq!(view.scope, Scope::Page, "{view:?} {found:?}"),
        }
    }
}

#[test]
fn work_afterwards_only_where_its_result_is_kept_and_can_differ() {
    for (view, _, found, plan) in table() {
        let (Plan::Skeleton { render_afterwards } | Plan::Outdated { render_afterwards }) = plan else {
            continue;
        };
        if render_afterwards {
            assert!(view.kept, "{view:?} {found:?}");
            let (Found::Drawing { place, .. } | Found::Source { place, .. }) = found else {
                continue;
            };
            assert_eq!(place, Place::Direct, "{view:?} {found:?}");
            let fails_again = matches!(
                found,
                Found::Source {
                    record: RecordState::Undecodable,
                    ..
                } | Found::Drawing {
                    drawing: Drawing::Failed,
                    ..
                }
            );
            assert!(!fails_again, "{view:?} {found:?}");
        }
    }
}

#[test]
fn stores_only_what_is_kept_and_was_named_by_the_address() {
    for (view, _, found, plan) in table() {
        let (Plan::Fresh { store: true, .. } | Plan::NotModified { store: true }) = plan else {
            continue;
        };
        let direct = matches!(
            found,
            Found::Drawing {
                place: Place::Direct,
                drawing: Drawing::Text,
                ..
            }
        );
        assert!(view.kept && direct, "{view:?} {found:?}");
    }
}

/// Whatever its size, an event is looked for in the snapshot, then in the month that its permalink names, then not at all.
#[test]
fn permalinks_resolve_on_pages_of_any_size() {
    for (view, has, found, plan) in table() {
        if view.source != SourceKind::Event || view.scope != Scope::Object {
            continue;
        }
        let absent = finished_of(found) == FinishedState::Absent;
        match found {
            Found::Finished {
                finished: FinishedState::Absent | FinishedState::Outdated,
                is_unlisted,
            } => assert_eq!(
                plan,
                match is_unlisted {
                    true => Plan::ReadPermalinks,
                    false => Plan::ReadSource,
                }
            ),
            Found::Drawing {
                place: Place::Direct,
                drawing: Drawing::Missing,
                ..
            } => assert_eq!(plan, Plan::ReadPermalinks),
            Found::Drawing {
                drawing: Drawing::Missing,
                ..
            } => assert_eq!(plan, Plan::Missing),
            Found::Drawing {
                drawing: Drawing::Redirect,
                ..
            } => assert_eq!(plan, Plan::Moved),
            Found::Permalinks {
                month: MonthState::Named,
                ..
            } => assert_eq!(plan, Plan::ReadArchive),
            Found::Permalinks {
                month: MonthState::Unknown,
                ..
            } => assert_eq!(plan, Plan::Missing),
            Found::Source {
                place: Place::Archive,
                record: RecordState::Absent,
                ..
            } if absent => assert_eq!(plan, Plan::Missing),
            Found::Source {
                place: Place::Archive,
                record: RecordState::Current,
                ..
            } if absent => assert_eq!(plan, Plan::Render(Budget::Unlimited), "{has}"),
            _ => {}
        }
    }
}

/// What is not listed is not there, so that nothing large is read for it.
#[test]
fn unlisted_object_costs_no_snapshot() {
    for (view, _, found, plan) in table() {
        let Found::Finished { finished, is_unlisted } = found else {
            continue;
        };
        if is_unlisted && view.names_object_of_snapshot() && finished != FinishedState::Current {
            let expected = match view.source {
                SourceKind::Event => Plan::ReadPermalinks,
                _ => Plan::Missing,
            };
            assert_eq!(plan, expected, "{view:?} {found:?}");
        }
        if view.source == SourceKind::Event && view.scope == Scope::Object {
            let on_site = plan_of_open(view);
            assert_eq!(on_site, Plan::ReadFinished, "the listing is looked at first: {view:?}");
        }
    }
}

fn plan_of_open(view: ViewFacts) -> Plan {
    plan(view, false, Found::Site(SiteState::Open))
}

#[test]
fn size_matters_only_to_whole_pages_for_people_that_are_not_finished() {
    for view in views().into_iter().filter(|view| view.large) {
        let small = ViewFacts { large: false, ..view };
        for found in everything_found() {
            for has in BOTH {
                if plan(view, has, found) != plan(small, has, found) {
                    assert!(view.has_skeleton && view.scope == Scope::Page, "{view:?} {found:?}");
                    assert!(matches!(found, Found::Finished { .. }), "{view:?} {found:?}");
                }
            }
        }
    }
}

/// Content fails stale: a broken source never takes a finished page away.
#[test]
fn finished_page_outlives_a_source_that_cannot_be_read() {
    for (view, _, found, plan) in table() {
        let unreadable = matches!(
            found,
            Found::Source {
                record: RecordState::Absent | RecordState::Broken | RecordState::Undecodable,
                ..
            } | Found::Permalinks {
                month: MonthState::Broken,
                ..
            } | Found::Drawing {
                drawing: Drawing::Failed | Drawing::OverBudget,
                ..
            }
        );
        if unreadable && finished_of(found) != FinishedState::Absent {
            assert!(matches!(plan, Plan::Outdated { .. }), "{view:?} {found:?} {plan:?}");
        }
    }
}

#[test]
fn draws_within_a_budget_only_where_something_may_stand_in() {
    for (view, _, found, planned) in table() {
        if planned != Plan::Render(Budget::PerVisit) {
            continue;
        }
        let Found::Source { place, finished, .. } = found else {
            unreachable!("{found:?} leads to drawing")
        };
        let over = Found::Drawing {
            place,
            is_current: true,
            drawing: Drawing::OverBudget,
            finished,
        };
        assert!(
            matches!(plan(view, false, over), Plan::Skeleton { .. } | Plan::Outdated { .. }),
            "{view:?} {found:?}"
        );
    }
}

/// How often each plan is made over the whole table: a change of the decision shows here.
#[test]
fn every_plan_is_made_as_often_as_committed() {
    let mut counts = BTreeMap::<String, usize>::new();
    for (_, _, found, plan) in table() {
        let stage = match found {
            Found::Site(_) => "site",
            Found::Finished { .. } => "finished",
            Found::Source { .. } => "source",
            Found::Permalinks { .. } => "permalinks",
            Found::Drawing { .. } => "drawing",
        };
        *counts.entry(format!("{stage}: {plan:?}")).or_default() += 1;
    }
    let lines: Vec<String> = counts.iter().map(|(plan, count)| format!("{plan} {count}")).collect();
    insta::assert_snapshot!("plans", lines.join("\n"));
}
