//! `/uptime.json`: what `/uptime` shows, for programs.

use std::fmt::Write;

use page_model::{Host, Snapshot, snapshot::Component};

use super::v2;

/// Written by hand: figures keep all their digits without the formatting of floating-point numbers, which no other part of
/// the edge has.
pub fn uptime(snapshot: &Snapshot, requested: &Host) -> String {
    let mut json = format!("{{\"page\":{},\"components\":[", v2::page(snapshot, requested));
    let mut separator = "";
    for group in &snapshot.groups {
        let group_id = match &group.named {
            Some(named) => format!("\"{}\"", named.id),
            None => "null".to_owned(),
        };
        for component in &group.components {
            if component.uptime.is_some() {
                json.push_str(separator);
                write_component(component, &group_id, &mut json);
                separator = ",";
            }
        }
    }
    json.push_str("]}");
    json
}

fn write_component(component: &Component, group_id: &str, json: &mut String) {
    let Some(uptime) = &component.uptime else { return };
    let name = serde_json::to_string(&component.name).unwrap_or_default();
    let _ = write!(
        json,
        "{{\"id\":\"{}\",\"name\":{name},\"group_id\":{group_id}",
        component.id
    );
    let shares = [uptime.up_millionths, uptime.up_60_millionths, uptime.up_30_millionths];
    for (days, share) in [90, 60, 30].into_iter().zip(shares) {
        let _ = write!(
            json,
            ",\"percent_{days}_days\":{}.{:04}",
            share / 10_000,
            share % 10_000
        );
    }
    json.push_str(",\"days\":[");
    for (at, day) in uptime.days.iter().enumerate() {
        let separator = if at == 0 { "" } else { "," };
        // What is no date is nobody's day.
        let date: String = day.date.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
        let _ = write!(
            json,
            "{separator}{{\"date\":\"{date}\",\"major_outage_minutes\":{},\"partial_outage_minutes\":{},\
             \"degraded_performance_minutes\":{},\"under_maintenance_minutes\":{}}}",
            day.major_minutes, day.partial_minutes, day.degraded_minutes, day.maintenance_minutes
        );
    }
    json.push_str("]}");
}
