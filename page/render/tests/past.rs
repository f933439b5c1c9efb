//! What a page tells of the days that are over: bars that lead to what happened, and the history with its months.

mod fixture;
mod tags;

use fixture::{bars, id, minutes_ago, northwind, options};
use page_model::{
    Language, Snapshot, Stamp,
    limits::RECENT_EVENTS_MAX,
    snapshot::{DayLevel, Incident, Uptime},
    status::{Impact, IncidentStatus},
};
use page_render::{RenderOptions, history, index, month, uptime};
use tags::{between, words};

const DAY: i64 = 1_440;

fn drawn(snapshot: &Snapshot) -> String {
    index(snapshot, options(None, None)).expect("a page")
}

fn row(page: &str, number: usize) -> &str {
    between(page, &format!("<li id=\"{}\"><details>", id(number)), "</details>")
}

fn incident(number: usize, started: i64, ended: Option<i64>, component: usize) -> Incident {
    let mut incident = northwind::with_postmortem();
    incident.id = id(number);
    incident.number = number as u64;
    incident.name = format!("Incident {number}");
    incident.status = if ended.is_some() {
        IncidentStatus::Resolved
    } else {
        IncidentStatus::Identified
    };
    incident.started_at = minutes_ago(started);
    incident.resolved_at = ended.map(minutes_ago);
    incident.components[0].id = id(component);
    incident
}

/// One component with one bad day; nothing else of the page matters.
fn with_uptime(uptime: Uptime) -> Snapshot {
    let mut snapshot = northwind::calm();
    snapshot.incidents.clear();
    snapshot.maintenances.clear();
    snapshot.groups[0].components[0].uptime = Some(uptime);
    snapshot
}

#[test]
fn a_full_share_stands_only_beside_a_component_that_was_always_well() {
    let said = |uptime: Uptime, language| {
        let page = index(&with_uptime(uptime), RenderOptions::new(language)).expect("a page");
        words(between(
            &row(&page, 1).replace(" class=\"told\"", ""),
            "<small>",
            "</small>",
        ))
    };
    let degraded = || {
        bars::of_days(vec![
            bars::bad_day(20, DayLevel::DegradedPerformance, 60),
            bars::bad_day(50, DayLevel::DegradedPerformance, 13),
        ])
    };
    assert_eq!(
        said(degraded(), Language::En),
        "No outage · degraded 1 h 13 min on 2 days"
    );
    assert_eq!(
        said(degraded(), Language::De),
        "Kein Ausfall · eingeschränkt 1 Std. 13 Min. an 2 Tagen"
    );
    assert_eq!(said(bars::of_days(Vec::new()), Language::En), "100.00%");
    // Maintenance is announced.
    assert_eq!(
        said(
            bars::of_days(vec![bars::bad_day(20, DayLevel::UnderMaintenance, 60)]),
            Language::En
        ),
        "100.00%"
    );
    let mut down = bars::of_days(vec![bars::bad_day(20, DayLevel::MajorOutage, 1)]);
    down.up_millionths = 999_999;
    assert_eq!(said(down, Language::En), "99.99%");
    for language in Language::ALL {
        let text = said(degraded(), language);
        assert!(!text.contains("100"), "{text}");
    }
}

/// Each column of `/uptime` speaks of its own days.
#[test]
fn a_degraded_day_spoils_the_columns_that_it_is_in() {
    let mut uptime_of = bars::of_days(vec![bars::bad_day(50, DayLevel::DegradedPerformance, 34)]);
    (uptime_of.up_60_millionths, uptime_of.up_30_millionths) = (1_000_000, 1_000_000);
    let page = uptime(&with_uptime(uptime_of), options(None, None)).expect("a page");
    let cells = between(&page, &format!("component={}\"><bdi>", id(1)), "</tr>");
    assert_eq!(words(cells), "API Degraded 34 min Degraded 34 min 100.00%");
}

#[test]
fn a_bad_day_leads_to_what_happened_on_it() {
    // The 86th day is four days ago.
    let mut snapshot = with_uptime(bars::of_days(vec![
        bars::bad_day(50, DayLevel::PartialOutage, 30),
        bars::bad_day(85, DayLevel::MajorOutage, 60),
    ]));
    snapshot.incidents = vec![
        incident(301, 4 * DAY, Some(4 * DAY - 60), 1),
        incident(302, 4 * DAY, Some(4 * DAY - 60), 2),
    ];
    let page = drawn(&snapshot);
    let days = between(row(&page, 1), "<ol class=\"days\">", "</ol>");
    assert!(
        words(days).starts_with("18 Nov Major outage 1 h · Incident 301 14 Oct Partial outage 30 min"),
        "{}",
        words(days)
    );
    assert!(
        days.contains(&format!("<a href=\"/incidents/{}\"><bdi>Incident 301", id(301)))
            && !days.contains("Incident 302")
    );
    // What the page no longer has, the month tells.
    assert!(
        days.contains("<a href=\"/history/2026-10#14\">14\u{a0}Oct</a>"),
        "{days}"
    );
    let archive = northwind::archive();
    let month = month(&archive, None, options(None, None)).expect("a page");
    assert!(month.contains("<article class=\"day\" id=\"19\">"), "{month}");
    // A month that has no archive is no address.
    snapshot.archive_months.retain(|month| month != "2026-10");
    assert!(!drawn(&snapshot).contains("/history/2026-10#"));
}

#[test]
fn a_month_can_be_narrowed_to_a_component() {
    let mut archive = northwind::archive();
    archive.incidents = vec![
        incident(301, 40 * DAY, Some(40 * DAY - 60), 1),
        incident(302, 41 * DAY, Some(41 * DAY - 60), 2),
    ];
    archive.maintenances.clear();
    let german = RenderOptions {
        keeps_language: true,
        ..RenderOptions::new(Language::De)
    };
    let drawn =
        |component: Option<usize>, options| month(&archive, component.map(id).as_ref(), options).expect("a page");
    let all = drawn(None, options(None, None));
    assert!(all.contains("Incident 301") && all.contains("Incident 302"), "{all}");
    for component in [1, 2] {
        let link = format!("<a href=\"/history/2026-11?component={}\">", id(component));
        assert!(all.contains(&link), "{all}");
    }
    let one = drawn(Some(2), german);
    assert!(one.contains("Incident 302") && !one.contains("Incident 301"), "{one}");
    // Whoever goes on to another month or language stays with the component.
    let chosen = format!("lang=de&amp;component={}", id(2));
    assert!(
        one.contains(&format!("<a href=\"/history/2026-10?{chosen}\" rel=\"prev\">")),
        "{one}"
    );
    assert!(
        one.contains(&format!("href=\"?component={}&amp;lang=en\"", id(2))),
        "{one}"
    );
    assert!(
        one.contains(&format!("/history/2026-11?{chosen}\" aria-current=\"true\">")),
        "{one}"
    );
    let none = drawn(Some(9), options(None, None));
    assert!(
        none.contains("No incidents reported for this month.") && !none.contains("Incident 30"),
        "{none}"
    );
    // From the list of months as well, where what happened to others is not counted.
    let mut snapshot = northwind::calm();
    snapshot.incidents = archive.incidents.clone();
    let history = history(&snapshot, Some(&id(2)), options(None, None)).expect("a page");
    assert!(
        history.contains(&format!("<a href=\"/history/2026-09?component={}\">", id(2)))
            && !history.contains("2 incidents"),
        "{history}"
    );
}

#[test]
fn a_quiet_day_says_so() {
    let page = drawn(&northwind::calm());
    assert!(
        row(&page, 1).contains("<title>No incidents reported</title>"),
        "{}",
        row(&page, 1)
    );
    assert!(row(&page, 2).contains("<title>90 days: no incidents or maintenance</title>"));
    assert!(words(row(&page, 2)).contains("90 days: no incidents or maintenance"));
}

#[test]
fn history_tells_of_the_newest_month_and_counts_the_others() {
    let mut snapshot = northwind::calm();
    snapshot.maintenances.clear();
    snapshot.incidents = vec![
        incident(301, 2 * DAY, None, 1),
        incident(302, 5 * DAY, Some(5 * DAY - 60), 2),
        incident(303, 40 * DAY, Some(40 * DAY - 60), 1),
        incident(304, 41 * DAY, Some(41 * DAY - 60), 1),
    ];
    let page = history(&snapshot, None, options(None, None)).expect("a page");
    let newest = between(&page, "aria-labelledby=\"newest\"", "</section><h2");
    let said = words(&format!("<section {newest}"));
    assert!(said.starts_with("November 2026 2 incidents"), "{said}");
    // An open incident stands on each day up to the one that the page is of.
    for day in ["20", "21", "22"] {
        assert!(
            newest.contains(&format!("<article class=\"day\" id=\"{day}\">")),
            "{newest}"
        );
    }
    assert!(newest.contains("Incident 302") && !newest.contains("Incident 303"));
    let months = page.split("class=\"year\"").nth(1).expect("a year");
    assert!(
        words(&format!("<p {}", between(months, "<ul>", "</ul>"))).ends_with(
            "November 2026 2 incidents October 2026 2 incidents September 2026 no incidents August 2026 no incidents"
        ),
        "{months}"
    );
}

/// A snapshot has the most recent incidents only: a number that may be too small is no number.
#[test]
fn months_are_counted_as_far_as_all_is_known() {
    let mut snapshot = northwind::calm();
    snapshot.incidents = (0..RECENT_EVENTS_MAX)
        .map(|nth| {
            let days = if nth < 3 { 1 } else { 40 };
            incident(300 + nth, days * DAY, Some(days * DAY - 60), 1)
        })
        .collect();
    let page = history(&snapshot, None, options(None, None)).expect("a page");
    let months = words(&format!(
        "<p {}",
        between(page.split("class=\"year\"").nth(1).expect("a year"), "<ul>", "</ul>")
    ));
    assert!(
        months.ends_with("November 2026 3 incidents October 2026 September 2026 August 2026"),
        "{months}"
    );
}

#[test]
fn history_is_narrowed_to_one_component() {
    let mut snapshot = northwind::calm();
    snapshot.incidents = vec![
        incident(301, 2 * DAY, Some(2 * DAY - 60), 1),
        incident(302, 400 * DAY, Some(400 * DAY - 60), 1),
        incident(303, 5 * DAY, Some(5 * DAY - 60), 2),
    ];
    for (keeps_language, lang) in [(false, ""), (true, "lang=en&amp;")] {
        let options = RenderOptions {
            keeps_language,
            ..RenderOptions::new(Language::En)
        };
        let all = history(&snapshot, None, options).expect("a page");
        for number in [1, 2] {
            assert!(
                all.contains(&format!("href=\"/history?{lang}component={}\"", id(number))),
                "{all}"
            );
        }
        assert!(
            !all.contains(&format!("component={}\"", id(3))),
            "nothing is told of it"
        );
        let page = history(&snapshot, Some(&id(1)), options).expect("a page");
        let main = between(&page, "<main", "</main>");
        assert!(main.contains("Incident 301") && main.contains("Incident 302") && !main.contains("Incident 303"));
        assert!(
            words(main).contains("18 October 2025") && words(main).contains("Recent incidents with API"),
            "{}",
            words(main)
        );
        assert!(
            page.contains(&format!("?component={}&amp;lang=de\"", id(1)))
                || page.contains(&format!("?component={}&lang=de\"", id(1))),
            "another language keeps it"
        );
    }
    let unknown = history(&snapshot, Some(&id(99_999)), options(None, None)).expect("a page");
    assert_eq!(unknown, history(&snapshot, None, options(None, None)).expect("a page"));
    let quiet = history(&snapshot, Some(&id(4)), options(None, None)).expect("a page");
    assert!(quiet.contains("No recent incidents or maintenance."));
}

#[test]
fn what_is_open_is_told_up_to_the_moment_of_the_page() {
    let mut snapshot = northwind::calm();
    snapshot.as_of = Stamp {
        at_ms: snapshot.as_of.at_ms + DAY * 60_000 * 12,
        ..snapshot.as_of
    };
    snapshot.archive_months.insert(0, "2026-12".to_owned());
    snapshot.incidents = vec![Incident {
        impact: Impact::Critical,
        ..incident(301, 2 * DAY, None, 1)
    }];
    let page = history(&snapshot, None, options(None, None)).expect("a page");
    for day in ["01", "02", "03", "04"] {
        assert!(
            page.contains(&format!("id=\"{day}\"><h3><time datetime=\"2026-12-{day}\"")),
            "{page}"
        );
    }
    assert!(!page.contains("2026-12-05") && !page.contains("2026-11-30"));
}
