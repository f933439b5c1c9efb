//! `/uptime.json`: what `/uptime` shows, for programs.

use page_model::{Host, Snapshot, snapshot::Component};

use super::v2;

/// Written by hand: figures keep all their digits without the formatting of floating-point numbers, which no other part of
/// the edge has.
pub fn uptime(snapshot: &Snapshot, requested: &Host) -> String {
    let mut json = "{\"page\":".to_owned();
    json.push_str(&v2::page(snapshot, requested));
    json.push_str(",\"components\":[");
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
    for part in [
        "{\"id\":\"",
        component.id.as_str(),
        "\",\"name\":",
        &name,
        ",\"group_id\":",
        group_id,
    ] {
        json.push_str(part);
    }
    let shares = [uptime.up_millionths, uptime.up_60_millionths, uptime.up_30_millionths];
    for (name, share) in ["percent_90_days", "percent_60_days", "percent_30_days"]
        .into_iter()
        .zip(shares)
    {
        number(name, share / 10_000, json);
        // Four digits behind the point, with the noughts before them.
        json.push('.');
        json.push_str(&(10_000 + share % 10_000).to_string()[1..]);
    }
    json.push_str(",\"days\":[");
    for (at, day) in uptime.days.iter().enumerate() {
        json.push_str(if at == 0 { "{\"date\":\"" } else { ",{\"date\":\"" });
        // What is no date is nobody's day.
        json.extend(day.date.chars().filter(|c| c.is_ascii_digit() || *c == '-'));
        json.push('"');
        for (name, minutes) in [
            ("major_outage_minutes", day.major_minutes),
            ("partial_outage_minutes", day.partial_minutes),
            ("degraded_performance_minutes", day.degraded_minutes),
            ("under_maintenance_minutes", day.maintenance_minutes),
        ] {
            number(name, u32::from(minutes), json);
        }
        json.push('}');
    }
    json.push_str("]}");
}

fn number(name: &str, number: u32, json: &mut String) {
    for part in [",\"", name, "\":", &number.to_string()] {
        json.push_str(part);
    }
}
