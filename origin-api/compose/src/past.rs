//! The last days, quiet ones included.

use origin_time::zone;
use page_model::{limits::PAST_DAYS, snapshot::PastDay};

use crate::context::PageContext;

/// Newest first. What is over is listed on each day that it touched, by what happened; what goes on the page tells by itself.
pub fn past_days(context: &PageContext<'_>, as_of_ms: i64) -> Vec<PastDay> {
    let today = zone::date(&context.zone, as_of_ms);
    let mut days: Vec<PastDay> = (0..PAST_DAYS)
        .map(|days| PastDay {
            date: zone::days_before(today, days).to_string(),
            incidents: Vec::new(),
            maintenances: Vec::new(),
        })
        .collect();
    let days_ago = |at_ms: i64| {
        let since = today.since(zone::date(&context.zone, at_ms));
        since.map_or(0, |span| span.get_days().max(0).unsigned_abs() as usize)
    };
    // What ends at midnight does not touch the day that begins.
    let touched = |from_ms: i64, to_ms: i64| {
        let newest = days_ago(from_ms.max(to_ms - 1));
        newest..(days_ago(from_ms) + 1).clamp(newest, PAST_DAYS.max(newest))
    };
    for incident in &context.live.incidents {
        if let Some(resolved_ms) = incident.resolved_at_ms.filter(|_| incident.status.is_over()) {
            for day in touched(incident.started_at_ms, resolved_ms) {
                days[day].incidents.push(incident.id.clone());
            }
        }
    }
    for maintenance in &context.live.maintenances {
        if let Some(completed_ms) = maintenance.completed_at_ms {
            let as_planned_ms = maintenance.starts_at_ms.min(completed_ms);
            for day in touched(maintenance.began_at_ms.unwrap_or(as_planned_ms), completed_ms) {
                days[day].maintenances.push(maintenance.id.clone());
            }
        }
    }
    days
}
