//! The facts that remain of what was told: corrections are made, what was taken back is gone, what must be refused is not
//! there.

use page_model::status::Status;

use crate::reference::events::is_under_way;
use crate::told::{Event as EventId, Kind, Moment, Told, Update as ToldUpdate, What};

#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub components: Vec<Component>,
    pub events: Vec<Event>,
    /// The moment of the last change: the page is true as of then.
    pub as_of: i64,
    /// Counts what was told: among equal moments the one that was told later comes later.
    ordinal: usize,
}

/// What is taken of one request.
type Taken = Result<(), Refused>;

/// With this status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub u16);

#[derive(Debug, Clone)]
pub struct Component {
    pub number: u16,
    pub created_at: i64,
    /// The publisher's own words, as they were told.
    pub own: Vec<Word>,
}

#[derive(Debug, Clone, Copy)]
pub struct Word {
    pub at: i64,
    pub status: Status,
}

#[derive(Debug, Clone)]
pub struct Event {
    pub id: EventId,
    pub ordinal: usize,
    /// The impact that was given.
    pub impact: Option<&'static str>,
    /// The components that a maintenance was given.
    pub components: Vec<u16>,
    pub window: (i64, i64),
    /// Whether it was over by plan when it was created: history, which its teller completes.
    pub was_past: bool,
    /// The moment of the last request about it.
    pub told_at: i64,
    /// Always by moment, then as they were told.
    pub updates: Vec<Update>,
}

#[derive(Debug, Clone)]
pub struct Update {
    /// `None` for one by the clock.
    pub number: Option<u16>,
    pub at: i64,
    pub ordinal: usize,
    /// `None`: unchanged.
    pub status: Option<&'static str>,
    /// `None`: it says nothing of components.
    pub words: Option<Vec<(u16, Status)>>,
}

impl Facts {
    pub fn new(as_of: i64) -> Self {
        Self {
            as_of,
            ..Self::default()
        }
    }

    pub fn tell(&mut self, told: &Told) -> Taken {
        let mut after = self.clone();
        after.ordinal += 1;
        if !matches!(told.what, What::ClockLooks) {
            after.as_of = told.now_ms;
        }
        after.take(told.now_ms, &told.what)?;
        *self = after;
        Ok(())
    }

    fn take(&mut self, now: i64, what: &What) -> Taken {
        match what {
            What::AddComponent {
                component,
                created_at,
                status,
            } => self.add_component(now, *component, *created_at, *status),
            What::Say { component, status } => self.say(now, *component, *status),
            What::DropComponent { component } => self.drop_component(*component),
            What::Open {
                event,
                first,
                impact,
                components,
                window,
            } => self.open(now, *event, first, *impact, components, *window),
            What::Update { event, update } => self.update(now, *event, update),
            What::Correct { event, update, at } => self.correct(now, *event, *update, *at),
            What::Retract { event, update } => self.retract(now, *event, *update),
            What::Forget { event } => {
                self.known(*event)?;
                self.events.retain(|one| one.id != *event);
                Ok(())
            }
            What::SetImpact { event, impact } => self.change(now, *event, |event| event.impact = Some(impact)),
            What::SetComponents { event, components } => {
                self.known(*event)?;
                self.all_there(components.iter())?;
                self.change(now, *event, |event| event.components.clone_from(components))
            }
            What::SetWindow { event, window } => self.set_window(now, *event, (window.0.0, window.1.0)),
            What::ClockLooks => {
                self.clock_looks(now);
                Ok(())
            }
            What::Tick => Ok(()),
        }
    }

    fn add_component(&mut self, now: i64, component: u16, created_at: Option<Moment>, status: Option<Status>) -> Taken {
        self.components.push(Component {
            number: component,
            created_at: taken_as(created_at, now)?,
            own: Vec::new(),
        });
        status.map_or(Ok(()), |status| self.say(now, component, status))
    }

    /// Without a moment of its own, a word comes behind those that are there. One that repeats the last says nothing.
    fn say(&mut self, now: i64, component: u16, status: Status) -> Taken {
        let known = self.components.iter().find(|one| one.number == component);
        let last = known.ok_or(Refused(404))?.own.last().copied();
        if status == last.map_or(Status::Operational, |last| last.status) {
            return Ok(());
        }
        let at = self.after(now, last.map(|last| last.at));
        let word = Word { at, status };
        let component = self.components.iter_mut().find(|one| one.number == component);
        component.expect("it is there").own.push(word);
        Ok(())
    }

    /// What was told of it stays, by its name; what is only planned forgets it.
    fn drop_component(&mut self, component: u16) -> Taken {
        if !self.has(component) {
            return Err(Refused(404));
        }
        self.components.retain(|one| one.number != component);
        for event in self.events.iter_mut().filter(|event| event.is_planned()) {
            event.components.retain(|one| *one != component);
        }
        Ok(())
    }

    fn open(
        &mut self,
        now: i64,
        event: EventId,
        first: &ToldUpdate,
        impact: Option<&'static str>,
        components: &[u16],
        window: (Moment, Moment),
    ) -> Taken {
        let at = taken_as(first.at, now)?;
        self.all_there(components.iter())?;
        self.all_there(first.words.iter().flatten().map(|(component, _)| component))?;
        let default = match event.kind {
            Kind::Incident => "investigating",
            Kind::Maintenance => "scheduled",
        };
        let first = Update {
            number: Some(first.update),
            at,
            ordinal: self.ordinal,
            // A new event always has a status.
            status: Some(first.status.unwrap_or(default)),
            words: first.words.clone(),
        };
        self.events.push(Event {
            id: event,
            ordinal: self.ordinal,
            impact,
            components: components.to_vec(),
            window: (window.0.0, window.1.0),
            was_past: window.1.0 < now,
            told_at: now,
            updates: vec![first],
        });
        Ok(())
    }

    fn update(&mut self, now: i64, event: EventId, update: &ToldUpdate) -> Taken {
        let known = self.known(event)?;
        let (start, newest) = (known.start(), known.updates.last().map(|last| last.at));
        let at = match update.at {
            None => self.after(now, newest),
            Some(at) => taken_as(Some(at), now)?,
        };
        if at < start {
            return Err(Refused(422));
        }
        self.all_there(update.words.iter().flatten().map(|(component, _)| component))?;
        let new = Update {
            number: Some(update.update),
            at,
            ordinal: self.ordinal,
            status: update.status,
            words: update.words.clone(),
        };
        self.change(now, event, |event| event.updates.push(new))
    }

    /// The first update is the start and takes it along, but stays the first; the others stay behind it.
    fn correct(&mut self, now: i64, event: EventId, update: u16, at: Option<Moment>) -> Taken {
        let known = self.known(event)?;
        let place = known
            .updates
            .iter()
            .position(|one| one.number == Some(update))
            .ok_or(Refused(404))?;
        let Some(at) = at else {
            return self.change(now, event, |_| ());
        };
        let at = taken_as(Some(at), now)?;
        let is_in_order = match place {
            0 => known.updates.get(1).is_none_or(|second| at <= second.at),
            _ => at >= known.start(),
        };
        if !is_in_order {
            return Err(Refused(422));
        }
        self.change(now, event, |event| event.updates[place].at = at)
    }

    fn retract(&mut self, now: i64, event: EventId, update: u16) -> Taken {
        let known = self.known(event)?;
        if known.updates.iter().all(|one| one.number != Some(update)) {
            return Err(Refused(404));
        }
        if known.updates.len() == 1 {
            return Err(Refused(409));
        }
        self.change(now, event, |event| {
            event.updates.retain(|one| one.number != Some(update))
        })
    }

    /// What has begun is not planned for later: that would be another maintenance.
    fn set_window(&mut self, now: i64, event: EventId, window: (i64, i64)) -> Taken {
        let known = self.known(event)?;
        if known.first(is_under_way).is_some() && window.0 != known.window.0 && window.0 > now {
            return Err(Refused(422));
        }
        self.change(now, event, |event| event.window = window)
    }

    fn change(&mut self, now: i64, event: EventId, change: impl FnOnce(&mut Event)) -> Taken {
        let event = self.events.iter_mut().find(|one| one.id == event).ok_or(Refused(404))?;
        change(event);
        event.told_at = now;
        event.updates.sort_by_key(|update| (update.at, update.ordinal));
        Ok(())
    }

    /// Now, but behind what was told last: a clock may be set back, and two requests may come in one millisecond. Then it is
    /// later for the page, too.
    fn after(&mut self, now: i64, last: Option<i64>) -> i64 {
        let at = last.map_or(now, |last| now.max(last + 1));
        self.as_of = self.as_of.max(at);
        at
    }

    /// Now is behind all that was told: a word that came in the millisecond of another may be later than the clock.
    pub fn now(&self) -> i64 {
        let own = self.components.iter().flat_map(|component| &component.own);
        let updates = self.events.iter().flat_map(|event| &event.updates);
        let moments = own.map(|word| word.at).chain(updates.map(|update| update.at));
        moments.fold(self.as_of, i64::max)
    }

    fn known(&self, event: EventId) -> Result<&Event, Refused> {
        self.event(event).ok_or(Refused(404))
    }

    pub fn event(&self, event: EventId) -> Option<&Event> {
        self.events.iter().find(|one| one.id == event)
    }

    pub fn has(&self, component: u16) -> bool {
        self.components.iter().any(|one| one.number == component)
    }

    fn all_there<'a>(&self, mut components: impl Iterator<Item = &'a u16>) -> Taken {
        match components.all(|component| self.has(*component)) {
            true => Ok(()),
            false => Err(Refused(422)),
        }
    }

    /// A maintenance begins and ends at its times, unless that was done already.
    fn clock_looks(&mut self, now: i64) {
        let ordinal = self.ordinal;
        for event in self
            .events
            .iter_mut()
            .filter(|event| event.id.kind == Kind::Maintenance)
        {
            // Several requests tell a history; the clock waits until its teller is done.
            if event.was_past && now < event.told_at + 60_000 {
                continue;
            }
            for _ in 0..2 {
                let (status, due) = match event.status() {
                    "scheduled" => ("in_progress", event.window.0),
                    "completed" => break,
                    _ => ("completed", event.window.1),
                };
                if due > now {
                    break;
                }
                let newest = event.updates.last().map_or(due, |last| last.at);
                self.as_of = now;
                event.updates.push(Update {
                    number: None,
                    at: due.max(newest),
                    ordinal,
                    status: Some(status),
                    words: None,
                });
            }
        }
    }
}

impl Event {
    /// The moment of its first update; nothing of it was before.
    pub fn start(&self) -> i64 {
        self.updates.first().map_or(0, |first| first.at)
    }
}

/// When something took place that somebody tells at `now`: a clock may run five minutes ahead, but nothing is later than now.
fn taken_as(at: Option<Moment>, now: i64) -> Result<i64, Refused> {
    let at = at.map_or(now, |at| at.0);
    if at > now + 5 * 60_000 {
        return Err(Refused(422));
    }
    Ok(at.min(now))
}
