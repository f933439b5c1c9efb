//! What a page shows, read from its records, in the lines of the reference.

use page_model::{
    Key, Snapshot, Stamp, body,
    snapshot::{Incident, Maintenance, Touched, Update, Uptime},
};
use serde_json::Value;

use crate::{
    origin::Shown,
    reference::page::{Lines, history_line, moment_line},
    told::Moment,
};

impl Shown {
    pub fn snapshot(&self) -> Snapshot {
        let snapshot = self
            .records
            .iter()
            .find(|record| matches!(record.key, Key::Snapshot(..)));
        body::decode_compressed(&snapshot.expect("a snapshot").body).expect("it decodes")
    }

    /// But for the maintenances that may be left out.
    pub fn lines(&self, left_out: &[String]) -> Lines {
        let mut snapshot = self.snapshot();
        snapshot
            .maintenances
            .retain(|one| !left_out.iter().any(|id| id == one.id.as_str()));
        let mut lines = Lines::new();
        lines.insert("as of".into(), at(snapshot.as_of));
        page_lines(&snapshot, &mut lines);
        for component in snapshot.groups.iter().flat_map(|group| &group.components) {
            let id = component.id.as_str();
            lines.insert(format!("{id} status"), component.status.as_str().into());
            lines.insert(format!("{id} uptime"), uptime_line(component.uptime.as_ref()));
            let history = self.histories.get(id).map(Vec::as_slice).unwrap_or_default();
            lines.insert(format!("{id} history"), history_line(history));
        }
        for component in &self.components {
            object_lines(component, &mut lines);
        }
        let ids: Vec<&str> = snapshot.incidents.iter().map(|incident| incident.id.as_str()).collect();
        lines.insert("Incidents".into(), ids.join(" "));
        snapshot
            .incidents
            .iter()
            .for_each(|incident| incident_lines(incident, &mut lines));
        let ids: Vec<&str> = snapshot.maintenances.iter().map(|one| one.id.as_str()).collect();
        lines.insert("Maintenances".into(), ids.join(" "));
        snapshot
            .maintenances
            .iter()
            .for_each(|one| maintenance_lines(one, &mut lines));
        lines
    }
}

fn page_lines(snapshot: &Snapshot, lines: &mut Lines) {
    let mut line = |what: &str, value: String| lines.insert(what.into(), value);
    let status = &snapshot.status;
    line("level", status.level.as_str().into());
    line("calm", status.calm.to_string());
    line("open incidents", status.open_incidents.to_string());
    let incident = status.incident.as_ref();
    line(
        "incident of the headline",
        incident.map_or("none".into(), |id| id.to_string()),
    );
    line("indicator", status.indicator.as_str().into());
}

/// What the push API says; the status that it says is that of the page, which has a line already.
fn object_lines(component: &Value, lines: &mut Lines) {
    let text = |field: &str| component[field].as_str().unwrap_or("absent").to_owned();
    let id = text("id");
    let own = text("own_status");
    lines.insert(format!("{id} own status"), own);
    let held_by = component["held_by"].as_array();
    let held_by = held_by.map(|ids| {
        let mut ids: Vec<&str> = ids.iter().filter_map(Value::as_str).collect();
        ids.sort_unstable();
        ids.join(" ")
    });
    lines.insert(format!("{id} held by"), held_by.unwrap_or("absent".into()));
    let status = lines.entry(format!("{id} status")).or_default();
    if *status != text("status") {
        *status = format!("{status} on the page, {} in the API", text("status"));
    }
}

fn incident_lines(incident: &Incident, lines: &mut Lines) {
    let mut line = |what: &str, value: String| lines.insert(format!("{} {what}", incident.id), value);
    line("status", incident.status.as_str().into());
    line("impact", incident.impact.as_str().into());
    line("started", at(incident.started_at));
    line("monitoring", optional(incident.monitoring_at));
    line("resolved", optional(incident.resolved_at));
    line("components", touched(&incident.components));
    line("updates", updates(&incident.updates, |status| status.as_str()));
}

fn maintenance_lines(maintenance: &Maintenance, lines: &mut Lines) {
    let mut line = |what: &str, value: String| lines.insert(format!("{} {what}", maintenance.id), value);
    line("status", maintenance.status.as_str().into());
    line("announced", at(maintenance.created_at));
    line(
        "window",
        format!("{} {}", at(maintenance.starts_at), at(maintenance.ends_at)),
    );
    line("began", optional(maintenance.began_at));
    line("completed", optional(maintenance.completed_at));
    line("components", touched(&maintenance.components));
    line("updates", updates(&maintenance.updates, |status| status.as_str()));
}

fn updates<S: Copy>(updates: &[Update<S>], text: fn(S) -> &'static str) -> String {
    let lines: Vec<String> = updates
        .iter()
        .map(|update| {
            let id = update.id.as_str();
            let teller = if id.starts_with("updateof") { id } else { "the clock" };
            format!("{teller} {} {}", text(update.status), at(update.at))
        })
        .collect();
    lines.join("; ")
}

fn touched(components: &[Touched]) -> String {
    let mut ids: Vec<&str> = components.iter().map(|touched| touched.id.as_str()).collect();
    ids.sort_unstable();
    ids.join(" ")
}

fn uptime_line(uptime: Option<&Uptime>) -> String {
    let Some(uptime) = uptime else {
        return "none".into();
    };
    let mut lines = vec![
        format!("of 90 days {}", uptime.up_millionths),
        format!("of 60 days {}", uptime.up_60_millionths),
        format!("of 30 days {}", uptime.up_30_millionths),
    ];
    lines.extend(uptime.days.iter().map(|day| {
        let level = serde_json::to_value(day.level).expect("JSON");
        format!(
            "{} {} {} {} {} {}",
            day.date,
            level.as_str().expect("a level"),
            day.major_minutes,
            day.partial_minutes,
            day.degraded_minutes,
            day.maintenance_minutes
        )
    }));
    lines.join("; ")
}

fn at(stamp: Stamp) -> String {
    Moment(stamp.at_ms).to_string()
}

fn optional(stamp: Option<Stamp>) -> String {
    moment_line(stamp.map(|stamp| stamp.at_ms))
}
