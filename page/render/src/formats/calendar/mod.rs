//! `/calendar.ics`: maintenances as a calendar to subscribe to (RFC 5545, RFC 7986).
//!
//! An event always keeps its UID and counts its changes in SEQUENCE; a cancelled one stays, marked as cancelled, so that
//! every calendar takes it back. Its moments come from the snapshot, so the same snapshot gives the same bytes.

mod lines;

use page_model::{
    Host, Id, Language, Snapshot, Stamp,
    prose::words,
    snapshot::{Cancelled, Maintenance},
};

use self::lines::Lines;
use super::{line::one_line, link, texts};
use crate::times::machine::calendar as moment;

/// How often a calendar looks for news.
const REFRESH: &str = "PT15M";

pub fn calendar(snapshot: &Snapshot, requested: &Host, language: Language) -> String {
    let page = &snapshot.page;
    let name = one_line(&texts::calendar_name(&page.name, language));
    let mut lines = begun();
    lines
        .text("NAME", &name)
        .text("X-WR-CALNAME", &name)
        .text("X-WR-TIMEZONE", &one_line(&page.time_zone))
        .plain("URL", &link::front(page, requested))
        .plain(
            "SOURCE;VALUE=URI",
            &format!("{}/calendar.ics", link::front(page, requested)),
        )
        .plain("REFRESH-INTERVAL;VALUE=DURATION", REFRESH)
        .plain("X-PUBLISHED-TTL", REFRESH);
    let events = Events {
        snapshot,
        requested,
        language,
    };
    for maintenance in &snapshot.maintenances {
        events.planned(maintenance, &mut lines);
    }
    for cancelled in &snapshot.cancelled {
        events.cancelled(cancelled, &mut lines);
    }
    if snapshot.maintenances.is_empty() && snapshot.cancelled.is_empty() {
        utc(&mut lines);
    }
    lines.plain("END", "VCALENDAR");
    lines.finish()
}

/// `/maintenances/{id}.ics`: one maintenance, for the calendar of somebody who does not subscribe. `None` where the page has none
/// such that is to come or runs. It has the UID that it has in the whole calendar.
pub fn calendar_of(snapshot: &Snapshot, requested: &Host, language: Language, id: &Id) -> Option<String> {
    let mut planned = snapshot.maintenances.iter().filter(|one| !one.status.is_over());
    let maintenance = planned.find(|one| one.id == *id)?;
    let events = Events {
        snapshot,
        requested,
        language,
    };
    let mut lines = begun();
    events.planned(maintenance, &mut lines);
    lines.plain("END", "VCALENDAR");
    Some(lines.finish())
}

fn begun() -> Lines {
    let mut lines = Lines::default();
    lines
        .plain("BEGIN", "VCALENDAR")
        .plain("VERSION", "2.0")
        .plain("PRODID", "-//Pharos//Status page//EN")
        .plain("CALSCALE", "GREGORIAN")
        .plain("METHOD", "PUBLISH");
    lines
}

/// What every event of the calendar shares.
struct Events<'a> {
    snapshot: &'a Snapshot,
    requested: &'a Host,
    language: Language,
}

impl Events<'_> {
    fn planned(&self, maintenance: &Maintenance, lines: &mut Lines) {
        self.begin(&maintenance.id, maintenance.told_at(), maintenance.revision, lines);
        let began = maintenance.began_at.unwrap_or(maintenance.starts_at);
        let ended = maintenance.completed_at.unwrap_or(maintenance.ends_at);
        self.window(began, ended, lines);
        let page = &self.snapshot.page;
        lines
            .text("SUMMARY", &one_line(&maintenance.name))
            .text("DESCRIPTION", &self.description(maintenance))
            .plain("URL", &link::maintenance(page, self.requested, &maintenance.id))
            .plain("STATUS", "CONFIRMED")
            .plain("CREATED", &moment(maintenance.created_at));
        if let Some(series) = &maintenance.series {
            lines.plain("REFID", &self.uid(series));
        }
        if !maintenance.status.is_over() {
            for minutes in &maintenance.reminder_minutes {
                alarm(*minutes, &maintenance.name, lines);
            }
        }
        lines.plain("END", "VEVENT");
    }

    fn cancelled(&self, cancelled: &Cancelled, lines: &mut Lines) {
        self.begin(&cancelled.id, cancelled.cancelled_at, cancelled.revision, lines);
        self.window(cancelled.starts_at, cancelled.ends_at, lines);
        lines
            .text("SUMMARY", &one_line(&cancelled.name))
            .plain("STATUS", "CANCELLED")
            .plain("END", "VEVENT");
    }

    fn begin(&self, id: &Id, changed: Stamp, revision: u32, lines: &mut Lines) {
        lines
            .plain("BEGIN", "VEVENT")
            .plain("UID", &self.uid(id))
            .plain("DTSTAMP", &moment(changed))
            .plain("LAST-MODIFIED", &moment(changed))
            .plain("SEQUENCE", &revision.to_string());
    }

    /// An event without a length has no end: it would have to be later than the start.
    fn window(&self, from: Stamp, to: Stamp, lines: &mut Lines) {
        lines.plain("DTSTART", &moment(from));
        if moment(to) > moment(from) {
            lines.plain("DTEND", &moment(to));
        }
        // Nobody is busy because a machine is.
        lines.plain("TRANSP", "TRANSPARENT");
    }

    /// The newest update, then the components that are affected.
    fn description(&self, maintenance: &Maintenance) -> String {
        let newest = maintenance.updates.first();
        let text = newest.map(|update| words(&update.body_html)).unwrap_or_default();
        let names: Vec<String> = maintenance
            .components
            .iter()
            .map(|touched| one_line(&touched.name))
            .collect();
        let touched = format!("{}: {}", texts::components(self.language), names.join(", "));
        match (text.is_empty(), names.is_empty()) {
            (_, true) => text,
            (true, false) => touched,
            (false, false) => format!("{text}\n\n{touched}"),
        }
    }

    /// Ids are the page's own, so they stay when its host changes.
    fn uid(&self, id: &Id) -> String {
        format!("{id}@{}", self.snapshot.page.id)
    }
}

/// The zone of every moment here. A calendar must hold something (RFC 5545, section 3.6), also where nothing is planned.
fn utc(lines: &mut Lines) {
    lines
        .plain("BEGIN", "VTIMEZONE")
        .plain("TZID", "Etc/UTC")
        .plain("BEGIN", "STANDARD")
        .plain("DTSTART", "19700101T000000")
        .plain("TZOFFSETFROM", "+0000")
        .plain("TZOFFSETTO", "+0000")
        .plain("END", "STANDARD")
        .plain("END", "VTIMEZONE");
}

fn alarm(minutes: u32, name: &str, lines: &mut Lines) {
    lines
        .plain("BEGIN", "VALARM")
        .plain("ACTION", "DISPLAY")
        .text("DESCRIPTION", &one_line(name))
        .plain("TRIGGER", &format!("-PT{minutes}M"))
        .plain("END", "VALARM");
}
