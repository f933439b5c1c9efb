//! The changes that time makes: maintenances start and end, days roll over, trouble goes on, and what has served is
//! forgotten. What is due is decided by pure functions of the agenda and the moment; around them each rhythm has a loop.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use origin_compose::sparkline::STEP_MS;
use origin_engine::{applied::Outcome, clock::now_ms, outbox::MOVES_MS_MIN, sql};
use origin_objects::fault::Fault;
use origin_store::{
    Change, Condition, Store,
    agenda::{self, Fold, PageDay, Turn},
    commit::PageChange,
    metrics::points::FOLD_INTERVAL_MS,
    pages::days::Look,
};
use origin_time::zone;
use page_model::{Id, PageId};
use tokio_util::sync::CancellationToken;

use crate::{planning::plan_due, setbacks::Setbacks};

/// What is due now, and when to look again.
#[derive(Debug, Default)]
struct Plan {
    due: Vec<Due>,
    wake_ms: Option<i64>,
}

/// A change that time makes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Due {
    Advance(PageId, Id),
    Remind(PageId, Id),
    Fold(PageId),
    Tick(PageId),
}

impl Due {
    fn change(&self) -> Change {
        let (page, change) = match self {
            Self::Advance(page, maintenance) => (page, PageChange::AdvanceMaintenance(maintenance.clone())),
            Self::Remind(page, maintenance) => (page, PageChange::Remind(maintenance.clone())),
            Self::Fold(page) => (page, PageChange::FoldPoints),
            Self::Tick(page) => (page, PageChange::Tick),
        };
        Change::Page(page.clone(), change)
    }

    fn looks_at(&self) -> &'static str {
        match self {
            Self::Advance(..) => "maintenances",
            Self::Remind(..) => "reminders",
            Self::Fold(_) => "points",
            Self::Tick(_) => "days",
        }
    }
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
    let mut setbacks = Setbacks::default();
    loop {
        head.mark_unchanged();
        let turns = seen("maintenances", agenda::turns(store, setbacks.len()).await);
        let reminders = seen("reminders", agenda::reminders(store, setbacks.len()).await);
        let plan = plan_turns(turns.rows, reminders.rows, now_ms());
        let plan = plan.looking_at(turns.again_ms).looking_at(reminders.again_ms);
        let wait = make(store, &mut setbacks, plan, LOOK_INTERVAL_MAX, AT_ONCE).await;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = head.changed() => tokio::time::sleep(SETTLE).await,
        }
    }
}

/// A series is planned when it changes, and again whenever time brings its next occurrence into sight.
async fn series(store: &Store) {
    loop {
        let wake_ms = match plan_due(store, None).await {
            Ok(wake_ms) => wake_ms,
            Err(refusal) => {
                agenda::count("series", "database");
                let fault = refusal.into_fault();
                tracing::error!(?fault, "the clock cannot read which series are due");
                Some(now_ms() + FAILED_PAUSE_MS)
            }
        };
        let plan = Plan {
            wake_ms,
            ..Plan::default()
        };
        tokio::time::sleep(wait(&plan, LOOK_INTERVAL_MAX).max(SETTLE)).await;
    }
}

async fn days(store: &Store) {
    let mut setbacks = Setbacks::default();
    loop {
        let now_ms = now_ms();
        let days = seen("days", agenda::days(store, now_ms, setbacks.len()).await);
        let next = seen("days", agenda::next_day(store, now_ms).await.map(Vec::from_iter));
        let (mut plan, later) = plan_days(days.rows, now_ms);
        let found = plan.due.len() + later.len();
        plan = plan.looking_at(days.again_ms).looking_at(next.again_ms);
        plan = plan.looking_at(next.rows.first().copied());
        keep_looks(store, later).await;
        let wait = make(store, &mut setbacks, plan, LOOK_INTERVAL_MAX, TICKS).await;
        tokio::time::sleep(if found > 0 { SETTLE } else { wait }).await;
    }
}

async fn keep_looks(store: &Store, later: Vec<Look>) {
    if later.is_empty() {
        return;
    }
    if let Err(refused) = store.change(Change::Looked(later), Condition::default()).await {
        tracing::warn!(
            ?refused,
            "when pages are due could not be kept; they are looked at again"
        );
        agenda::count("days", "refused");
    }
}

/// Points that wait make no change of a page, so nothing but looking finds them.
async fn folds(store: &Store) {
    let mut setbacks = Setbacks::default();
    loop {
        let folds = seen("points", agenda::folds(store).await);
        let plan = plan_folds(folds.rows, now_ms()).looking_at(folds.again_ms);
        let wait = make(store, &mut setbacks, plan, FOLD_LOOK_INTERVAL_MAX, AT_ONCE).await;
        tokio::time::sleep(wait).await;
    }
}

/// What a look found. One that failed is told of, found nothing, and is repeated soon.
struct Seen<T> {
    rows: Vec<T>,
    again_ms: Option<i64>,
}

fn seen<T>(looks_at: &'static str, looked: sql::Result<Vec<T>>) -> Seen<T> {
    match looked {
        Ok(rows) => Seen { rows, again_ms: None },
        Err(error) => {
            agenda::tell(looks_at, &error);
            Seen {
                rows: Vec::new(),
                again_ms: Some(now_ms() + FAILED_PAUSE_MS),
            }
        }
    }
}

/// Only after changes: an origin at rest writes nothing.
async fn forget(store: &Store) {
    let mut head = store.head();
    while head.changed().await.is_ok() {
        while forgets_more(store).await {
            tokio::time::sleep(SETTLE).await;
        }
        tokio::time::sleep(FORGET_INTERVAL).await;
    }
}

async fn forgets_more(store: &Store) -> bool {
    match store.change(Change::Prune, Condition::default()).await {
        Ok(forgot) => forgot.outcome == Outcome::Deleted,
        Err(refused) => {
            tracing::warn!(?refused, "what has served could not be forgotten; it is tried again");
            agenda::count("kept", "refused");
            false
        }
    }
}

/// A maintenance of which several reminders are due is reminded of once.
fn plan_turns(turns: Vec<Turn>, reminders: Vec<Turn>, now_ms: i64) -> Plan {
    let mut plan = Plan::default();
    for turn in turns {
        plan.turn(turn, now_ms, Due::Advance);
    }
    let mut reminded = HashSet::new();
    for reminder in reminders {
        if reminder.at_ms > now_ms || reminded.insert((reminder.page.clone(), reminder.maintenance.clone())) {
            plan.turn(reminder, now_ms, Due::Remind);
        }
    }
    plan
}

fn plan_folds(folds: Vec<Fold>, now_ms: i64) -> Plan {
    let mut plan = Plan::default();
    for fold in folds {
        let due_ms = fold.folded_ms + FOLD_INTERVAL_MS;
        if due_ms <= now_ms {
            plan.due.push(Due::Fold(fold.page));
        } else {
            plan.wake_at(due_ms);
        }
    }
    plan
}

/// A page is composed anew when its day ends, every ten minutes while a component is not operational, and for a day after
/// its last points with each step of its sparklines.
fn plan_days(days: Vec<PageDay>, now_ms: i64) -> (Plan, Vec<Look>) {
    let (mut plan, mut later) = (Plan::default(), Vec::new());
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
            plan.due.push(Due::Tick(day.page));
        } else {
            plan.wake_at(due_ms);
            later.push(Look {
                page: day.page,
                seq: day.seq,
                at_ms: due_ms,
            });
        }
    }
    (plan, later)
}

impl Plan {
    fn turn(&mut self, turn: Turn, now_ms: i64, due: fn(PageId, Id) -> Due) {
        if turn.at_ms <= now_ms {
            self.due.push(due(turn.page, turn.maintenance));
        } else {
            self.wake_at(turn.at_ms);
        }
    }

    fn looking_at(mut self, again_ms: Option<i64>) -> Self {
        again_ms.into_iter().for_each(|at_ms| self.wake_at(at_ms));
        self
    }

    /// Without what was refused a moment ago.
    fn without(mut self, setbacks: &Setbacks<Due>, now_ms: i64) -> Self {
        for due in std::mem::take(&mut self.due) {
            match setbacks.again_ms(&due, now_ms) {
                Some(again_ms) => self.wake_at(again_ms),
                None => self.due.push(due),
            }
        }
        self
    }

    fn wake_at(&mut self, at_ms: i64) {
        self.wake_ms = Some(self.wake_ms.map_or(at_ms, |known_ms| known_ms.min(at_ms)));
    }
}

/// After changes the agenda is read again soon: one may have brought the next.
fn wait(plan: &Plan, longest: Duration) -> Duration {
    if !plan.due.is_empty() {
        return SETTLE;
    }
    let until_ms = plan.wake_ms.map(|wake_ms| (wake_ms - now_ms()).max(0).unsigned_abs());
    until_ms.map_or(longest, |ms| Duration::from_millis(ms).min(longest))
}

/// How many changes go to the writer together, and how long the next ones wait then.
#[derive(Clone, Copy)]
struct Pace {
    handful: usize,
    pause: Duration,
}

/// What is due for many pages at once goes to the writer in handfuls, so that publishers are served in between, with a pause
/// behind each. Answers how long to wait for the next look.
async fn make(
    store: &Store,
    setbacks: &mut Setbacks<Due>,
    plan: Plan,
    longest: Duration,
    Pace { handful, pause }: Pace,
) -> Duration {
    let plan = plan.without(setbacks, now_ms());
    let wait = wait(&plan, longest);
    let mut due = plan.due.into_iter().peekable();
    while due.peek().is_some() {
        let handful = due.by_ref().take(handful).map(async |due| {
            let made = store.change(due.change(), Condition::default()).await;
            (due, made)
        });
        for (due, made) in join_all(handful).await {
            match made {
                Ok(_) => setbacks.succeeded(&due),
                Err(refused) => put_off(setbacks, due, &refused),
            }
        }
        tokio::time::sleep(pause).await;
    }
    wait
}

fn put_off(setbacks: &mut Setbacks<Due>, due: Due, refused: &Fault) {
    tracing::warn!(?refused, ?due, "a change by the clock was refused; it is tried again");
    agenda::count(due.looks_at(), "refused");
    // Where nothing can be written there is nothing wrong with this one.
    if !refused.passes() {
        setbacks.refused(due, now_ms());
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const TROUBLE_INTERVAL_MS: i64 = 10 * 60 * 1000;
/// No change of time comes earlier after a change than the clock looks.
const _: () = assert!(MOVES_MS_MIN <= TROUBLE_INTERVAL_MS && MOVES_MS_MIN <= STEP_MS);
/// Longest time between two looks at the agenda.
const LOOK_INTERVAL_MAX: Duration = Duration::from_secs(60);
/// Longest time that a point waits beyond the interval of its page.
const FOLD_LOOK_INTERVAL_MAX: Duration = Duration::from_secs(5);
/// Shortest time between two looks at the agenda.
const SETTLE: Duration = Duration::from_secs(1);
/// Between two looks of which the first failed.
const FAILED_PAUSE_MS: i64 = 5_000;
const FORGET_INTERVAL: Duration = Duration::from_secs(60);
const AT_ONCE: Pace = Pace {
    handful: 64,
    pause: Duration::ZERO,
};
/// Of pages whose days end: with the pause behind each look some 200 a second, so that a midnight of 100,000 pages takes minutes and
/// leaves most of two cores to others, here and in the regions.
const TICKS: Pace = Pace {
    handful: 16,
    pause: Duration::from_millis(40),
};

#[cfg(test)]
mod tests {
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
            seq: 1,
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
        assert_eq!(plan.due.len(), 1);
        assert_eq!(plan.wake_ms, Some(NOON_MS + 1));
    }

    #[test]
    fn reminders_due_together_become_one() {
        let reminders = vec![turn(NOON_MS - 2), turn(NOON_MS - 1), turn(NOON_MS + 1)];
        let plan = plan_turns(vec![turn(NOON_MS + 2)], reminders, NOON_MS);
        assert_eq!(plan.due.len(), 1);
        assert_eq!(plan.wake_ms, Some(NOON_MS + 1));
    }

    #[test]
    fn day_ends_at_midnight_of_the_page_time_zone() {
        let utc = plan_days(vec![day("Etc/UTC", NOON_MS, false)], NOON_MS).0;
        assert_eq!((utc.due.len(), utc.wake_ms), (0, Some(NOON_MS + 12 * HOUR_MS)));
        let kolkata = plan_days(vec![day("Asia/Kolkata", NOON_MS, false)], NOON_MS).0;
        assert_eq!(kolkata.wake_ms, Some(NOON_MS + 6 * HOUR_MS + HOUR_MS / 2));
        let over = plan_days(vec![day("Asia/Kolkata", NOON_MS, false)], NOON_MS + 7 * HOUR_MS).0;
        assert_eq!(over.due.len(), 1);
    }

    #[test]
    fn page_in_trouble_is_due_every_ten_minutes() {
        let soon = plan_days(vec![day("Etc/UTC", NOON_MS, true)], NOON_MS).0;
        assert_eq!(soon.wake_ms, Some(NOON_MS + TROUBLE_INTERVAL_MS));
        let due = plan_days(vec![day("Etc/UTC", NOON_MS, true)], NOON_MS + TROUBLE_INTERVAL_MS).0;
        assert_eq!(due.due.len(), 1);
    }

    #[test]
    fn sparkline_advances_for_a_day_after_its_last_points() {
        let measured = |folded_ms| PageDay {
            folded_ms: Some(folded_ms),
            ..day("Pacific/Kiritimati", NOON_MS, false)
        };
        let drawn = plan_days(vec![measured(NOON_MS - HOUR_MS)], NOON_MS).0;
        assert_eq!(drawn.wake_ms, Some(NOON_MS + STEP_MS));
        let silent = plan_days(vec![measured(NOON_MS - DAY_MS)], NOON_MS).0;
        assert_eq!(silent.wake_ms, Some(NOON_MS + 22 * HOUR_MS));
    }

    #[test]
    fn points_wait_for_the_fold_interval() {
        let fold = |folded_ms| Fold {
            page: PageId::parse("aaaaaaaaaaaa").expect("an id"),
            folded_ms,
        };
        let plan = plan_folds(vec![fold(NOON_MS - FOLD_INTERVAL_MS), fold(NOON_MS - 1)], NOON_MS);
        assert_eq!(plan.due.len(), 1);
        assert_eq!(plan.wake_ms, Some(NOON_MS - 1 + FOLD_INTERVAL_MS));
    }

    #[test]
    fn what_was_refused_lets_the_others_go_first() {
        let page = PageId::parse("aaaaaaaaaaaa").expect("an id");
        let (tick, fold) = (Due::Tick(page.clone()), Due::Fold(page));
        let mut setbacks = Setbacks::default();
        put_off(&mut setbacks, tick.clone(), &Fault::unavailable());
        assert_eq!(
            setbacks.len(),
            0,
            "a database that does not answer is no fault of the page"
        );
        put_off(&mut setbacks, tick.clone(), &Fault::internal());
        let plan = Plan {
            due: vec![tick, fold.clone()],
            wake_ms: None,
        };
        let plan = plan.without(&setbacks, now_ms());
        assert_eq!(plan.due, [fold]);
        assert!(
            plan.wake_ms
                .is_some_and(|wake_ms| wake_ms > now_ms() && wake_ms <= now_ms() + 1_000)
        );
    }

    #[tokio::test]
    async fn days_that_end_together_are_spread() {
        let (store, writer) = Store::in_memory(std::sync::Arc::new(|| NOON_MS))
            .await
            .expect("a store");
        tokio::spawn(writer.run());
        let due = (0..500).map(|number| Due::Tick(PageId::parse(&format!("page{number:08}")).expect("an id")));
        let plan = Plan {
            due: due.collect(),
            wake_ms: None,
        };
        let begun = tokio::time::Instant::now();
        make(&store, &mut Setbacks::default(), plan, LOOK_INTERVAL_MAX, TICKS).await;
        assert!(begun.elapsed() >= 30 * TICKS.pause, "{:?}", begun.elapsed());
    }

    #[test]
    fn look_that_fails_is_counted_and_repeated_soon() {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let failed = || seen::<Fold>("points", Err(sql::unreadable("column page_id holds nonsense")));
        let looked = metrics::with_local_recorder(&recorder, failed);
        assert!(looked.rows.is_empty());
        let plan = plan_folds(looked.rows, now_ms()).looking_at(looked.again_ms);
        assert!(wait(&plan, LOOK_INTERVAL_MAX) <= Duration::from_millis(FAILED_PAUSE_MS.unsigned_abs()));
        let counted = r#"pharos_origin_clock_errors_total{looks_at="points",about="row"} 1"#;
        assert!(handle.render().contains(counted), "{}", handle.render());
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
