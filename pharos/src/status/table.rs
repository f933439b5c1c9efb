//! The report for a terminal.

use std::fmt::Write as _;

use serde_json::Value;

use super::report::{Asked, Report, age};

pub fn text(report: &Report) -> String {
    let mut text = String::new();
    let mut line = |name: &str, asked: &Asked, facts: String| {
        let _ = match asked {
            Asked::Answered { url, said } => {
                let version = said["version"].as_str().unwrap_or("?");
                writeln!(text, "{name}  {version} at {url}{facts}")
            }
            Asked::Away { url, .. } => writeln!(text, "{name}  no answer at {url}"),
        };
    };
    let origin = report.origin.said();
    let head = origin["head"].as_u64().map(|head| format!(", last change {head}"));
    line("origin", &report.origin, head.unwrap_or_default());
    line("sync  ", &report.sync, String::new());
    for edge in &report.edges {
        line("edge  ", edge, of_edge(edge.said(), report.now_ms));
    }
    text.push('\n');
    text.push_str(&columns(&rows(report)));
    if !report.problems.is_empty() {
        text.push('\n');
    }
    for problem in &report.problems {
        let _ = writeln!(text, "! {problem}");
    }
    if report.problems.is_empty() {
        text.push_str("\nNothing needs you.\n");
    }
    text
}

fn of_edge(said: &Value, now_ms: u64) -> String {
    let region = said["region"].as_str().unwrap_or("?");
    let cursor = &said["cursor"];
    match (cursor["seq"].as_u64(), cursor["at_ms"].as_u64()) {
        (Some(seq), Some(at_ms)) => {
            let age = age(now_ms.saturating_sub(at_ms) as f64 / 1_000.0);
            format!(", region {region}, at change {seq}, confirmed {age} ago")
        }
        _ => format!(", region {region}, empty"),
    }
}

fn rows(report: &Report) -> Vec<Vec<String>> {
    let heads = [
        "REGION",
        "STATE",
        "CURSOR",
        "LAG",
        "BEHIND",
        "PARKED",
        "FEED",
        "ANSWER",
        "DELIVERY",
        "LAST ERROR",
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for region in report.regions() {
        let ago = |field: &str| region[field].as_f64().map_or("never".to_owned(), age);
        let parked = region["parked"].as_array().map_or(0, Vec::len);
        rows.push(vec![
            region["region"].as_str().unwrap_or("?").to_owned(),
            region["state"].as_str().unwrap_or("?").to_owned(),
            format!("{}/{}", region["cursor"], region["head"]),
            ago("lag_seconds"),
            region["pages_behind"].to_string(),
            parked.to_string(),
            ago("feed_age_seconds"),
            ago("answer_age_seconds"),
            ago("delivery_age_seconds"),
            last_error(region, report.now_ms),
        ]);
    }
    rows
}

/// The newest that there is, and whether it is over; its cause stands below while it is not.
fn last_error(region: &Value, now_ms: u64) -> String {
    let ms = |told: &Value, field: &str| told[field].as_u64().unwrap_or_default();
    let ago = |at_ms: u64| age(now_ms.saturating_sub(at_ms) as f64 / 1_000.0);
    let about = |told: &Value| told["about"].as_str().unwrap_or_default().replace('_', " ");
    let now = region["troubles"].as_array().into_iter().flatten();
    if let Some(told) = now.min_by_key(|told| ms(told, "since_ms")) {
        return format!("{}, for {}", about(told), ago(ms(told, "since_ms")));
    }
    let over = &region["last_over"];
    match over["cause"].as_str() {
        Some(cause) => format!("{}, over {} ago: {cause}", about(over), ago(ms(over, "last_ms"))),
        None => "none".to_owned(),
    }
}

fn columns(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answered(said: Value) -> Asked {
        Asked::Answered {
            url: "http://127.0.0.1:1/".to_owned(),
            said,
        }
    }

    #[test]
    fn says_where_each_region_is_and_each_problem_once() {
        let trouble =
            json!({ "about": "origin", "cause": "refused", "since_ms": 40_000, "last_ms": 99_000, "times": 7 });
        let region = |name: &str| {
            json!({
                "region": name, "state": "following", "cursor": 9, "head": 12, "lag_seconds": 60.0, "pages_behind": 2,
                "parked": [{ "page": "page00000001", "since": 3 }], "feed_age_seconds": 61.5, "answer_age_seconds": 1.25,
                "delivery_age_seconds": null, "troubles": [trouble], "last_over": null,
            })
        };
        let sync = json!({ "version": "0.1.0", "now_ms": 100_000, "regions": [region("eu-1"), region("us-1")] });
        let edge = json!({
            "version": "0.1.0", "now_ms": 700_000, "region": "eu-2", "ready": true,
            "storage_error": "no space left", "cursor": { "seq": 9, "at_ms": 98_000 },
        });
        let origin = Asked::Away {
            url: "http://127.0.0.1:2/".to_owned(),
            error: "connection refused".to_owned(),
        };
        let report = Report::new(origin, answered(sync), vec![answered(edge)], 100_000);
        assert_eq!(
            text(&report),
            "\
origin  no answer at http://127.0.0.1:2/
sync    0.1.0 at http://127.0.0.1:1/
edge    0.1.0 at http://127.0.0.1:1/, region eu-2, at change 9, confirmed 2.0 s ago

REGION  STATE      CURSOR  LAG   BEHIND  PARKED  FEED  ANSWER  DELIVERY  LAST ERROR
eu-1    following  9/12    60 s  2       1       62 s  1.2 s   never     origin, for 60 s
us-1    following  9/12    60 s  2       1       62 s  1.2 s   never     origin, for 60 s

! origin: nobody answers at http://127.0.0.1:2/ (connection refused): is it running, with this --admin-listen?
! edge eu-2: it cannot store anything: no space left
! edge eu-2: its clock is 600 s ahead of this machine's: let NTP set both
! edge eu-2: the sync does not fill this region (--region NAME=URL)
! eu-1, us-1: origin: refused (for 60 s, 14 times)
"
        );
    }

    #[test]
    fn ages_are_said_in_one_unit() {
        let said = [0.0, 1.23, 59.6, 119.0, 600.0, 7_300.0, 200_000.0].map(age);
        assert_eq!(said, ["0 s", "1.2 s", "60 s", "119 s", "10 min", "2 h", "2 d"]);
    }
}
