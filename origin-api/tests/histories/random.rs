//! Random histories: overlapping events, updates told late, corrected and taken back, words of the publisher in between.

use fastrand::Rng;
use page_model::status::Status;

use crate::{
    reference::facts::Facts,
    told::{Event, Kind, Moment, Told, Update, What},
};

#[derive(Clone)]
pub struct History {
    pub zone: &'static str,
    pub told: Vec<Told>,
}

struct Teller {
    rng: Rng,
    now: i64,
    /// What remains of what was told so far: later requests are mostly about what is there.
    facts: Facts,
    told: Vec<Told>,
    components: u16,
    events: u16,
    updates: u16,
}

pub fn history(seed: u64) -> History {
    let mut rng = Rng::with_seed(seed);
    let mut teller = Teller {
        now: FIRST_DAY_MS + rng.i64(0..300 * DAY_MS),
        rng,
        facts: Facts::default(),
        told: Vec::new(),
        components: 0,
        events: 0,
        updates: 0,
    };
    for _ in 0..teller.rng.u8(1..=3) {
        teller.add_component();
    }
    for _ in 0..teller.rng.u8(3..=24) {
        teller.pass_time();
        teller.tell_something();
    }
    teller.pass_time();
    teller.tell(What::Tick);
    let zone = teller.any(&ZONES);
    History {
        zone,
        told: teller.told,
    }
}

impl Teller {
    fn tell(&mut self, what: What) {
        let told = Told { now_ms: self.now, what };
        // What is refused is part of the history, too.
        let _ = self.facts.tell(&told);
        self.told.push(told);
    }

    fn pass_time(&mut self) {
        let longest = self.any(&[1, 2, MINUTE_MS, 10 * MINUTE_MS, 6 * HOUR_MS, 2 * DAY_MS, 40 * DAY_MS]);
        self.now += self.rng.i64(0..longest);
        // A clock is set right now and then.
        if self.rng.u8(0..40) == 0 {
            self.now -= self.rng.i64(0..MINUTE_MS);
        }
    }

    fn tell_something(&mut self) {
        let event = self.known_event();
        match (self.rng.u8(0..100), event) {
            (0..3, _) => self.add_component(),
            (3..5, _) => {
                let component = self.component();
                self.tell(What::DropComponent { component });
            }
            (5..17, _) => {
                let (component, status) = (self.component(), self.any(Status::ALL));
                self.tell(What::Say { component, status });
            }
            (17..22, _) => self.tell(What::ClockLooks),
            (22..42, _) | (_, None) => self.open(),
            (42..74, Some(event)) => {
                let update = self.update(event.kind);
                self.tell(What::Update { event, update });
            }
            (74..82, Some(event)) => {
                let (update, at) = (self.known_update(event), self.at());
                self.tell(What::Correct { event, update, at });
            }
            (82..88, Some(event)) => {
                let update = self.known_update(event);
                self.tell(What::Retract { event, update });
            }
            (88..91, Some(event)) => self.tell(What::Forget { event }),
            (_, Some(event)) => self.change(event),
        }
    }

    fn add_component(&mut self) {
        let ago = self.rng.i64(0..100 * DAY_MS);
        let created_at = self.rng.bool().then_some(Moment(self.now - ago));
        let status = (self.rng.u8(0..4) == 0).then(|| self.any(Status::ALL));
        // Sometimes one that is gone comes back.
        let component = self.rng.u16(0..=self.components);
        let component = if self.facts.has(component) {
            self.components
        } else {
            component
        };
        self.components = self.components.max(component + 1);
        self.tell(What::AddComponent {
            component,
            created_at,
            status,
        });
    }

    fn open(&mut self) {
        let kind = if self.rng.u8(0..5) < 3 {
            Kind::Incident
        } else {
            Kind::Maintenance
        };
        let event = Event {
            kind,
            number: self.events,
        };
        self.events += 1;
        let first = self.update(kind);
        let impact = (self.rng.u8(0..5) == 0).then(|| self.any(&IMPACTS));
        let components = if kind == Kind::Maintenance {
            self.some_components()
        } else {
            Vec::new()
        };
        let window = self.window();
        self.tell(What::Open {
            event,
            first,
            impact,
            components,
            window,
        });
    }

    fn change(&mut self, event: Event) {
        match (event.kind, self.rng.bool()) {
            (Kind::Incident, _) => {
                let impact = self.any(&IMPACTS);
                self.tell(What::SetImpact { event, impact });
            }
            (Kind::Maintenance, true) => {
                let components = self.some_components();
                self.tell(What::SetComponents { event, components });
            }
            (Kind::Maintenance, false) => {
                let window = self.window();
                self.tell(What::SetWindow { event, window });
            }
        }
    }

    fn update(&mut self, kind: Kind) -> Update {
        let update = self.updates;
        self.updates += 1;
        let status = match (kind, self.rng.u8(0..6)) {
            (_, 0) => None,
            (Kind::Incident, _) => Some(self.any(&INCIDENT_STATUSES)),
            (Kind::Maintenance, _) => Some(self.any(&MAINTENANCE_STATUSES)),
        };
        let words = (self.rng.u8(0..5) > 1).then(|| {
            let components = self.some_components();
            let words = components.into_iter();
            words.map(|component| (component, self.any(Status::ALL))).collect()
        });
        Update {
            update,
            at: self.at(),
            status,
            words,
        }
    }

    /// Mostly near other moments: that is where their order matters.
    fn at(&mut self) -> Option<Moment> {
        let now = self.now;
        let at = match self.rng.u8(0..20) {
            0..6 => return None,
            6..8 => now - self.rng.i64(0..3 * MINUTE_MS),
            8..10 => now - self.rng.i64(0..6 * HOUR_MS),
            10 => now - self.rng.i64(0..100 * DAY_MS),
            11..13 => self.known_moment(),
            13..15 => self.known_moment() + self.rng.i64(-2..=2),
            15..18 => self.known_moment() + self.rng.i64(-2 * MINUTE_MS..=2 * MINUTE_MS),
            // A clock that runs ahead, and one that is wrong.
            18 => now + self.rng.i64(0..5 * MINUTE_MS),
            _ => now + self.rng.i64(0..2) * DAY_MS,
        };
        Some(Moment(at))
    }

    fn known_moment(&mut self) -> i64 {
        let own = self.facts.components.iter().flat_map(|component| &component.own);
        let updates = self.facts.events.iter().flat_map(|event| &event.updates);
        let mut moments: Vec<i64> = own.map(|word| word.at).chain(updates.map(|update| update.at)).collect();
        moments.push(self.now);
        self.any(&moments)
    }

    fn window(&mut self) -> (Moment, Moment) {
        let starts_at = self.now + self.rng.i64(-6 * HOUR_MS..6 * HOUR_MS);
        let lasts = self.any(&[MINUTE_MS, HOUR_MS, 5 * HOUR_MS]);
        (Moment(starts_at), Moment(starts_at + self.rng.i64(1..=lasts)))
    }

    fn some_components(&mut self) -> Vec<u16> {
        let mut known: Vec<u16> = self.facts.components.iter().map(|one| one.number).collect();
        self.rng.shuffle(&mut known);
        known.truncate(self.rng.usize(0..=known.len()));
        if self.rng.u8(0..60) == 0 {
            known.push(UNKNOWN);
        }
        known
    }

    fn component(&mut self) -> u16 {
        let known: Vec<u16> = self.facts.components.iter().map(|one| one.number).collect();
        self.rng.choice(known).unwrap_or(UNKNOWN)
    }

    fn known_event(&mut self) -> Option<Event> {
        let known: Vec<Event> = self.facts.events.iter().map(|event| event.id).collect();
        self.rng.choice(known)
    }

    fn known_update(&mut self, event: Event) -> u16 {
        let of_event = self.facts.event(event).into_iter().flat_map(|event| &event.updates);
        let known: Vec<u16> = of_event.filter_map(|update| update.number).collect();
        self.rng.choice(known).unwrap_or(UNKNOWN)
    }

    fn any<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.rng.usize(0..of.len())]
    }
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// 2025-12-01T00:00:00Z.
const FIRST_DAY_MS: i64 = 1_764_547_200_000;
/// Zones in which days have 23, 23.5 and 25 hours, and half an hour beside the others.
const ZONES: [&str; 4] = ["Etc/UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"];
const IMPACTS: [&str; 4] = ["none", "minor", "major", "critical"];
const INCIDENT_STATUSES: [&str; 7] = [
    "investigating",
    "identified",
    "identified",
    "monitoring",
    "resolved",
    "resolved",
    "postmortem",
];
const MAINTENANCE_STATUSES: [&str; 5] = ["scheduled", "in_progress", "in_progress", "verifying", "completed"];
/// Names nothing.
const UNKNOWN: u16 = 999;
