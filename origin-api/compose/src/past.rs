//! The last days, quiet ones included.

use origin_time::zone;
use page_model::{limits::PAST_DAYS, snapshot::PastDay};

use crate::context::PageContext;

/// Newest first. An incident is listed on the day on which it began, a maintenance on the day on which it was completed.
pub fn past_days(context: &PageContext<'_>, as_of_ms: i64) -> Vec<PastDay> {
    let today = zone::date(&context.zone, as_of_ms);
    let mut days: Vec<PastDay> = (0..PAST_DAYS)
        .map(|days| PastDay {
            date: zone::days_before(today, days).to_string(),
            incidents: Vec::new(),
            maintenances: Vec::new(),
        })
        .collect();
    let day_of = |at_ms: i64| {
        let ago = today
            .since(zone::date(&context.zone, at_ms))
            .map(|span| span.get_days());
        ago.ok()
            .and_then(|days| usize::try_from(days).ok())
            .filter(|days| *days < PAST_DAYS)
    };
    for incident in context
        .live
        .incidents
        .iter()
        .filter(|incident| incident.status.is_over())
    {
        if let Some(day) = day_of(incident.started_at_ms) {
            days[day].incidents.push(incident.id.clone());
        }
    }
    for maintenance in &context.live.maintenances {
        if let Some(day) = maintenance.completed_at_ms.and_then(day_of) {
            days[day].maintenances.push(maintenance.id.clone());
        }
    }
    days
}
