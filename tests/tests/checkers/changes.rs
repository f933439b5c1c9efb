//! A page to which anything may happen next.

use page_model::{
    Id, Language, Snapshot,
    snapshot::{Announcement, Incident, Touched, Update},
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};
use page_render::RenderOptions;

use crate::fixture::{assessed, bars::Dice, component, id, metrics, minutes_ago, northwind, stress};

pub struct Changing {
    pub snapshot: Snapshot,
    dice: Dice,
    is_delayed: bool,
    /// Of ids that were not used yet.
    next: usize,
}

impl Changing {
    pub fn new(size: usize) -> Self {
        Self {
            snapshot: stress::sized(size),
            dice: Dice(size as u64),
            is_delayed: false,
            next: 500_000,
        }
    }

    pub fn options(&self) -> RenderOptions {
        RenderOptions {
            delayed_since: self.is_delayed.then(|| minutes_ago(5)),
            ..RenderOptions::new(Language::En)
        }
    }

    /// One to three things at once, as a region that was behind sees them.
    pub fn change(&mut self) {
        for _ in 0..=self.dice.below(3) {
            match self.dice.below(13) {
                0 | 1 => self.fail(),
                2 | 3 => self.open_incident(),
                4 | 5 => self.tell(),
                6 => self.resolve(),
                7 => self.announce(),
                8 => self.rename(),
                9 => self.add_or_remove(),
                10 => self.maintain(),
                11 => self.decorate(),
                _ => self.is_delayed = !self.is_delayed,
            }
        }
        for group in &mut self.snapshot.groups {
            let worst = group.components.iter().map(|one| one.status).max();
            group.status = worst.unwrap_or(Status::Operational);
        }
        self.snapshot.as_of.at_ms += 60_000;
        self.snapshot = assessed(self.snapshot.clone());
    }

    fn new_id(&mut self) -> Id {
        self.next += 1;
        id(self.next)
    }

    fn place(&mut self) -> (usize, usize) {
        let group = self.dice.below(self.snapshot.groups.len());
        (group, self.dice.below(self.snapshot.groups[group].components.len()))
    }

    fn fail(&mut self) {
        let (group, at) = self.place();
        let status = match self.dice.below(3) {
            0 => Status::ALL[self.dice.below(Status::ALL.len())],
            _ => Status::Operational,
        };
        self.snapshot.groups[group].components[at].status = status;
    }

    fn update(&mut self, status: IncidentStatus) -> Update<IncidentStatus> {
        let id = self.new_id();
        Update {
            body_html: format!("<p>What we know by now: {}</p>", self.dice.below(1_000)),
            body: String::new(),
            id,
            status,
            at: self.snapshot.as_of,
            displayed_at: None,
            updated_at: None,
            affected: None,
        }
    }

    fn open_incident(&mut self) {
        let (group, at) = self.place();
        let touched = &mut self.snapshot.groups[group].components[at];
        touched.status = Status::PartialOutage;
        let components = vec![Touched {
            id: touched.id.clone(),
            name: touched.name.clone(),
        }];
        let (id, first) = (self.new_id(), self.update(IncidentStatus::Investigating));
        let incident = Incident {
            id,
            number: self.next as u64,
            name: format!("Something is late {}", self.next),
            status: IncidentStatus::Investigating,
            impact: [Impact::None, Impact::Minor, Impact::Major, Impact::Critical][self.dice.below(4)],
            started_at: self.snapshot.as_of,
            monitoring_at: None,
            resolved_at: None,
            updated_at: None,
            components,
            updates: vec![first],
        };
        self.snapshot.incidents.insert(0, incident);
    }

    /// A new update of an incident, or another text of its last.
    fn tell(&mut self) {
        let update = self.update(IncidentStatus::Identified);
        let is_new = self.dice.below(3) > 0;
        let mut open = self.snapshot.incidents.iter_mut().filter(|one| !one.status.is_over());
        let Some(incident) = open.next() else {
            return;
        };
        match incident.updates.first_mut() {
            Some(last) if !is_new => last.body_html += "<p>And more.</p>",
            _ => incident.updates.insert(0, update),
        }
        incident.status = IncidentStatus::Identified;
    }

    fn resolve(&mut self) {
        let update = self.update(IncidentStatus::Resolved);
        let as_of = self.snapshot.as_of;
        let mut open = self.snapshot.incidents.iter_mut().filter(|one| !one.status.is_over());
        if let Some(incident) = open.next_back() {
            incident.updates.insert(0, update);
            incident.status = IncidentStatus::Resolved;
            incident.resolved_at = Some(as_of);
            let day = self.dice.below(3);
            self.snapshot.past[day].incidents.insert(0, incident.id.clone());
        }
    }

    fn announce(&mut self) {
        self.snapshot.announcement = match self.snapshot.announcement {
            Some(_) => None,
            None => Some(Announcement {
                body: String::new(),
                body_html: "<p>The old API ends <strong>soon</strong>.</p>".to_owned(),
            }),
        };
    }

    fn rename(&mut self) {
        let (group, at) = self.place();
        let name = format!("Renamed {}", self.dice.below(100));
        self.snapshot.groups[group].components[at].name.clone_from(&name);
        if let (0, Some(named)) = (self.dice.below(2), &mut self.snapshot.groups[group].named) {
            named.name = name;
        }
    }

    fn add_or_remove(&mut self) {
        let (group, at) = self.place();
        self.next += 1;
        let new = component(self.next, "One more", Status::Operational);
        let components = &mut self.snapshot.groups[group].components;
        if components.len() > 1 && self.dice.below(2) == 0 {
            components.remove(at);
        } else {
            components.insert(at, new);
        }
    }

    fn maintain(&mut self) {
        let maintenances = &mut self.snapshot.maintenances;
        let next = match maintenances.first().map(|one| one.status) {
            None | Some(MaintenanceStatus::Completed) => MaintenanceStatus::Scheduled,
            Some(MaintenanceStatus::Scheduled) => MaintenanceStatus::InProgress,
            Some(_) => MaintenanceStatus::Completed,
        };
        *maintenances = vec![northwind::database(next, 30)];
    }

    /// What stands around.
    fn decorate(&mut self) {
        let page = &mut self.snapshot.page;
        match self.dice.below(4) {
            0 => page.name = format!("Fabrikam {}", self.dice.below(9)),
            1 => page.website = page.website.is_none().then(|| "https://northwind.example/".to_owned()),
            2 => page.description_html = "<p>How we are doing.</p>".repeat(self.dice.below(2)),
            _ if self.snapshot.metrics.is_empty() => self.snapshot.metrics = metrics::all(),
            _ => self.snapshot.metrics.clear(),
        }
    }
}
