//! The changes that time makes: maintenances start and end, days roll over, trouble goes on, and what has served is
//! forgotten. What is due is decided by pure functions of the agenda and the moment; around them each rhythm has a loop.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use origin_compose::sparkline::STEP_MS;
use origin_store::{
    Change, Condition, Store,
    engine::{clock::now_ms, commit::PageChange},
    load::agenda::{self, Fold, PageDay, Turn},
    metrics::points::FOLD_INTERVAL_MS,
};
use origin_time::zone;
use page_model::Id;
use tokio_util::sync::CancellationToken;

use crate::planning::plan_due;

/// What is due now, and when to look again.
#[derive(Debug, Default)]
struct Plan {
    changes: Vec<Change>,
    wake_ms: Option<i64>,
}

pub async fn run(store: Store, shutdown: CancellationToken) {
    let rhythms = async {
        tokio::join!(
            maintenances(&store),
            series(&store),
            days(&store),
            folds(&store),
            forget(&store)
        )
    };
    tokio::select! {
        _ = rhythms => {}
        () = shutdown.cancelled() => {}
    }
}

/// Looks at the agenda after each change too, as it may bring a maintenance that starts soon.
async fn maintenances(store: &Store) {
    let mut head = store.head();
    loop {
        head.mark_unchanged();
        let turns = agenda::turns(store).await.unwrap_or_default();
        let reminders = agenda::reminders(store).await.unwrap_or_default();
        let plan = plan_turns(turns, reminders, now_ms());
        let wait = wait(&plan, LOOK_INTERVAL_MAX);
        make(store, plan.changes).await;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = head.changed() => tokio::time::sleep(SETTLE).await,
        }
    }
}

/// A series is planned when it changes, and again whenever time brings its next occurrence into sight.
async fn series(store: &Store) {
    loop {
        let wake_ms = plan_due(store, None).await.ok().flatten();
        let plan = Plan {
            wake_ms,
            ..Plan::default()
        };
        tokio::time::sleep(wait(&plan, LOOK_INTERVAL_MAX).max(SETTLE)).await;
    }
}

async fn days(store: &Store) {
    loop {
        let days = agenda::days(store).await.unwrap_or_default();
        let plan = plan_days(days, now_ms());
        let wait = wait(&plan, LOOK_INTERVAL_MAX);
        make(store, plan.changes).await;
        tokio::time::sleep(wait).await;
    }
}

/// Points that wait make no change of a page, so nothing but looking finds them.
async fn folds(store: &Store) {
    loop {
        let folds = agenda::folds(store).await.unwrap_or_default();
        let plan = plan_folds(folds, now_ms());
        let wait = wait(&plan, FOLD_LOOK_INTERVAL_MAX);
        make(store, plan.changes).await;
        tokio::time::sleep(wait).await;
    }
}

/// Only after changes: an origin at rest writes nothing.
async fn forget(store: &Store) {
    let mut head = store.head();
    while head.changed().await.is_ok() {
        make(store, vec![Change::Prune]).await;
        tokio::time::sleep(FORGET_INTERVAL).await;
    }
}

/// A maintenance of which several reminders are due is reminded of once.
fn plan_turns(turns: Vec<Turn>, reminders: Vec<Turn>, now_ms: i64) -> Plan {
    let mut plan = Plan::default();
    for turn in turns {
        plan.turn(turn, now_ms, PageChange::AdvanceMaintenance);
    }
    let mut reminded = HashSet::new();
    for reminder in reminders {
        if reminder.at_ms > now_ms || reminded.insert((reminder.page.clone(), reminder.maintenance.clone())) {
            plan.turn(reminder, now_ms, PageChange::Remind);
        }
    }
    plan
}

fn plan_folds(folds: Vec<Fold>, now_ms: i64) -> Plan {
    let mut plan = Plan::default();
    for fold in folds {
        let due_ms = fold.folded_ms + FOLD_INTERVAL_MS;
        if due_ms <= now_ms {
            plan.changes.push(Change::Page(fold.page, PageChange::FoldPoints));
        } else {
            plan.wake_at(due_ms);
        }
    }
    plan
}

/// A page is composed anew when its day ends, every ten minutes while a component is not operational, and for a day after
/// its last points with each step of its sparklines.
fn plan_days(days: Vec<PageDay>, now_ms: i64) -> Plan {
    let mut plan = Plan::default();
    for day in days {
        let zone = zone::named(&day.time_zone);
        let midnight_ms = zone::day_start_ms(&zone, zone::day_after(zone::date(&zone, day.composed_ms)));
        let is_drawn = day
            .folded_ms
            .is_some_and(|folded_ms| folded_ms + DAY_MS > day.composed_ms);
        let moves = [(day.troubled, TROUBLE_INTERVAL_MS), (is_drawn, STEP_MS)];
        let moves = moves
            .into_iter()
            .filter(|(does, _)| *does)
            .map(|(_, interval_ms)| day.composed_ms + interval_ms);
        let due_ms = moves.fold(midnight_ms, i64::min);
        if due_ms <= now_ms {
            plan.changes.push(Change::Page(day.page, PageChange::Tick));
        } else {
            plan.wake_at(due_ms);
        }
    }
    plan
}

impl Plan {
    fn turn(&mut self, turn: Turn, now_ms: i64, change: fn(Id) -> PageChange) {
        if turn.at_ms <= now_ms {
            self.changes.push(Change::Page(turn.page, change(turn.maintenance)));
        } else {
            self.wake_at(turn.at_ms);
        }
    }

    fn wake_at(&mut self, at_ms: i64) {
        self.wake_ms = Some(self.wake_ms.map_or(at_ms, |known_ms| known_ms.min(at_ms)));
    }
}

/// After changes the agenda is read again soon: one may have brought the next, and one may have been refused.
fn wait(plan: &Plan, longest: Duration) -> Duration {
    if !plan.changes.is_empty() {
        return SETTLE;
    }
    let until_ms = plan.wake_ms.map(|wake_ms| (wake_ms - now_ms()).max(0).unsigned_abs());
    until_ms.map_or(longest, |ms| Duration::from_millis(ms).min(longest))
}

/// A midnight is due for many pages at once; they go to the writer in handfuls, so that publishers are served in between.
async fn make(store: &Store, changes: Vec<Change>) {
    let mut changes = changes.into_iter().peekable();
    while changes.peek().is_some() {
        let handful = changes
            .by_ref()
            .take(HANDFUL)
            .map(|change| store.change(change, Condition::default()));
        for refused in join_all(handful).await.into_iter().filter_map(Result::err) {
            tracing::warn!(?refused, "a change by the clock was refused; it is tried again");
        }
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const TROUBLE_INTERVAL_MS: i64 = 10 * 60 * 1000;
/// Longest time between two looks at the agenda.
const LOOK_INTERVAL_MAX: Duration = Duration::from_secs(60);
/// Longest time that a point waits beyond the interval of its page.
const FOLD_LOOK_INTERVAL_MAX: Duration = Duration::from_secs(5);
/// Shortest time between two looks at the agenda.
const SETTLE: Duration = Duration::from_secs(1);
const FORGET_INTERVAL: Duration = Duration::from_secs(60);
const HANDFUL: usize = 64;

#[cfg(test)]
mod tests {
    use page_model::PageId;

    use super::*;

    const NOON_MS: i64 = 1_795_348_800_000; // 2026-11-22T12:00:00Z
    const HOUR_MS: i64 = 3_600_000;

    fn turn(at_ms: i64) -> Turn {
        Turn {
            page: PageId::parse("aaaaaaaaaaaa").expect("an id"),
            maintenance: Id::parse("bbbbbbbbbbbb").expect("an id"),
            at_ms,
        }
    }

    fn day(time_zone: &str, composed_ms: i64, troubled: bool) -> PageDay {
        PageDay {
            page: PageId::parse("aaaaaaaaaaaa").expect("an id"),
            time_zone: time_zone.into(),
            composed_ms,
            troubled,
            folded_ms: None,
        }
    }

    #[test]
    fn maintenance_is_due_at_its_time() {
        let turns = vec![turn(NOON_MS), turn(NOON_MS + 1), turn(NOON_MS + 2)];
        let plan = plan_turns(turns, Vec::new(), NOON_MS);
        assert_eq!(plan.changes.len(), 1);
        assert_eq!(plan.wake_ms, Some(NOON_MS + 1));
    }

    #[test]
    fn reminders_due_together_become_one() {
        let reminders = vec![turn(NOON_MS - 2), turn(NOON_MS - 1), turn(NOON_MS + 1)];
        let plan = plan_turns(vec![turn(NOON_MS + 2)], reminders, NOON_MS);
        assert_eq!(plan.changes.len(), 1);
        assert_eq!(plan.wake_ms, Some(NOON_MS + 1));
    }

    #[test]
    fn day_ends_at_midnight_of_the_page_time_zone() {
        let utc = plan_days(vec![day("Etc/UTC", NOON_MS, false)], NOON_MS);
        assert_eq!((utc.changes.len(), utc.wake_ms), (0, Some(NOON_MS + 12 * HOUR_MS)));
        let kolkata = plan_days(vec![day("Asia/Kolkata", NOON_MS, false)], NOON_MS);
        assert_eq!(kolkata.wake_ms, Some(NOON_MS + 6 * HOUR_MS + HOUR_MS / 2));
        let over = plan_days(vec![day("Asia/Kolkata", NOON_MS, false)], NOON_MS + 7 * HOUR_MS);
        assert_eq!(over.changes.len(), 1);
    }

    #[test]
    fn page_in_trouble_is_due_every_ten_minutes() {
        let soon = plan_days(vec![day("Etc/UTC", NOON_MS, true)], NOON_MS);
        assert_eq!(soon.wake_ms, Some(NOON_MS + TROUBLE_INTERVAL_MS));
        let due = plan_days(vec![day("Etc/UTC", NOON_MS, true)], NOON_MS + TROUBLE_INTERVAL_MS);
        assert_eq!(due.changes.len(), 1);
    }

    #[test]
    fn sparkline_advances_for_a_day_after_its_last_points() {
        let measured = |folded_ms| PageDay {
            folded_ms: Some(folded_ms),
            ..day("Pacific/Kiritimati", NOON_MS, false)
        };
        let drawn = plan_days(vec![measured(NOON_MS - HOUR_MS)], NOON_MS);
        assert_eq!(drawn.wake_ms, Some(NOON_MS + STEP_MS));
        let silent = plan_days(vec![measured(NOON_MS - DAY_MS)], NOON_MS);
        assert_eq!(silent.wake_ms, Some(NOON_MS + 22 * HOUR_MS));
    }

    #[test]
    fn points_wait_for_the_fold_interval() {
        let fold = |folded_ms| Fold {
            page: PageId::parse("aaaaaaaaaaaa").expect("an id"),
            folded_ms,
        };
        let plan = plan_folds(vec![fold(NOON_MS - FOLD_INTERVAL_MS), fold(NOON_MS - 1)], NOON_MS);
        assert_eq!(plan.changes.len(), 1);
        assert_eq!(plan.wake_ms, Some(NOON_MS - 1 + FOLD_INTERVAL_MS));
    }

    #[test]
    fn waits_until_the_next_wake_at_most() {
        assert_eq!(wait(&Plan::default(), LOOK_INTERVAL_MAX), LOOK_INTERVAL_MAX);
        let past = Plan {
            wake_ms: Some(0),
            ..Plan::default()
        };
        assert_eq!(wait(&past, LOOK_INTERVAL_MAX), Duration::ZERO);
    }
}
